/** The files and folders that ARCHITECTURE and CONTRIBUTING name are there. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { readPage } from "./snippets.ts";

const root = fileURLToPath(new URL("../", import.meta.url));

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
