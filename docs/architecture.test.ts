/** What ARCHITECTURE and CONTRIBUTING say of the tree: files and folders are there, packages import as drawn, and sizes hold. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { readPage } from "./snippets.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const architecture = readPage("ARCHITECTURE.md");

/** Paths of a section, except for what tests leave in output/: from the root, or from the folder that the section says. */
function missing(section: string): string[] {
  const base = /(?:by file in|[Ii]nside) `(packages\/[^`]+)`/.exec(section)?.[1] ?? "";
  const paths = [...section.matchAll(/`([\w.-]+\/[\w./-]*|[\w-]+\.ts)`/g)]
    .map(([, path]) => path)
    .filter((path) => !path.startsWith("output/"));
  const bases = [root, `${root}${base}/`, `${root}packages/tensor/src/`, `${root}packages/explorer/page/`];
  return paths.filter((path) => !bases.some((folder) => existsSync(folder + path)));
}

it.each(["ARCHITECTURE.md", "CONTRIBUTING.md"])("%s names what is there", (name) => {
  const sections = readPage(name).split(/^(?=## |Inside `)/m);
  expect(sections.join("").match(/`packages\//g)?.length).toBeGreaterThan(10);
  expect(sections.flatMap(missing)).toEqual([]);
});

it("packages import what ARCHITECTURE says", () => {
  const rows = [...architecture.matchAll(/^(\w+) +← ?(.*)$/gm)];
  const all = rows.map(([, name]) => name);
  const said = rows.map(([, name, list]) => [name, list.startsWith("all") ? all.slice(0, -1) : list.match(/\w+/g)]);
  const declared = all.map((name) => {
    const { dependencies = {} } = JSON.parse(readPage(`packages/${name}/package.json`));
    return [name, Object.keys(dependencies).flatMap((key) => /^@adjoint\/(.*)$/.exec(key)?.[1] ?? [])];
  });
  const sorted = (pairs: readonly unknown[][]) => pairs.map(([name, list]) => [name, [...((list ?? []) as [])].sort()]);
  expect(all.toSorted()).toEqual(readdirSync(`${root}packages`).sort());
  expect(sorted(said)).toEqual(sorted(declared));
});

it("no folder has more than a dozen entries that ARCHITECTURE does not excuse", () => {
  const files = execFileSync("git", ["ls-files"], { cwd: root, encoding: "utf8" }).trim().split("\n");
  const entries = new Map<string, Set<string>>();
  for (const file of files) {
    if (/\.(test|bench|generated)\.ts$|(^|\/)(fixtures|\.[^/]*)(\/|$)/.test(file) || !existsSync(root + file)) continue;
    const parts = file.split("/");
    // A package has its entry points in src, besides: package.json names them.
    if (/^packages\/\w+\/src\/(index|internal|node|cli|testing|vitest|index\.node)\.ts$/.test(file)) continue;
    for (const [i, part] of parts.entries()) {
      const folder = parts.slice(0, i).join("/");
      entries.set(folder, (entries.get(folder) ?? new Set()).add(part));
    }
  }
  const rule =
    architecture.split("\n\n").find((paragraph) => paragraph.startsWith("A folder has at most a dozen")) ?? "";
  const long = [...entries].filter(([folder, { size }]) => folder !== "" && size > 12).map(([folder]) => folder);
  expect(long.filter((folder) => !rule.includes(`\`${folder}\``))).toEqual([]);
});

it("the core and the sweep have less than a thousand lines of code, and ARCHITECTURE the order of their files", () => {
  const folder = `${root}packages/autograd/src/`;
  const files = ["core", "backward"].flatMap((part) => readdirSync(folder + part).map((file) => `${part}/${file}`));
  const sources = files.filter((file) => !file.endsWith(".test.ts"));
  const lines = sources.flatMap((file) => {
    const text = file === "backward/growth.ts" ? "" : readFileSync(folder + file, "utf8");
    return text
      .replaceAll(/\/\*.*?\*\//gs, "")
      .split("\n")
      .filter((line) => !/^\s*(\/\/.*)?$/.test(line));
  });
  expect(lines.length).toBeLessThan(1000);
  expect(sources.filter((file) => !architecture.includes(`\`${file}\``))).toEqual([]);
});
