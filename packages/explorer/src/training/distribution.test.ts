import { kernels, tensor } from "@adjoint/tensor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { binAtDecade, binsPerDecade, distributionOf, histogramOf, medianSize } from "./distribution.ts";

/**
 * Sizes as a third of a power of ten, well inside its bin so that no rounding of a logarithm can move it: all those of
 * float64 that have all their digits.
 */
const sizes = fc
  .tuple(
    fc.integer({ min: binAtDecade(-307), max: binAtDecade(308) - 1 }),
    fc.double({ min: 0.05, max: 0.95, noNaN: true }),
    fc.boolean(),
  )
  .map(([bin, share, isNegative]) => ({
    bin,
    value: (isNegative ? -1 : 1) * 10 ** (-12 + (bin + share) / binsPerDecade),
  }));

describe("distributionOf", () => {
  it("counts every number in its third of a power of ten", () => {
    fc.assert(
      fc.property(fc.array(sizes, { minLength: 1, maxLength: 50 }), fc.nat(5), (numbers, zeros) => {
        const values = [...numbers.map(({ value }) => value), ...new Array<number>(zeros).fill(0)];
        const found = distributionOf(tensor(values, { dtype: "float64" }));
        expect(found.count).toBe(values.length);
        expect(found.zeros).toBe(zeros);
        const counted = found.counts.flatMap((count, i) => new Array<number>(count).fill(found.first + i));
        expect(counted).toEqual(numbers.map(({ bin }) => bin).toSorted((a, b) => a - b));
      }),
    );
  });

  it("counts the least and the greatest number, and apart what is not finite", () => {
    const ends = [Number.MIN_VALUE, -Number.MAX_VALUE];
    const x = tensor([...ends, Number.NaN, Number.POSITIVE_INFINITY, 0], { dtype: "float64" });
    const { count, zeros, notFinite, first, counts } = distributionOf(x);
    // 4.9e-324 and 1.8e308.
    expect({ count, zeros, notFinite, first }).toEqual({
      count: 5,
      zeros: 1,
      notFinite: 2,
      first: binAtDecade(-324) + 2,
    });
    expect([counts[0], counts.at(-1), first + counts.length]).toEqual([1, 1, binAtDecade(308) + 1]);
  });

  it("reads views as they are seen", () => {
    const x = tensor([
      [1, 20, 300],
      [4000, 0.5, 0],
    ]);
    const part = [
      { start: 0, step: 1, length: 2 },
      { start: 1, step: 1, length: 2 },
    ];
    expect(distributionOf(kernels.slice(x, part))).toEqual(distributionOf(tensor([20, 300, 0.5, 0])));
    expect(distributionOf(kernels.transpose(x))).toEqual(distributionOf(x));
  });
});

describe("medianSize", () => {
  it("is within a third of a power of ten of the median of what is not 0", () => {
    fc.assert(
      fc.property(fc.array(sizes, { minLength: 1, maxLength: 60 }), fc.nat(5), (numbers, zeros) => {
        const values = numbers.map(({ value }) => value);
        const sorted = values.map(Math.abs).toSorted((a, b) => a - b);
        // Between the two in the middle, where there are two.
        const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
        const all = tensor([...values, ...new Array<number>(zeros).fill(0)], { dtype: "float64" });
        const found = Math.log10(medianSize(distributionOf(all)));
        expect(found).toBeGreaterThanOrEqual(Math.log10(low) - 1 / binsPerDecade);
        expect(found).toBeLessThanOrEqual(Math.log10(high) + 1 / binsPerDecade);
      }),
    );
  });

  it("is 0 where all are 0, and no number where there are none", () => {
    expect(medianSize(distributionOf(tensor([0, 0])))).toBe(0);
    expect(medianSize(distributionOf(tensor([Number.NaN])))).toBeNaN();
  });
});

describe("histogramOf", () => {
  it("counts all finite numbers between the least and the greatest", () => {
    expect(histogramOf(tensor([0, 1, 2, 3, 4, Number.NaN]), 4)).toEqual({ low: 0, high: 4, counts: [1, 1, 1, 2] });
    expect(histogramOf(tensor([2, 2]), 3)).toEqual({ low: 2, high: 2, counts: [2, 0, 0] });
    expect(histogramOf(tensor([Number.NaN]), 2)).toEqual({ low: 0, high: 0, counts: [0, 0] });
  });
});
