/** The README of every package: its snippets compile, run, and print what their comments say. */
import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readPage, runSnippet, snippetsOf, typeErrorsOf } from "./snippets.ts";

const packages = readdirSync(new URL("../packages/", import.meta.url));
/** The packages are not installed at the top of the repository, but for the one that has all of them. */
const snippets = packages.map((name) =>
  snippetsOf(readPage(`packages/${name}/README.md`)).map((snippet) => snippet.replaceAll(/@adjoint\/\w+/g, "adjoint")),
);

describe("the READMEs of the packages", () => {
  it("have one example each, which compiles", async () => {
    expect(snippets.map(({ length }) => length)).toEqual(packages.map(() => 1));
    expect(await typeErrorsOf(snippets.flat())).toBe("");
  });

  it.each(packages)(
    "%s: the example prints what it says",
    async (name) => {
      const [snippet] = snippets[packages.indexOf(name)];
      const printed = (await runSnippet(snippet)).replaceAll(/\s+/g, " ").trim();
      const comments = [...snippet.matchAll(/\); \/\/ (.*)$/gm)].map(([, comment]) => comment);
      if (comments.length > 0) expect(printed).toBe(comments.join(" "));
      else expect(printed).not.toBe("");
    },
    60_000,
  );
});
