import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { type Shape, sizeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { laidOut, layout } from "../testing/layouts.ts";
import { setKernels } from "./backend.ts";
import { matmul } from "./matmul.ts";

afterEach(() => setKernels("auto"));

const length = fc.oneof(
  { arbitrary: fc.integer({ min: 0, max: 9 }), weight: 4 },
  { arbitrary: fc.integer({ min: 10, max: 40 }), weight: 1 },
);

/** Two shapes that can be multiplied: batches of up to two axes, any of them 1 or missing on one side. */
const shapes = fc
  .record({
    m: length,
    k: length,
    n: length,
    batch: fc.array(
      fc.record({ length: fc.integer({ min: 0, max: 3 }), side: fc.constantFrom("both", "a", "b", "both") }),
      { maxLength: 2 },
    ),
    dropA: fc.nat(2),
    dropB: fc.nat(2),
  })
  .map(({ m, k, n, batch, dropA, dropB }) => {
    const leading = (side: string, drop: number) => {
      const lengths = batch.map((axis) => (axis.side === "both" || axis.side === side ? axis.length : 1));
      return lengths.slice(Math.min(drop, lengths.length));
    };
    // An axis left out on one side must be given by the other.
    return { a: [...leading("a", dropA), m, k], b: [...leading("b", dropA > 0 ? 0 : dropB), k, n] };
  });

/** The factors [a, b] of every term of every element of the product, in order, by its definition. */
function termsOf(a: Tensor, b: Tensor, shape: Shape): [number, number][][] {
  return Array.from({ length: sizeOf(shape) }, (_, flat) => {
    const index: number[] = [];
    for (let axis = shape.length - 1, rest = flat; axis >= 0; axis--) {
      index.unshift(rest % shape[axis]);
      rest = Math.floor(rest / shape[axis]);
    }
    const batchOf = (x: Tensor) => index.slice(-x.ndim, -2).map((i, axis) => (x.shape[axis] === 1 ? 0 : i));
    const [row, column] = index.slice(-2);
    return Array.from({ length: a.shape[a.ndim - 1] }, (_, l) => [
      Number(a.at(...batchOf(a), row, l)),
      Number(b.at(...batchOf(b), l, column)),
    ]);
  });
}

/** The triple loop in float64. */
function sumOf(terms: readonly [number, number][]): number {
  let sum = 0;
  for (const [x, y] of terms) sum += x * y;
  return sum;
}

/** γ_K = K·u / (1 − K·u): the largest relative error of a sum of K products in any order (Higham, 3.1 and 3.5). */
function gamma(k: number, unit: number): number {
  return (k * unit) / (1 - k * unit);
}

const unit = { float32: 2 ** -24, float64: 2 ** -53 };
const floats = fc.constantFrom("float32" as const, "float64" as const);

describe("matmul", () => {
  it("is the triple loop summed in float64 and rounded once in the reference kernel", () => {
    fc.assert(
      fc.property(shapes, floats, layout, layout, (shape, dtype, layoutA, layoutB) => {
        setKernels("reference");
        const a = laidOut(shape.a, dtype, layoutA);
        const b = laidOut(shape.b, dtype, layoutB);
        const y = matmul(a, b);
        const round = dtype === "float32" ? Math.fround : (x: number) => x;
        expect([...y.data]).toEqual(termsOf(a, b, y.shape).map((terms) => round(sumOf(terms))));
      }),
    );
  });

  it("stays within γ_K · Σ|a||b| of the triple loop in the WASM kernel, whatever the views, and changes no input", () => {
    fc.assert(
      fc.property(shapes, floats, floats, layout, layout, (shape, dtypeA, dtypeB, layoutA, layoutB) => {
        setKernels("wasm");
        const a = laidOut(shape.a, dtypeA, layoutA);
        const b = laidOut(shape.b, dtypeB, layoutB);
        const [beforeA, beforeB] = [a.data.slice(), b.data.slice()];
        const y = matmul(a, b);
        expect(y.dtype).toBe(dtypeA === dtypeB ? dtypeA : "float64");
        expect(y.isContiguous).toBe(true);
        expect(y.data.length).toBe(y.size);
        // Twice in float64: the triple loop rounds as well.
        const k = shape.a[shape.a.length - 1];
        const bound = gamma(k, unit[y.dtype as "float32" | "float64"]) + gamma(k, unit.float64);
        for (const [i, terms] of termsOf(a, b, y.shape).entries()) {
          const magnitude = sumOf(terms.map(([x, y]) => [Math.abs(x), Math.abs(y)]));
          expect(Math.abs(y.data[i] - sumOf(terms))).toBeLessThanOrEqual(bound * magnitude);
        }
        expect(a.data).toEqual(beforeA);
        expect(b.data).toEqual(beforeB);
      }),
      { numRuns: 300 },
    );
  });

  it("multiplies integers and truth values exactly modulo 2³²", () => {
    const dtype = fc.constantFrom("int32" as const, "bool" as const);
    fc.assert(
      fc.property(shapes, dtype, dtype, layout, layout, (shape, dtypeA, dtypeB, layoutA, layoutB) => {
        const a = laidOut(shape.a, dtypeA, layoutA);
        const b = laidOut(shape.b, dtypeB, layoutB);
        const y = matmul(a, b);
        expect(y.dtype).toBe("int32");
        const exact = termsOf(a, b, y.shape).map((terms) =>
          Number(
            BigInt.asIntN(
              32,
              terms.reduce((sum, [x, y]) => sum + BigInt(x) * BigInt(y), 0n),
            ),
          ),
        );
        expect([...y.data]).toEqual(exact);
      }),
    );
  });
});
