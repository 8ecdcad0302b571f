/** Every public name has a page, made from a docstring that says what it does; and the pages are those of the docstrings now. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, it } from "vitest";
import { readPage } from "../snippets.ts";
import { type Reference, readReference, writePages } from "./reference.ts";

const pages = fileURLToPath(new URL("../reference", import.meta.url));
const ops = readPage("docs/ops.md");

/** Names that stand on no page of TypeDoc's, and why. */
const elsewhere: Readonly<Record<string, string>> = {
  z: "zod itself, which has pages of its own",
  kernels: "the page Kernels has what is in it",
  var: "variance under another name",
};

let reference: Reference;
beforeAll(async () => {
  reference = await readReference();
}, 180_000);

/** Those of the names that the page of ops does not have either. */
function missing(names: readonly string[]): string[] {
  return names.filter((it) => {
    const name = it.split(": ")[1];
    return !(name in elsewhere) && !ops.includes(`\`${name}(`);
  });
}

it("has a page for every public name", () => {
  expect(missing(reference.withoutPage)).toEqual([]);
  expect(missing([...reference.withoutPage, "adjoint: planted"])).toEqual(["adjoint: planted"]);
});

it("says how the matcher is called", () => {
  expect(readPage("docs/reference/Gradient-checks.md")).toContain("toPassGradcheck");
});

it("is what the docstrings say now", async () => {
  const folder = mkdtempSync(join(tmpdir(), "adjoint-reference-"));
  try {
    await writePages(reference, folder);
    const files = readdirSync(folder).sort();
    expect(readdirSync(pages).sort()).toEqual(files);
    for (const file of files) {
      expect(readFileSync(join(pages, file), "utf8"), file).toBe(readFileSync(join(folder, file), "utf8"));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 180_000);

it("links to what is there", () => {
  const broken = readdirSync(pages).flatMap((file) => {
    const page = readFileSync(join(pages, file), "utf8");
    const links = [...page.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map((match) => match[1]);
    return links.filter((link) => !existsSync(join(pages, dirname(file), link))).map((link) => `${file}: ${link}`);
  });
  expect(broken).toEqual([]);
});
