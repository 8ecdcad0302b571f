import { readFileSync } from "node:fs";
import { join } from "node:path";
import { onnxModel, rng } from "adjoint";
import { expect, it } from "vitest";
import { runOnnx } from "../../packages/exchange/src/testing/onnx.ts";
import { runExample } from "../run-example.ts";

it("reads, draws, checks and trains a network of PyTorch, and writes a file that gives the same in ONNX Runtime", async () => {
  const { stdout, folder } = await runExample("onnx-fine-tune");
  expect(stdout).toMatch(/Conv +0\/Conv/);
  expect(stdout).toMatch(/All [\d,]+ entries of \d+ gradients agree/);
  const [before, after] = ["before", "after"].map((when) =>
    Number(new RegExp(`${when}: +([\\d.]+) %`).exec(stdout)?.[1]),
  );
  expect(before).toBeLessThan(30);
  expect(after).toBeGreaterThan(85);
  expect(readFileSync(join(folder, "strokes.svg"), "utf8")).toContain("8.weight");
  const bytes = readFileSync(join(folder, "digits.onnx"));
  const x = rng(1).normal([100, 1, 8, 8]);
  const [found] = runOnnx(bytes, { image: x }, ["scores"]);
  const [a, b] = [found, onnxModel(bytes).predict(x).value].map((y) => (y.toArray() as number[][]).flat());
  // Sums of up to 72 products, three layers deep, in another order.
  const largest = Math.max(...b.map(Math.abs));
  a.forEach((value, i) => {
    expect(Math.abs(value - b[i])).toBeLessThan(3 * 72 * 2 ** -23 * largest);
  });
});
