/** The companion to the book: its tables have every experiment and names that exist, its picture and snippet are true. */
import { readFileSync } from "node:fs";
import * as adjoint from "adjoint";
import { describe, expect, it } from "vitest";
import paths from "../examples/book/chapter-6/6.1-paths.ts";
import { experiments } from "../examples/book/experiments.ts";
import { readPage, runSnippet, snippetsOf, typeErrorsOf } from "./snippets.ts";

const page = readPage("docs/book.md");
const korean = readPage("docs/book.ko.md");

/** The part of a page with this number among those that have a heading, from 1. */
const partOf = (of: string, number: number): string => of.split("\n## ")[number];

/** The cells of the table in a part, without its first two lines. */
function rowsOf(part: string): string[][] {
  const rows = part
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .slice(2);
  return rows.map((row) =>
    row
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

describe("the companion to the book", () => {
  it("has every experiment, with its section, title, figures and file", () => {
    const rows = rowsOf(partOf(page, 1));
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
    const names = rowsOf(partOf(page, 3)).flatMap(([, ours]) => [...ours.matchAll(/`(\w+)`/g)]);
    expect(names.length).toBeGreaterThan(30);
    expect(names.map(([, name]) => name).filter((name) => !(name in adjoint))).toEqual([]);
  });

  it("suggests trying sections that there are", () => {
    const sections = [...partOf(page, 2).matchAll(/^- \*\*([\d.]+)\*\*/gm)].map(([, section]) => section);
    expect(sections.length).toBeGreaterThan(8);
    expect(sections.filter((wanted) => !experiments.some(({ section }) => section === wanted))).toEqual([]);
  });

  it("says the same in Korean: the same experiments, names, suggestions, snippets and links", () => {
    const untranslated = (of: string): unknown => ({
      experiments: rowsOf(partOf(of, 1)).map(([section, , figures, file]) => [section, figures, file]),
      suggestions: partOf(of, 2).match(/^- \*\*[\d.]+\*\*/gm),
      // What a program is called, and what it is given.
      names: rowsOf(partOf(of, 3)).map((cells) => cells.map((cell) => cell.match(/`[^`]+`/g))),
      differences: partOf(of, 4).match(/^- /gm)?.length,
      snippets: snippetsOf(of),
      pages: [...of.matchAll(/\]\(([^)]+)\)/g)]
        .map(([, path]) => path)
        .filter((path) => !/^book\.(ko\.)?md$/.test(path)),
    });
    expect(untranslated(korean)).toEqual(untranslated(page));
    const titles = rowsOf(partOf(korean, 1)).map(([, title]) => title);
    for (const title of titles) expect(title).toMatch(/[가-힣]/);
  });

  it("shows the picture that the experiment draws", async () => {
    const { figures } = await paths.run();
    const shown = readFileSync(new URL("images/book/6.1-paths.svg", import.meta.url), "utf8");
    expect(shown).toBe(figures["paths.svg"]);
  });

  it("has a snippet that compiles and prints what it says", async () => {
    const snippets = snippetsOf(page);
    expect(snippets).toHaveLength(1);
    expect(await typeErrorsOf(snippets)).toBe("");
    expect((await runSnippet(snippets[0])).trim()).toBe("2 × 3");
  });
});
