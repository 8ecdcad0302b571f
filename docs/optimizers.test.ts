/** The page on optimizers: its table has every optimizer with its defaults, and its snippets print what they say. */
import * as adjoint from "adjoint";
import { optimizerNames, schedules } from "adjoint";
import { describe, expect, it } from "vitest";
import { readPage, runSnippet, snippetsOf, typeErrorsOf } from "./snippets.ts";

const page = readPage("docs/optimizers.md");
const snippets = snippetsOf(page);
const kinds = new Map<string, unknown>(Object.entries(adjoint));

describe("the page on optimizers", () => {
  it("has every optimizer with its defaults", () => {
    const rows = page.split("\n").filter((line) => /^\| `/.test(line));
    const told = rows.map((row) => row.split("|").map((cell) => cell.trim().replaceAll("`", "")));
    expect(told.map(([, name]) => name)).toEqual(optimizerNames);
    for (const [, , className, rate, others, decay] of told) {
      const Kind = kinds.get(className) as typeof adjoint.SGD;
      const { lr, weightDecay, ...rest } = new Kind().hyperparameters;
      expect([rate, decay.split(",")[0]]).toEqual([String(lr), String(weightDecay)]);
      const given: Record<string, string> = Object.fromEntries(
        others.split(", ").flatMap((pair) => (pair === "" ? [] : [pair.split(" ")])),
      );
      const expected = Object.entries(rest).map(([name, value]) => [name, value]);
      expect(Object.entries(given).map(([name, value]) => [name, JSON.parse(value as string)])).toEqual(expected);
    }
  });

  it("names every schedule", () => {
    const [, section] = page.split("\n## Schedules\n");
    for (const name of Object.keys(schedules)) expect(section).toContain(`\`${name}\``);
  });

  it("has snippets that compile", async () => {
    expect(snippets).toHaveLength(4);
    expect(await typeErrorsOf(snippets)).toBe("");
  });

  it.each(snippets)(
    "a snippet prints what it says: %#",
    async (snippet) => {
      const [, comment] = /\); \/\/ (.*)$/m.exec(snippet) ?? [];
      expect((await runSnippet(snippet)).trim()).toBe(comment);
    },
    120_000,
  );
});
