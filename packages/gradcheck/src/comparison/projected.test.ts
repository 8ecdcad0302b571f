/** gradcheck of large inputs, along random directions. */
import {
  add,
  type BackwardRule,
  constant,
  defineOp,
  mul,
  type NoAttributes,
  neg,
  relu,
  sigmoid,
  square,
  sum,
  type UnaryOp,
} from "@adjoint/autograd";
import { kernels, rng, Tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { gradcheck } from "../gradcheck.ts";

const f64 = { dtype: "float64" } as const;
/** x² with another rule. */
function squareWith(rule: BackwardRule<NoAttributes>): UnaryOp {
  return defineOp({ name: "wrong", infer: ([z]) => z, forward: ([z]) => kernels.square(z), backward: [rule] });
}

describe("gradcheck in projected mode", () => {
  const large = rng(1).normal([40, 50], f64);
  const options = { mode: "projected" } as const;

  it("passes right gradients along random directions", () => {
    const report = gradcheck((z) => sum(mul(sigmoid(z), z)), [large], options);
    expect([report.ok, report.mode, report.inputs[0].checked]).toEqual([true, "projected", 2000]);
    expect(report.inputs[0].directions).toBeGreaterThan(0);
  });

  it("is what large inputs get", () => {
    expect(gradcheck((z) => sum(square(z)), [large]).mode).toBe("projected");
  });

  it("finds a single wrong entry of thousands, and where it is", () => {
    const spike = new Float64Array(2000).fill(1);
    spike[1234] = 1.01;
    const factors = constant(new Tensor(spike, [40, 50]));
    const wrong = squareWith(({ grad, inputs: [z] }) => mul(mul(grad, mul(z, 2)), factors));
    const report = gradcheck((z) => wrong(z), [large], options);
    expect(report.ok).toBe(false);
    expect(report.inputs[0].worst?.index).toEqual([24, 34]);
  });

  it("is unsure of entries whose mistakes show in no direction", () => {
    const spike = new Float64Array(2000).fill(1);
    spike[1234] = 0.5;
    const factors = constant(kernels.cast(new Tensor(spike, [40, 50]), "float32"));
    const wrong = squareWith(({ grad, inputs: [z] }) => mul(mul(grad, mul(z, 2)), factors));
    const report = gradcheck((z) => sum(wrong(z)), [large], { ...options, dtype: "float32" });
    expect(report.ok && report.inputs[0].unsure === 0).toBe(false);
    expect(gradcheck((z) => sum(square(z)), [large], options).inputs[0].unsure).toBe(0);
    expect(gradcheck((z) => sum(relu(z)), [large], options).inputs[0].unsure).toBe(0);
  });

  it("says what a mistake looks like, too", () => {
    const report = gradcheck(
      squareWith(({ grad, inputs: [z] }) => neg(mul(grad, mul(z, 2)))),
      [large],
      options,
    );
    expect(report.inputs[0].diagnoses[0].kind).toBe("sign");
  });

  it("looks at entries where a direction meets a kink", () => {
    const zeros = kernels.copy(large);
    for (const i of [3, 500, 1999]) zeros.data[i] = 0;
    const right = gradcheck((z) => sum(relu(z)), [zeros], options);
    expect([right.ok, right.inputs[0].kinks.length > 0]).toEqual([true, true]);
    const wrong = defineOp({
      ...relu.definition,
      name: "wrongRelu",
      backward: [({ grad, inputs: [z] }) => mul(grad, add(mul(z, 0), 2))],
      saves: "both",
    });
    expect(gradcheck((z) => sum(wrong(z)), [zeros], options).ok).toBe(false);
  });
});
