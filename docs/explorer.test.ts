/** The page on the explorer: its snippets print what it says. */
import { existsSync } from "node:fs";
import { expect, it } from "vitest";
import { readPage, runSnippet, snippetsOf, typeErrorsOf } from "./snippets.ts";

const page = readPage("docs/explorer.md");
const snippets = snippetsOf(page);
const printed = [...page.matchAll(/```text\n(.*?)```/gs)].map(([, text]) => text.trimEnd());

it("has snippets that compile and print what is below them", async () => {
  expect(snippets).toHaveLength(2);
  expect(printed).toHaveLength(snippets.length);
  expect(await typeErrorsOf(snippets)).toBe("");
  for (const [i, snippet] of snippets.entries()) expect((await runSnippet(snippet)).trimEnd()).toBe(printed[i]);
});

it("shows a picture that is there", () => {
  const [, path] = /!\[[^\]]*\]\(([^)]*)\)/.exec(page) as unknown as [string, string];
  expect(existsSync(new URL(path, import.meta.url))).toBe(true);
});
