/** What is said of constant factors: all they may be. */

import { cos, mul, type OpDefinition, sin } from "@adjoint/autograd";
import { apply } from "@adjoint/autograd/internal";
import { rng } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { fused } from "../../corpus/fused.ts";
import { gradcheck } from "../../gradcheck.ts";
import type { Diagnosis } from "../../report/report.ts";

/** What is said of sine whose gradient has a factor too many. */
function of(shape: readonly number[], factor: number): Diagnosis {
  const point = rng(1).normal(shape, { dtype: "float64" });
  const wrong = fused("wrong", sin)("", "scale", [point], ({ grad, inputs: [z] }) => mul(grad, mul(cos(z), factor)));
  const op = wrong.definition as unknown as OpDefinition<object>;
  return gradcheck((z) => apply(op, [z], {}), [point]).inputs[0].diagnoses[0];
}

describe("a constant factor", () => {
  it.each([
    ["1 + 1e-7", 1 + 1e-7],
    ["1 + 1e-9", 1 + 1e-9],
    ["1 − 1.5e-7", 1 - 1.5e-7],
    ["2/√π", 2 / Math.sqrt(Math.PI)],
    ["√2", Math.SQRT2],
    ["−π", -Math.PI],
    ["ln 2", Math.LN2],
    ["180/π", 180 / Math.PI],
    ["1/√7", 1 / Math.sqrt(7)],
    ["√7", Math.sqrt(7)],
    ["1/(1 − 0.3)", 1 / 0.7],
    ["0.9", 0.9],
    ["6/7", 6 / 7],
    ["1/5", 1 / 5],
    ["1.2345", 1.2345],
  ])("is written as %s", (words, factor) => {
    const { kind, text } = of([5, 7], factor);
    expect(kind).toBe("scale");
    expect(text).toContain(`Every entry is ${words} times the derivative`);
  });

  it("of 2 is a length, or the 2 of a square, where an axis has that length", () => {
    expect(of([2, 5], 0.5).text).toMatch(/that of a square.*2 is the length of axis 0/);
    expect(of([3, 5], 0.5).text).not.toContain("length");
  });

  it("of 4 may be the size of a window of an image", () => {
    expect(of([1, 2, 4, 4], 4).text).toContain("the size of a window of 2 × 2");
  });
});
