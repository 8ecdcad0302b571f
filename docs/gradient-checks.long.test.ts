/** What the page on gradient checks shows is what the programs print. */
import { expect, it } from "vitest";
import { runExample } from "../examples/run-example.ts";
import { readPage, runSnippet, snippetsOf, typeErrorsOf } from "./snippets.ts";

const page = readPage("docs/gradient-checks.md");
const [snippet, ...others] = snippetsOf(page);

/** The rows of the page's tables, their cells trimmed. */
const rows = page
  .split("\n")
  .filter((line) => line.startsWith("| "))
  .map((line) => line.split("|").map((cell) => cell.trim()));

it("has one snippet, which compiles and prints what its comments say", async () => {
  expect(others).toEqual([]);
  expect(await typeErrorsOf([snippet])).toBe("");
  const [numbers, ok, module] = (await runSnippet(snippet)).split("\n");
  expect(numbers.replace(/[[\]]/g, "").trim().split(/\s+/).map(Number).map(Math.round)).toEqual([2, 4, 6]);
  expect([ok, module]).toEqual(["true", "true null"]);
});

it("shows the errors that the example measures", async () => {
  const { stdout } = await runExample("step-size");
  const measured = [...stdout.matchAll(/│ ([\w-]+, float\d\d) +│(.*)│/g)];
  expect(measured).toHaveLength(6);
  for (const [, name, rest] of measured) {
    const shown = rows.find((cells) => cells[1] === name)?.slice(2, 6);
    expect(shown, name).toEqual(rest.split("│").map((cell) => cell.trim()));
  }
});

it("shows the first guesses for ten mistakes", async () => {
  const { stdout } = await runExample("ten-mistakes");
  expect(stdout).not.toContain("unnoticed");
  const mistakes = [...stdout.matchAll(/^(\w.*)\n\n {2}.*\((\S+), \d+ % sure\)$/gm)].map(([, words, kind]) => [
    words,
    kind,
  ]);
  expect(mistakes).toHaveLength(10);
  for (const [words, kind] of mistakes) {
    expect(rows.find((cells) => cells[1] === words)?.[2], words).toMatch(new RegExp(`^\`${kind}\``));
  }
});
