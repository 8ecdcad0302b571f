import { rng } from "@adjoint/tensor";
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
      `[SpecError: initializeWeight: there is no weight initialization "kaiming". Use "he" before relu and "xavier" before sigmoid or tanh.]`,
    );
    for (const std of [-1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => weightStd(std, 10)).toThrow(/no weight init/);
  });
});
