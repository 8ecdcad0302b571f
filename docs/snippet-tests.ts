/** The tests of a page of the documentation: its snippets compile, and print what their comments say. */
import { expect, it } from "vitest";
import { readPage, runSnippet, snippetsOf, typeErrorsOf } from "./snippets.ts";

/** Tests the snippets of a page, of which there are `count`. */
export function testSnippets(path: string, count: number): void {
  const snippets = snippetsOf(readPage(path));

  it("compiles", async () => {
    expect(snippets.length).toBe(count);
    expect(await typeErrorsOf(snippets)).toBe("");
  });

  it.each(snippets.map((snippet, i) => [i, snippet] as const))(
    "snippet %i prints what its comments say",
    async (_, snippet) => {
      const printed = (await runSnippet(snippet)).trimEnd().split("\n");
      const expected = [...snippet.matchAll(/^console\.log\(.*\); \/\/ (.*)$/gm)].map(([, text]) => text);
      expect(printed.slice(-expected.length)).toEqual(expected);
    },
    60_000,
  );
}
