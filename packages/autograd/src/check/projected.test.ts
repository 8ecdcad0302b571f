/** gradcheck of large inputs, along random directions. */
import { kernels, rng, Tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import "../ops/methods.ts";
import { constant } from "../core/leaf.ts";
import { defineOp, type UnaryOp } from "../core/op.ts";
import type { BackwardRule, NoAttributes } from "../core/variable.ts";
import { relu, sigmoid } from "../ops/activation.ts";
import { add, mul, neg } from "../ops/arithmetic.ts";
import { square } from "../ops/elementary.ts";
import { sum } from "../ops/repeat-sum.ts";
import { gradcheck } from "./gradcheck.ts";

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
