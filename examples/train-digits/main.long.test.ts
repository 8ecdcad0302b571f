import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runExample } from "../run-example.ts";

it("checks every gradient, learns to read digits and draws what happened", async () => {
  const { stdout, folder } = await runExample("train-digits");
  expect(stdout).toMatch(/All [\d,]+ entries of \d+ gradients agree/);
  expect(stdout).not.toContain("WRONG");
  const accuracy = /test accuracy ([\d.]+) %/.exec(stdout);
  expect(Number(accuracy?.[1])).toBeGreaterThanOrEqual(98);
  expect(readFileSync(join(folder, "training-curve.svg"), "utf8")).toContain("accuracy on test data");
  expect(readFileSync(join(folder, "graph.dot"), "utf8")).toContain("digraph");
  expect(readFileSync(join(folder, "graph.svg"), "utf8")).toContain("conv1.weight");
});
