import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runExample } from "../run-example.ts";
import { gallery } from "./gallery.ts";

it("writes every graph in every form", async () => {
  const { stdout, folder } = await runExample("graphs");
  const files = gallery.flatMap(({ name }) =>
    [".dot", ".html", ".json", ".mmd", ".svg", "-card.svg", "-card.ko.svg"].map((end) => `${name}${end}`),
  );
  files.push("index.html", "index.ko.html", "training.html", "training.png", "training-dark.png");
  expect(readdirSync(folder).sort()).toEqual(files.sort());
  expect(stdout.trim().split("\n")).toHaveLength(files.length);
  expect(readFileSync(join(folder, "buy-apple.html"), "utf8")).toContain("<title>Two apples with tax (5.4.1)</title>");
  // The drawings of the windows are what the library computes.
  const numbersOf = (name: string) =>
    [...readFileSync(join(folder, name), "utf8").matchAll(/>(\d+)</g)].map(([, number]) => Number(number));
  expect(numbersOf("im2col-windows-card.svg")).toEqual([1, 4, 4, 6, 20, 16, 9, 24, 16]);
  expect(numbersOf("max-pooling-card.svg")).toEqual([0, 1, 0, 0, 0, 0, 0, 2, 0, 0, 0, 4, 0, 3, 0, 0]);
  const cardOf = (name: string) => readFileSync(join(folder, name), "utf8");
  expect([cardOf("buy-apple-card.svg"), cardOf("buy-apple-card.ko.svg")].map((card) => /사과 금액/.test(card))).toEqual(
    [false, true],
  );
  const cards = readdirSync(folder).filter((name) => /-card(\.ko)?\.svg$/.test(name));
  expect(cards.filter((name) => !cardOf(name).includes("@media (prefers-color-scheme:dark)"))).toEqual([]);
  for (const name of ["index.html", "index.ko.html"]) {
    const index = readFileSync(join(folder, name), "utf8");
    for (const [, file] of index.matchAll(/(?:href|src|srcset)="([\w.-]+)/g)) {
      if (file !== "data") expect(readdirSync(folder), file).toContain(file);
    }
    expect(index).toMatch(/max-pooling\.html#lang=(en|ko)"/);
    expect(index.match(/<li>/g)).toHaveLength(gallery.length + 1);
  }
});
