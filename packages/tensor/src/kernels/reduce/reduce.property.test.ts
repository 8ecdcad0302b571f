import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DType, isFloat } from "../../dtype.ts";
import { reducedShape } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import { anyShape, expected, indicesOf, laidOut, layout, valuesOf } from "../../testing/layouts.ts";
import { copy } from "../copy.ts";
import { argmax, argmin } from "./argmax.ts";
import { max, min, prod, sum } from "./sum-prod-max.ts";

const sample = fc
  .record({
    shape: anyShape,
    chosen: fc.subarray([0, 1, 2, 3]),
    keepDims: fc.boolean(),
    dtype: fc.constantFrom<DType>("float32", "float64", "int32", "bool"),
    how: layout,
  })
  .map(({ shape, chosen, keepDims, dtype, how }) => ({
    x: laidOut(shape, dtype, how),
    axes: chosen.filter((axis) => axis < shape.length),
    keepDims,
  }));

/** The elements that one result takes, in row-major order. */
function lanes(x: Tensor, axes: readonly number[], result: readonly number[]): number[] {
  return indicesOf(x.shape)
    .filter((index) => index.filter((_, i) => !axes.includes(i)).every((v, k) => v === result[k]))
    .map((index) => Number(x.at(...index)));
}

function expectReduced(
  y: Tensor,
  { x, axes, keepDims }: { x: Tensor; axes: readonly number[]; keepDims: boolean },
  dtype: DType,
  f: (values: number[]) => number,
): void {
  expect(y.shape).toEqual(reducedShape(x.shape, axes, keepDims));
  expect(y.dtype).toBe(dtype);
  const kept = reducedShape(x.shape, axes, false);
  expect(valuesOf(y)).toEqual(expected(kept, dtype, (index) => f(lanes(x, axes, index))));
}

describe("reductions", () => {
  it("sum takes the elements of each result in row-major order, in float64 or modulo 2³²", () => {
    fc.assert(
      fc.property(sample, (s) => {
        const dtype = s.x.dtype === "bool" ? "int32" : s.x.dtype;
        const whole = !isFloat(s.x.dtype);
        const total = (values: number[]) => values.reduce((a, b) => (whole ? (a + b) | 0 : a + b), 0);
        expectReduced(sum(s.x, s.axes, s.keepDims), s, dtype, total);
      }),
    );
  });

  it("prod multiplies them", () => {
    fc.assert(
      fc.property(sample, (s) => {
        const dtype = s.x.dtype === "bool" ? "int32" : s.x.dtype;
        const product = (values: number[]) => values.reduce((a, b) => (dtype === "int32" ? Math.imul(a, b) : a * b), 1);
        expectReduced(prod(s.x, s.axes, s.keepDims), s, dtype, product);
      }),
    );
  });

  it("max and min choose among them, and refuse to choose from nothing", () => {
    fc.assert(
      fc.property(sample, (s) => {
        if (s.axes.some((axis) => s.x.shape[axis] === 0)) {
          expect(() => max(s.x, s.axes, s.keepDims)).toThrow(/is empty/);
          expect(() => min(s.x, s.axes, s.keepDims)).toThrow(/is empty/);
          return;
        }
        expectReduced(max(s.x, s.axes, s.keepDims), s, s.x.dtype, (values) => Math.max(...values));
        expectReduced(min(s.x, s.axes, s.keepDims), s, s.x.dtype, (values) => Math.min(...values));
      }),
    );
  });

  it("argmax and argmin give the first place", () => {
    fc.assert(
      fc.property(sample, (s) => {
        const [axis] = s.axes;
        if (axis === undefined || s.x.shape[axis] === 0) return;
        const one = { ...s, axes: [axis] };
        expectReduced(argmax(s.x, axis, s.keepDims), one, "int32", (v) => v.indexOf(Math.max(...v)));
        expectReduced(argmin(s.x, axis, s.keepDims), one, "int32", (v) => v.indexOf(Math.min(...v)));
      }),
    );
  });

  it("gives the same bits for a view and its copy", () => {
    fc.assert(
      fc.property(sample, ({ x, axes, keepDims }) => {
        expect(valuesOf(sum(x, axes, keepDims))).toEqual(valuesOf(sum(copy(x), axes, keepDims)));
      }),
    );
  });

  it("spreads NaN through max, and finds the first one with argmax", () => {
    const x = laidOut([2, 3], "float64", { steps: [1, 1, 1, 1], order: [1, 0, 2, 3], before: 0, seed: 3 });
    x.data[1] = Number.NaN;
    expect(valuesOf(max(x, 1))[0]).toBeNaN();
    expect(valuesOf(argmax(x, 1))[0]).toBe(1);
  });
});
