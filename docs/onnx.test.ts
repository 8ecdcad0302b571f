/** What the page on ONNX says that its snippets print is what they print, and its table of ops is what becomes of them. */
import { expect, it } from "vitest";
import { withTable } from "../packages/exchange/src/testing/ops-table.ts";
import { readPage, runSnippet, snippetsOf, typeErrorsOf } from "./snippets.ts";

const page = readPage("docs/onnx.md");
const snippets = snippetsOf(page);

it("compiles", async () => {
  expect(snippets.length).toBeGreaterThanOrEqual(3);
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

it("has the table of ops as it is now", () => {
  // However wide its columns are.
  const plain = (text: string): string => text.replaceAll(/ +/g, " ").replaceAll(/-+/g, "-");
  expect(plain(withTable(page))).toBe(plain(page));
}, 60_000);
