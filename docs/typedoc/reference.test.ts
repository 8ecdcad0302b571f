/** Every public name has a page, made from a docstring that says what it does; and the pages are those of the docstrings now. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { DeclarationReflection } from "typedoc";
import { beforeAll, expect, it } from "vitest";
import { readPage } from "../snippets.ts";
import { faultsOf } from "./docstrings.ts";
import { type Reference, readReference, writePages } from "./reference.ts";

const pages = fileURLToPath(new URL("../reference", import.meta.url));
const ops = readPage("docs/ops.md");

/** Names that stand on no page of TypeDoc's, and why. */
const elsewhere: Readonly<Record<string, string>> = {
  z: "zod itself, which has pages of its own",
  kernels: "the page Kernels has what is in it",
  var: "variance under another name",
};

/** What docstrings may leave out, and why. */
const excused: Readonly<Record<string, string>> = {
  "weightStd: shapes": "it takes and gives numbers",
  "sigmoidGrad: shapes": "it is elementwise, as sigmoid is",
  "softmaxLoss: formula": "it refers to crossEntropyError, which has one",
  "softmaxLoss: shapes": "it refers to crossEntropyError, which has them",
};

let reference: Reference;
/** A page of names with faults, which is checked like the others and not kept. */
let planted: DeclarationReflection;
beforeAll(async () => {
  reference = await readReference(["fixtures/planted.ts"]);
  planted = reference.pages.get("Planted") as DeclarationReflection;
});

/** What the docstrings of a page leave out; `as` is the page whose rules hold for them. */
function faultsOn(page: DeclarationReflection, as = page): string[] {
  return (page.children ?? []).flatMap((it) => faultsOf(it as DeclarationReflection, as));
}

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

it("has docstrings that say what a name does, with its parameters, formula and shapes where it has any", () => {
  const others = [...reference.pages.values()].filter((page) => page !== planted);
  const faults = others.flatMap((page) => faultsOn(page));
  expect(faults.filter((fault) => !(fault in excused))).toEqual([]);
  // Nothing is excused that needs it no longer.
  expect(Object.keys(excused).filter((fault) => !faults.includes(fault))).toEqual([]);
});

it("notices docstrings that leave something out", () => {
  expect(faultsOn(planted, reference.pages.get("Layers")).sort()).toEqual([
    "Layer.forward: docstring",
    "Layer: formula",
    "Layer: shapes",
    "Options.width: docstring",
    "halfTold: formula",
    "halfTold: parameter mystery",
    "halfTold: shapes",
    "silent: docstring",
    "silent: formula",
    "silent: shapes",
  ]);
});

it("says how the matcher is called", () => {
  expect(readPage("docs/reference/Gradient-checks.md")).toContain("toPassGradcheck");
});

it("is what the docstrings say now", async () => {
  const folder = mkdtempSync(join(tmpdir(), "adjoint-reference-"));
  try {
    await writePages(reference, folder);
    rmSync(join(folder, "Planted.md"));
    const files = readdirSync(folder).sort();
    expect(readdirSync(pages).sort()).toEqual(files);
    for (const file of files) {
      const made = readFileSync(join(folder, file), "utf8").replace(/^.*\(Planted\.md\).*\n/m, "");
      expect(readFileSync(join(pages, file), "utf8"), file).toBe(made);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it("links to what is there", () => {
  const broken = readdirSync(pages).flatMap((file) => {
    const page = readFileSync(join(pages, file), "utf8");
    const links = [...page.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map((match) => match[1]);
    return links.filter((link) => !existsSync(join(pages, dirname(file), link))).map((link) => `${file}: ${link}`);
  });
  expect(broken).toEqual([]);
});
