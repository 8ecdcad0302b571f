/** What the page on engines says that its snippets print is what they print. */
import { expect, it } from "vitest";
import { readPage, runSnippet, snippetsOf, typeErrorsOf } from "./snippets.ts";

const page = readPage("docs/engines.md");
const snippets = snippetsOf(page);

it("compiles", async () => {
  expect(snippets.length).toBe(2);
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
