import { expect, it } from "vitest";
import { runExample } from "../run-example.ts";

/** The share of digits that are read, and by which engine. */
function resultOf(stdout: string): readonly [engine: string, accuracy: number] {
  const [, engine, accuracy] = /Trained by (\w+): ([\d.]+) %/.exec(stdout) as unknown as [string, string, string];
  return [engine, Number(accuracy)];
}

it("trains by ONNX Runtime, and as well without it", async () => {
  const [native, own] = await Promise.all([runExample("onnx-runtime"), runExample("onnx-runtime", ["--wasm"])]);
  const [[engine, accuracy], [other, same]] = [resultOf(native.stdout), resultOf(own.stdout)];
  expect([engine, other]).toEqual(["onnxruntime", "wasm"]);
  expect(accuracy).toBeGreaterThan(90);
  // The same masks of dropout are drawn, so that rounding alone sets both apart.
  expect(Math.abs(accuracy - same)).toBeLessThan(3);
});
