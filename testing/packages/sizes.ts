/** What pages load of Adjoint, minified by Vite and compressed by gzip, and how much that may be. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { root } from "./install.ts";

/** Programs with a budget: what they import, and their most in kB (1,000 bytes) after gzip. */
export const budgets: Readonly<Record<string, { readonly what: string; readonly budget: number }>> = {
  gradient: { what: "`variable`, `grad`", budget: 45.8 },
  adam: { what: "two matrix products, trained with `Adam`", budget: 51.7 },
  compile: { what: "a small network, its step compiled", budget: 84.2 },
  model: { what: "a model from a spec, with the `Trainer`", budget: 148 },
};

/** The page with the table, and what the table stands between. */
const pagePath = join(root, "docs", "performance.md");
const [begin, end] = ["<!-- sizes: from test:packages --write -->\n", "<!-- end of sizes -->"];

/** A size may differ by this much from the page: bundlers and what they bundle get new versions. */
const TOLERANCE = 0.03;

/** The sizes of a bundle's main.js in kB: minified, and compressed as servers do. */
export function sizesOf(folder: string): { readonly minified: number; readonly gzip: number } {
  const bytes = readFileSync(join(folder, "main.js"));
  return { minified: bytes.length / 1000, gzip: gzipSync(bytes, { level: 9 }).length / 1000 };
}

export type Sizes = ReadonlyMap<string, ReturnType<typeof sizesOf>>;

/** @throws Error when a program is larger than it may be */
export function checkBudgets(sizes: Sizes): void {
  const over = [...sizes].filter(([name, { gzip }]) => gzip > budgets[name].budget);
  if (over.length === 0) return;
  const lines = over.map(([name, { gzip }]) => `${name}: ${gzip.toFixed(1)} kB, at most ${budgets[name].budget}`);
  throw new Error(`${lines.join("\n")}\nLook at what weighs by esbuild's --analyze, and load it when it is needed.`);
}

function table(sizes: Sizes): string {
  const rows = [...sizes].map(
    ([name, { minified, gzip }]) =>
      `| ${budgets[name].what} | ${minified.toFixed(0)} kB | ${gzip.toFixed(1)} kB | ${budgets[name].budget} kB |`,
  );
  return ["| a page with | minified | gzip | at most |", "| --- | --- | --- | --- |", ...rows, ""].join("\n");
}

/** Writes the sizes into the page, or checks that those of the page are about right. */
export function onPage(sizes: Sizes, writes: boolean): void {
  const page = readFileSync(pagePath, "utf8");
  const [before, rest] = page.split(begin);
  const [old, after] = (rest ?? "").split(end);
  if (after === undefined) throw new Error(`${pagePath} has no place for sizes, ${begin}`);
  if (writes) {
    writeFileSync(pagePath, `${before}${begin}\n${table(sizes)}\n${end}${after}`);
    return;
  }
  const numbers = (text: string): number[] => [...text.matchAll(/([\d.]+) kB/g)].map(([, digits]) => Number(digits));
  const [stated, measured] = [numbers(old), numbers(table(sizes))];
  const isRight =
    stated.length === measured.length && stated.every((x, i) => Math.abs(x / measured[i] - 1) <= TOLERANCE);
  if (!isRight) throw new Error(`${pagePath} has other sizes. Run test:packages --write for these:\n${table(sizes)}`);
}
