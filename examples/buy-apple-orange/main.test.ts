import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runExample } from "../run-example.ts";

it("prints the book's price and gradients, and draws the graph", async () => {
  const { stdout, folder } = await runExample("buy-apple-orange");
  expect(stdout.split("\n").slice(0, 6)).toEqual([
    "price: 715 yen",
    "gradient of apple: 2.2",
    "gradient of number of apples: 110",
    "gradient of orange: 3.3",
    "gradient of number of oranges: 165",
    "gradient of tax: 650",
  ]);
  expect(readFileSync(join(folder, "graph.svg"), "utf8")).toContain("number of oranges");
});
