/** What the page on ONNX says that its snippets print is what they print, and its table of ops is what becomes of them. */
import { expect, it } from "vitest";
import { withTable } from "../packages/exchange/src/testing/ops-table.ts";
import { testSnippets } from "./snippet-tests.ts";
import { readPage } from "./snippets.ts";

const page = readPage("docs/onnx.md");

testSnippets("docs/onnx.md", 3);

it("has the table of ops as it is now", () => {
  // However wide its columns are.
  const plain = (text: string): string => text.replaceAll(/ +/g, " ").replaceAll(/-+/g, "-");
  expect(plain(withTable(page))).toBe(plain(page));
});
