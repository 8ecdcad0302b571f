/** What the page on ideas behind compiled functions says that its snippets print is what they print. */
import { expect, it } from "vitest";
import { readPage, runSnippet, snippetsOf, typeErrorsOf } from "./snippets.ts";

const snippets = snippetsOf(readPage("docs/im2col.md"));

it("compiles", async () => {
  expect(snippets.length).toBe(7);
  expect(await typeErrorsOf(snippets)).toBe("");
});

it.each(snippets.map((snippet, i) => [i, snippet] as const))(
  "snippet %i prints what its comments say",
  async (_, snippet) => {
    const printed = (await runSnippet(snippet)).trimEnd().split("\n");
    const said = [...snippet.matchAll(/^console\.log\(.*\);\s\/\/ (.*)$/gm)].map(([, text]) => text);
    expect(said.length).toBeGreaterThan(0);
    expect(printed).toEqual(said);
  },
  60_000,
);
