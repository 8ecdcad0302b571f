import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import methods, * as ops from "./ops/all.ts";

const folder = new URL("../", import.meta.url);
const { exports: entries, sideEffects } = JSON.parse(readFileSync(new URL("package.json", folder), "utf8")) as {
  readonly exports: Readonly<Record<string, string | { readonly "@adjoint/source": string; readonly default: string }>>;
  readonly sideEffects: readonly string[];
};

it("are attached by every entry of the package, and bundlers know that they must keep them", () => {
  const found = Object.values(entries).filter((entry) => typeof entry === "object");
  expect(found.length).toBe(2);
  for (const { "@adjoint/source": source, default: built } of found) {
    expect(readFileSync(new URL(source, folder), "utf8")).toMatch(/^import "[./]+\/(ops\/)?methods\.ts";$/m);
    expect(sideEffects).toEqual(expect.arrayContaining([source, built, "./src/methods.ts", "./dist/methods.js"]));
  }
});

it("are public ops, every one", () => {
  expect(Object.keys(methods).filter((name) => !(name in ops))).toEqual([]);
});
