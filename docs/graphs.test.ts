/** What the page on graphs says that its snippets print is what they print. */
import { expect, it } from "vitest";
import { readPage, runSnippet, snippetsOf, typeErrorsOf } from "./snippets.ts";

const page = readPage("docs/graphs.md");
const snippets = snippetsOf(page);
const printed = [...page.matchAll(/```(?:text|mermaid)\n(.*?)```/gs)].map((match) => match[1]);

it("has four snippets, each with what it prints", () => {
  expect([snippets.length, printed.length]).toEqual([4, 4]);
});

it("compiles", async () => {
  expect(await typeErrorsOf(snippets)).toBe("");
});

it.each([
  ["running a graph again", 0],
  ["stepping through the backward pass", 1],
  ["drawing a picture", 2],
  ["drawing as text", 3],
])(
  "%s",
  async (_, i) => {
    expect((await runSnippet(snippets[i])).trimEnd()).toBe(printed[i].trimEnd());
  },
  60_000,
);
