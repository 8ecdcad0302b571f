/** Functions keep their digits where they are small, as those of ONNX Runtime do not. */
import { constant, sigmoid, type Variable } from "@adjoint/autograd";
import { compile } from "@adjoint/compiler";
import { kernels, tensor } from "@adjoint/tensor";
import { expect, it } from "vitest";
import { onnxruntime } from "./engine.ts";

it.each([
  ["float32", 87, 2 ** -24],
  ["float64", 708, 2 ** -53],
] as const)("gives sigmoid of %s to eight roundings, from the smallest normal number on", (dtype, least, unit) => {
  const x = tensor(
    Array.from({ length: 211 }, (_, i) => (i * (least + 18)) / 210 - least),
    { dtype },
  );
  const run = compile((v: Variable) => sigmoid(v), { engine: onnxruntime });
  const found = kernels.copy(run(constant(x)).value).data;
  kernels.copy(x).data.forEach((at, i) => {
    const right = 1 / (1 + Math.exp(-Number(at)));
    // x is exact; e^(−x), the sum and the quotient are off by an ulp or two each.
    expect(Math.abs(Number(found[i]) - right), `σ(${at})`).toBeLessThanOrEqual(8 * unit * right);
  });
});
