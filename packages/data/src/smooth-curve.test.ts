import { Tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
// The book's smooth_curve run on 40 random numbers.
import reference from "./fixtures/smooth-curve.json" with { type: "json" };
import { smoothCurve } from "./smooth-curve.ts";

// 11 products of numbers below 3 with weights that sum to 1: rounding stays below 11 · 3 · 2⁻⁵³ ≈ 4e-15, and the
// weights' own errors are of the same size.
const tolerance = 1e-13;

describe("smoothCurve", () => {
  it("gives the book's numbers", () => {
    const y = smoothCurve(reference.x);
    expect(y).toHaveLength(40);
    y.forEach((value, i) => {
      expect(Math.abs(value - reference.y[i])).toBeLessThan(tolerance);
    });
  });

  it("gives a tensor for a tensor, strided ones included", () => {
    const twice = Float64Array.from(reference.x.flatMap((value) => [value, Number.NaN]));
    const y = smoothCurve(new Tensor(twice, [40], [2]));
    expect(y.dtype).toBe("float64");
    expect(y.shape).toEqual([40]);
    expect(y.toArray()).toEqual(smoothCurve(reference.x));
  });

  it("leaves a constant curve as it is and keeps its length down to 11 values", () => {
    for (const value of smoothCurve(new Array(11).fill(0.7))) expect(Math.abs(value - 0.7)).toBeLessThan(tolerance);
  });

  it("refuses curves shorter than its window, and tables", () => {
    expect(() => smoothCurve([1, 2, 3])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: smoothCurve: values has shape [3]; expected a vector of 11 values or more, as its window has.]`,
    );
    expect(() => smoothCurve(new Tensor(new Float32Array(40), [2, 20]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: smoothCurve: values has shape [2, 20]; expected a vector of 11 values or more, as its window has.]`,
    );
  });
});
