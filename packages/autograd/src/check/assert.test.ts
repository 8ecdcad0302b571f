/** gradcheck as a matcher and as an assertion. */
import { AdjointError, kernels, tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import "../ops/methods.ts";
import { defineOp } from "../core/op.ts";
import { mul } from "../ops/arithmetic.ts";
import { square } from "../ops/elementary.ts";
import { tanh } from "../ops/trigonometric.ts";
import { assertGradcheck, GradcheckError } from "./assert.ts";
import "./vitest.ts";

const x = tensor([0.5, -1, 2], { dtype: "float64" });
const half = defineOp({
  name: "half",
  infer: ([z]) => z,
  forward: ([z]) => kernels.square(z),
  backward: [({ grad, inputs: [z] }) => mul(grad, z)],
});

/** What `fn` throws. */
function thrownBy(fn: () => unknown): unknown {
  try {
    fn();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

describe("toPassGradcheck", () => {
  it("passes right gradients and fails wrong ones with the report", () => {
    expect(tanh).toPassGradcheck([x]);
    expect(half).not.toPassGradcheck([x]);
    const error = thrownBy(() => expect(half).toPassGradcheck([x], { names: ["x"] })) as Error;
    expect(error.message).toContain("Every entry is 1/2 times the derivative");
    expect(thrownBy(() => expect(tanh).not.toPassGradcheck([x]))).toBeInstanceOf(Error);
  });
});

describe("assertGradcheck", () => {
  it("returns the report of a right gradient", () => {
    expect(assertGradcheck((z) => square(z), [x], { order: 2 }).ok).toBe(true);
  });

  it("throws an error that carries the report and prints it", () => {
    const error = thrownBy(() => assertGradcheck((z) => half(z), [x], { names: ["x"] })) as GradcheckError;
    expect(error).toBeInstanceOf(GradcheckError);
    expect(error).toBeInstanceOf(AdjointError);
    expect(error.report.inputs[0].diagnoses[0].kind).toBe("scale");
    expect(error.message).toMatch(/^gradcheck: the gradient of x is wrong\. \ninput +shape/);
  });
});
