import { eye, kernels, rng } from "@adjoint/tensor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { initializeWeight, type WeightInit, weightStd } from "./initializers.ts";

describe("initial weights", () => {
  it("spread by √(2/n) for he and relu, √(1/n) for xavier and sigmoid, or as a number says", () => {
    expect(weightStd("he", 50)).toBe(0.2);
    expect(weightStd("relu", 50)).toBe(0.2);
    expect(weightStd("xavier", 25)).toBe(0.2);
    expect(weightStd("sigmoid", 25)).toBe(0.2);
    expect(weightStd(0.01, 25)).toBe(0.01);
  });

  it("are normal numbers of mean 0 and that spread", () => {
    const W = initializeWeight([100, 200], 100, "he", rng(3), "float64");
    const values = Array.from(W.data);
    const n = values.length;
    const mean = values.reduce((sum, w) => sum + w, 0) / n;
    const variance = values.reduce((sum, w) => sum + (w - mean) ** 2, 0) / n;
    // Six standard deviations of the two estimates: σ/√n and σ²·√(2/n).
    expect(Math.abs(mean)).toBeLessThan(6 * Math.sqrt(0.02 / n));
    expect(Math.abs(variance - 0.02)).toBeLessThan(6 * 0.02 * Math.sqrt(2 / n));
  });

  it("are float32 unless told otherwise, and follow from the generator alone", () => {
    const draw = (seed: number) => initializeWeight([4, 3], 4, "xavier", rng(seed));
    expect(draw(1).dtype).toBe("float32");
    expect(draw(1).toArray()).toEqual(draw(1).toArray());
    expect(draw(1).toArray()).not.toEqual(draw(2).toArray());
  });

  it("of another name, or of a spread that is none, are refused", () => {
    expect(() => weightStd("kaiming" as WeightInit, 10)).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: weightStd: unknown weight initialization "kaiming"; expected "he", "relu", "xavier", "sigmoid", "heUniform", "glorotNormal", "glorotUniform", "lecunNormal", "orthogonal", or a standard deviation ≥ 0.]`,
    );
    for (const std of [-1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => weightStd(std, 10)).toThrow(/unknown weight init/);
  });
});

describe("other initial weights", () => {
  const values = (init: WeightInit, fanIn: number, fanOut: number): number[] =>
    Array.from(initializeWeight([fanIn, fanOut], fanIn, init, rng(7), "float64", fanOut).data);
  const spread = (numbers: readonly number[]): number =>
    Math.sqrt(numbers.reduce((sum, x) => sum + x * x, 0) / numbers.length);

  it.each([
    ["heUniform", Math.sqrt(2 / 100)],
    ["glorotUniform", Math.sqrt(2 / 300)],
    ["glorotNormal", Math.sqrt(2 / 300)],
    ["lecunNormal", Math.sqrt(1 / 100)],
  ] as const)("%s has its standard deviation, uniform ones within √3 of it", (init, std) => {
    const numbers = values(init, 100, 200);
    // 20,000 numbers: the spread of normal ones is off by a relative 1/√(2n) = 0.5 %, of uniform ones by less; five times.
    expect(Math.abs(spread(numbers) / std - 1)).toBeLessThan(0.025);
    const largest = Math.max(...numbers.map(Math.abs));
    if (init.endsWith("Uniform")) expect(largest).toBeLessThanOrEqual(Math.sqrt(3) * std);
    else expect(largest).toBeGreaterThan(Math.sqrt(3) * std);
  });

  it("orthogonal rows, or columns where they are fewer, have length 1 and stand at right angles", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 }), fc.nat(), (shape, seed) => {
        const weight = initializeWeight(shape, 1, "orthogonal", rng(seed), "float64");
        expect(weight.shape).toEqual(shape);
        const rows = shape[0];
        const matrix = kernels.reshape(weight, [rows, weight.size / rows]);
        const flipped = rows <= matrix.shape[1] ? matrix : kernels.transpose(matrix, [1, 0]);
        const product = kernels.matmul(flipped, kernels.transpose(flipped, [1, 0]));
        const off = kernels.sub(product, eye(product.shape[0], { dtype: "float64" }));
        // Gram-Schmidt twice leaves errors of some roundings of sums of at most 216 products below 1.
        expect(Number(kernels.max(kernels.abs(off)).item())).toBeLessThan(216 * 2 ** -50);
      }),
      { numRuns: 50 },
    );
  });
});
