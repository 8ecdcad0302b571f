/** The companion to the book: its tables have every experiment and names that exist, its picture and snippet are true. */
import { readFileSync } from "node:fs";
import * as adjoint from "adjoint";
import { describe, expect, it } from "vitest";
import paths from "../examples/book/chapter-6/6.1-paths.ts";
import { experiments } from "../examples/book/experiments.ts";
import { readPage, runSnippet, snippetsOf, typeErrorsOf } from "./snippets.ts";

const page = readPage("docs/book.md");

/** The cells of a table below a heading, without its first two lines. */
function rowsBelow(heading: string): string[][] {
  const [, section] = page.split(`\n## ${heading}\n`);
  const lines = section.split("\n## ")[0].split("\n");
  const rows = lines.filter((line) => line.startsWith("|")).slice(2);
  return rows.map((row) =>
    row
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

describe("the companion to the book", () => {
  it("has every experiment, with its section, title, figures and file", () => {
    const rows = rowsBelow("The experiments");
    expect(rows.map(([section, title, figures]) => [section, title, figures])).toEqual(
      experiments.map(({ section, title, figures }) => [section, title, figures.join(", ") || "–"]),
    );
    for (const [section, , , file] of rows) {
      const [, name, path] = /^\[(.+)\]\(\.\.\/(examples\/book\/chapter-\d\/.+)\)$/.exec(file) ?? [];
      expect(path).toMatch(new RegExp(`/${name}$`));
      expect(name.startsWith(`${section}-`)).toBe(true);
      expect(readPage(path)).toContain(`section: "${section}"`);
    }
  });

  it("tells names that there are", () => {
    const names = rowsBelow("The book's names").flatMap(([, ours]) => [...ours.matchAll(/`(\w+)`/g)]);
    expect(names.length).toBeGreaterThan(30);
    expect(names.map(([, name]) => name).filter((name) => !(name in adjoint))).toEqual([]);
  });

  it("suggests trying sections that there are", () => {
    const [, part] = page.split("\n## What to try\n");
    const sections = [...part.split("\n## ")[0].matchAll(/^- \*\*([\d.]+)\*\*/gm)].map(([, section]) => section);
    expect(sections.length).toBeGreaterThan(8);
    expect(sections.filter((wanted) => !experiments.some(({ section }) => section === wanted))).toEqual([]);
  });

  it("shows the picture that the experiment draws", async () => {
    const { figures } = await paths.run({ data: "digits", quick: false });
    const shown = readFileSync(new URL("images/book/6.1-paths.svg", import.meta.url), "utf8");
    expect(shown).toBe(figures["paths.svg"]);
  });

  it("has a snippet that compiles and prints what it says", async () => {
    const snippets = snippetsOf(page);
    expect(snippets).toHaveLength(1);
    expect(await typeErrorsOf(snippets)).toBe("");
    expect((await runSnippet(snippets[0])).trim()).toBe("2 × 3");
  }, 120_000);
});
