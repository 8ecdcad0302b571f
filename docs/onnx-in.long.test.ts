/** What the page on ONNX files says: its snippets run on exports of PyTorch, and its lists are what the code has. */
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { casesInWords, opsInWords, withGenerated } from "../packages/exchange/scripts/read-ops-page.ts";
import { readPage, runSnippet, snippetsOf, typeErrorsOf } from "./snippets.ts";

const page = readPage("docs/onnx-in.md");
const snippets = snippetsOf(page);
const file = (name: string): string =>
  JSON.stringify(fileURLToPath(new URL(`../packages/exchange/src/onnx/in/fixtures/torch/${name}`, import.meta.url)));

/** A page without the spaces by which the formatter lines up the columns of tables. */
const withoutColumns = (text: string): string => text.replaceAll(/ +/g, " ").replaceAll(/-{3,}/g, "---");

it("compiles", async () => {
  expect(snippets).toHaveLength(3);
  expect(await typeErrorsOf(snippets)).toBe("");
});

it.each(snippets.map((snippet, i) => [i, snippet] as const))(
  "snippet %i prints what its comments say",
  async (_, snippet) => {
    const run = snippet
      .replace('"model.onnx"', file("encoder-dynamo.onnx"))
      .replace('"digits.onnx"', file("convolutional-dynamo.onnx"))
      .replace('writeFile("model.html"', 'writeFile("/dev/null"');
    const printed = (await runSnippet(run)).trimEnd().split("\n");
    const expected = [...snippet.matchAll(/^console\.log\(.*\); \/\/ (.*)$/gm)].map(([, text]) => text);
    expect(printed.slice(-expected.length)).toEqual(expected);
  },
  60_000,
);

it("lists the ops that are read, and what became of ONNX's test cases", () => {
  const made = withGenerated(page, { ops: opsInWords(), cases: casesInWords() });
  expect(withoutColumns(made)).toBe(withoutColumns(page));
});
