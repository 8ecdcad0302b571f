/** The page on training, live: its snippet prints what it says. */
import { existsSync } from "node:fs";
import { expect, it } from "vitest";
import { readPage, runSnippet, snippetsOf, typeErrorsOf } from "./snippets.ts";

const page = readPage("docs/training-live.md");
const [snippet, ...others] = snippetsOf(page);

it("has one snippet, which compiles and prints what is below it", async () => {
  expect(others).toEqual([]);
  expect(await typeErrorsOf([snippet])).toBe("");
  const printed = /```text\n(.*?)```/s.exec(page)?.[1];
  expect((await runSnippet(snippet)).trimEnd()).toBe(printed?.trimEnd());
});

it("shows a picture that is there", () => {
  const [, path] = /!\[[^\]]*\]\(([^)]*)\)/.exec(page) as unknown as [string, string];
  expect(existsSync(new URL(path, import.meta.url))).toBe(true);
});
