import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { slice } from "../kernels/slice-pad.ts";
import { bernoulliAt, normalAt, uniformAt } from "./distributions.ts";
import { Generator, rng } from "./generator.ts";

const seed = fc.nat(2 ** 31 - 1);

describe("draws", () => {
  it("gives a part of a draw as the draw of the part", () => {
    const place = fc.record({ key: fc.maxSafeNat(), counter: fc.nat(2 ** 40), start: fc.nat(20), length: fc.nat(20) });
    fc.assert(
      fc.property(
        place,
        fc.constantFrom("float32" as const, "float64" as const),
        ({ key, counter, start, length }, dtype) => {
          const part = [{ start, step: 1, length }];
          const whole = [start + length];
          expect(slice(uniformAt(key, counter, whole, dtype), part).toArray()).toEqual(
            uniformAt(key, counter + start, [length], dtype).toArray(),
          );
          expect(slice(normalAt(key, counter, whole, dtype), part).toArray()).toEqual(
            normalAt(key, counter + start, [length], dtype).toArray(),
          );
          expect(slice(bernoulliAt(key, counter, whole, 0.3, dtype), part).toArray()).toEqual(
            bernoulliAt(key, counter + start, [length], 0.3, dtype).toArray(),
          );
        },
      ),
    );
  });

  it("has the moments of its distribution", () => {
    const n = 20_000;
    const moments = (values: ArrayLike<number>) => {
      const list = Array.from(values);
      const mean = list.reduce((a, b) => a + b, 0) / n;
      return { mean, variance: list.reduce((a, b) => a + (b - mean) ** 2, 0) / n };
    };
    // Six standard errors: of the mean σ/√n, of the variance √((μ₄ − σ⁴)/n).
    const uniform = moments(rng(1).uniform([n], { dtype: "float64" }).data);
    expect(Math.abs(uniform.mean - 1 / 2)).toBeLessThan(6 * Math.sqrt(1 / 12 / n));
    expect(Math.abs(uniform.variance - 1 / 12)).toBeLessThan(6 * Math.sqrt((1 / 80 - 1 / 144) / n));
    const normal = moments(rng(2).normal([n], { mean: 3, std: 2, dtype: "float64" }).data);
    expect(Math.abs(normal.mean - 3)).toBeLessThan(6 * Math.sqrt(4 / n));
    expect(Math.abs(normal.variance - 4)).toBeLessThan(6 * Math.sqrt((48 - 16) / n));
    const bernoulli = moments(rng(3).bernoulli([n], { p: 0.2 }).data);
    expect(Math.abs(bernoulli.mean - 0.2)).toBeLessThan(6 * Math.sqrt(0.16 / n));
    const integers = moments(rng(4).integers(-3, 4, [n]).data);
    expect(Math.abs(integers.mean)).toBeLessThan(6 * Math.sqrt(4 / n));
  });

  it("stays in its range", () => {
    fc.assert(
      fc.property(
        seed,
        fc.double({ min: -1e3, max: 1e3, noNaN: true }),
        fc.double({ min: 0, max: 1e3, noNaN: true }),
        (s, low, width) => {
          const x = rng(s).uniform([50], { low, high: low + width, dtype: "float64" });
          for (const v of x.data) expect(v >= low && v <= low + width).toBe(true);
          for (const v of rng(s).integers(2, 5, [50]).data) expect([2, 3, 4]).toContain(v);
        },
      ),
    );
  });

  it("permutes, and chooses without replacement", () => {
    fc.assert(
      fc.property(seed, fc.nat(50), (s, n) => {
        const sorted = (data: Int32Array) => [...data].sort((a, b) => a - b);
        expect(sorted(rng(s).permutation(n).data)).toEqual(Array.from({ length: n }, (_, i) => i));
        if (n === 0) return;
        const chosen = rng(s).choice(n, Math.ceil(n / 2), { replacement: false });
        expect(new Set(chosen.data).size).toBe(Math.ceil(n / 2));
      }),
    );
  });

  it("orders three elements in all six ways about equally often", () => {
    const n = 6000;
    const generator = rng(11);
    const counts = new Map<string, number>();
    for (let i = 0; i < n; i++) {
      const order = generator.permutation(3).data.join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - n / 6)).toBeLessThan(6 * Math.sqrt((n * 5) / 36));
  });
});

describe("generators", () => {
  it("go on from a saved state, and repeat for equal seeds", () => {
    fc.assert(
      fc.property(seed, fc.nat(30), (s, skip) => {
        const a = rng(s);
        a.normal([skip]);
        a.permutation(skip);
        const state = JSON.parse(JSON.stringify(a.state));
        expect(Generator.fromState(state).uniform([5]).toArray()).toEqual(a.uniform([5]).toArray());
        expect(rng(s).normal([3]).toArray()).toEqual(rng(s).normal([3]).toArray());
      }),
    );
  });

  it("split into ones that differ from each other and from their parent", () => {
    const parent = rng(5);
    const [a, b] = [parent.split(), parent.split()];
    const draws = [a, b, parent, rng(5)].map((g) => g.uniform([4]).toArray());
    expect(new Set(draws.map(String)).size).toBe(4);
  });

  it("refuse seeds, probabilities and ranges that make no sense", () => {
    expect(() => rng(-1)).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: rng: seed is -1. seed must be a whole number ≥ 0.]`,
    );
    expect(() => rng(1.5)).toThrow(/seed is 1.5/);
    expect(() => rng(0).bernoulli([2], { p: 1.5 })).toThrow(/p is 1.5/);
    expect(() => rng(0).normal([2], { std: Number.NaN })).toThrow(/std is NaN/);
    expect(() => rng(0).uniform([2], { low: 1, high: 0 })).toThrow(/high is 0/);
    expect(() => rng(0).uniform([2], { dtype: "int32" as never })).toThrow(/cannot be int32/);
    expect(() => rng(0).choice(2, 3, { replacement: false })).toThrow(/count is 3/);
    expect(() => rng(0).integers(3, 3, [1])).toThrow(/high is 3/);
    expect(() => rng(0).uniform([2], { min: 1 } as never)).toThrow(/unknown option "min"/);
  });
});
