import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runExample } from "../run-example.ts";

it("prints the book's price and gradients, and draws the graph", async () => {
  const { stdout, folder } = await runExample("buy-apple");
  expect(stdout.split("\n").slice(0, 4)).toEqual([
    "price: 220 yen",
    "gradient of apple: 2.2",
    "gradient of number of apples: 110",
    "gradient of tax: 200",
  ]);
  expect(stdout).toContain("mul(apple, number of apples)");
  expect(readFileSync(join(folder, "graph.svg"), "utf8")).toContain("number of apples");
  const shown = readFileSync(new URL("../../docs/images/two-apples.svg", import.meta.url), "utf8");
  expect(readFileSync(join(folder, "steps.svg"), "utf8") === shown, "copy it to docs/images/two-apples.svg").toBe(true);
});
