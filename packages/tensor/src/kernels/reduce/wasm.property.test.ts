import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { Tensor } from "../../tensor.ts";
import { laidOut, layout, valuesOf } from "../../testing/layouts.ts";
import { transpose } from "../../views.ts";
import { setKernels } from "../backend.ts";
import { copy } from "../copy.ts";
import { scratch } from "../wasm/runtime.ts";
import { argmax, argmin } from "./argmax.ts";
import { max, min, sum } from "./sum-prod-max.ts";

afterEach(() => setKernels("auto"));

/** Numbers that comparisons and sums treat in their own way. */
const strange = fc.constantFrom(0, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2 ** -149, 1);

/** Planes of few and of many results, longer than a block at times, some of their elements strange. */
const sample = fc
  .record({
    shape: fc.oneof(
      fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 }),
      fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 700 })),
      fc.tuple(fc.integer({ min: 1, max: 700 }), fc.integer({ min: 1, max: 40 })),
      fc.tuple(fc.integer({ min: 4, max: 5 }), fc.integer({ min: 8000, max: 9000 })),
      fc.tuple(fc.integer({ min: 4090, max: 4100 }), fc.integer({ min: 2, max: 5 })),
    ),
    chosen: fc.subarray([0, 1, 2, 3]),
    how: layout,
    others: fc.array(strange, { maxLength: 4 }),
  })
  .map(({ shape, chosen, how, others }) => {
    const x = laidOut(shape, "float32", how);
    for (const [k, value] of others.entries()) x.data[(k * 7919 + how.seed) % x.data.length] = value;
    return { x, axes: chosen.filter((axis) => axis < shape.length) };
  });

describe("WASM reductions give the bits of the reference kernels", () => {
  const ways = {
    sum: (x: Tensor, axes: number[]) => sum(x, axes),
    max: (x: Tensor, axes: number[]) => max(x, axes),
    min: (x: Tensor, axes: number[]) => min(x, axes),
    argmax: (x: Tensor, axes: number[]) => argmax(x, axes[0] ?? 0),
    argmin: (x: Tensor, axes: number[]) => argmin(x, axes[0] ?? 0),
  };
  for (const [name, reduce] of Object.entries(ways)) {
    it(`${name}, of any view along any axes`, () => {
      fc.assert(
        fc.property(sample, ({ x, axes }) => {
          setKernels("reference");
          const expected = reduce(x, axes).data;
          for (const kernels of ["wasm", "auto"] as const) {
            setKernels(kernels);
            expect(reduce(x, axes).data).toEqual(expected);
          }
        }),
        { numRuns: 40 },
      );
    });
  }
});

it("takes no more scratch memory for rows that are far apart", () => {
  const [rows, columns, apart] = [9, 40, 2_000_000];
  const x = new Tensor(new Float32Array(rows * apart).fill(1), [rows, columns], [apart, 1]);
  const before = scratch(0).f32.length;
  for (const view of [x, transpose(x)]) {
    setKernels("wasm");
    expect(sum(view, view === x ? 1 : 0).toArray()).toEqual(new Array(rows).fill(columns));
    expect(max(view, view === x ? 0 : 1).toArray()).toEqual(new Array(columns).fill(1));
  }
  // What the samples above took is kept; it is a fraction of all that lies between the rows.
  expect(before).toBeLessThan(x.data.length / 2);
  expect(scratch(0).f32.length).toBeLessThanOrEqual(Math.max(before, 2 ** 20));
});

describe("long sums of few results", () => {
  /** The sum as the docstring of `sum` defines it. */
  function inParts(values: readonly number[]): number {
    const whole = values.length - (values.length % 8);
    const parts = new Array<number>(8).fill(0);
    for (let i = 0; i < whole; i++) parts[i % 8] += values[i];
    return [...parts, ...values.slice(whole)].reduce((a, b) => a + b, 0);
  }

  it("are taken in eight parts, by all kernels, and of a view as of its copy", () => {
    const shape = fc.tuple(
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 30, max: 50 }),
      fc.integer({ min: 35, max: 60 }),
    );
    fc.assert(
      fc.property(shape, layout, fc.constantFrom("float32", "float64"), (lengths, how, dtype) => {
        const x = laidOut(lengths, dtype, how);
        const [few, m, n] = lengths;
        const values = valuesOf(x);
        const expected = Array.from({ length: few }, (_, i) => inParts(values.slice(i * m * n, (i + 1) * m * n)));
        const rounded = dtype === "float32" ? expected.map(Math.fround) : expected;
        for (const kernels of ["reference", "wasm", "auto"] as const) {
          setKernels(kernels);
          expect([...sum(x, [1, 2]).data]).toEqual(rounded);
          expect([...sum(copy(x), [1, 2], true).data]).toEqual(rounded);
        }
      }),
    );
  });

  it("are no less exact than in order", () => {
    // Each part takes an eighth of the roundings, and its errors grow with an eighth of the elements.
    const x = laidOut([100_000], "float64", { steps: [1, 1, 1, 1], order: [0, 1, 2, 3], before: 0, seed: 5 });
    const values = valuesOf(x).map(Math.abs);
    x.data.set(values);
    const exact = Number(values.reduce((total, v) => total + BigInt(Math.round(v * 2 ** 62)), 0n)) / 2 ** 62;
    const inOrder = values.reduce((a, b) => a + b, 0);
    expect(Math.abs(Number(sum(x).item()) - exact)).toBeLessThanOrEqual(Math.abs(inOrder - exact));
  });
});
