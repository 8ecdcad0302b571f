/** The ops of the page on custom ops are right, and hold to every law: its snippets run. */
import { expect, it } from "vitest";
import { readPage, runSnippet, snippetsOf, typeErrorsOf } from "./snippets.ts";

const snippets = snippetsOf(readPage("docs/custom-ops.md"));

it("has three ops", () => {
  expect(snippets).toHaveLength(3);
});

it("compiles, as the README does", async () => {
  expect(await typeErrorsOf([...snippets, ...snippetsOf(readPage("README.md"))])).toBe("");
  expect(await typeErrorsOf(['import { relu } from "adjoint";\nrelu("text");'])).toContain("TS2345");
});

it.each([
  ["a sigmoid of roots", 0, "true\n1\ntrue\n"],
  ["differences and their adjoint", 1, "true\n"],
  ["huber", 2, "true\n"],
])(
  "%s",
  async (_, i, printed) => {
    expect(await runSnippet(snippets[i])).toBe(printed);
  },
  60_000,
);
