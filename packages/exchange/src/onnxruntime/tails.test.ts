/** Functions keep their digits where they are small, as those of ONNX Runtime do not. */
import { constant, sigmoid, type Variable } from "@adjoint/autograd";
import { compile } from "@adjoint/compiler";
import { kernels, tensor } from "@adjoint/tensor";
import { expect, it } from "vitest";
import { onnxruntime } from "./engine.ts";

it("gives sigmoid to eight roundings, from the smallest normal number on", () => {
  const x = tensor(
    Float32Array.from({ length: 211 }, (_, i) => i / 2 - 87),
    { dtype: "float32" },
  );
  const run = compile((v: Variable) => sigmoid(v), { engine: onnxruntime });
  const found = kernels.copy(run(constant(x)).value).data;
  kernels.copy(x).data.forEach((at, i) => {
    const right = 1 / (1 + Math.exp(-Number(at)));
    // x is exact; e^(−x), the sum and the quotient are off by an ulp or two each.
    expect(Math.abs(Number(found[i]) - right), `σ(${at})`).toBeLessThanOrEqual(8 * 2 ** -24 * right);
  });
});
