/** What the page on compiled functions says that its snippets print is what they print. */
import { expect, it } from "vitest";
import { readPage, runSnippet, snippetsOf, typeErrorsOf } from "./snippets.ts";

const snippets = snippetsOf(readPage("docs/compile.md"));

it("compiles", async () => {
  expect(snippets.length).toBe(5);
  expect(await typeErrorsOf(snippets)).toBe("");
}, 60_000);

it.each(snippets.map((snippet, i) => [i, snippet] as const))(
  "snippet %i prints what its comments say",
  async (_, snippet) => {
    const printed = (await runSnippet(snippet)).trimEnd().split("\n");
    const expected = [...snippet.matchAll(/^console\.log\(.*\); \/\/ (.*)$/gm)].map(([, text]) => text);
    expect(printed.slice(-expected.length)).toEqual(expected);
  },
  60_000,
);
