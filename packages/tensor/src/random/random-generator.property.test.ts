import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { slice } from "../kernels/slice-pad.ts";
import { bernoulliAt, normalAt, uniformAt } from "./distributions.ts";
import { RandomGenerator, rng } from "./random-generator.ts";

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

describe("draws at a counter", () => {
  it("refuse keys, counters, probabilities and dtypes that make no sense", () => {
    expect(() => bernoulliAt(0, 0, [2], Number.NaN, "float32")).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: bernoulliAt: p is NaN; expected a probability from 0 to 1.]`,
    );
    expect(() => uniformAt(0.5, 0, [2], "float32")).toThrow(/key is 0.5/);
    expect(() => normalAt(0, -1, [2], "float32")).toThrow(/counter is -1/);
    expect(() => uniformAt(0, Number.MAX_SAFE_INTEGER, [2], "float32")).toThrow(/the last counter/);
    expect(() => uniformAt(0, 0, [-1], "float32")).toThrow(/an array of integers ≥ 0/);
    expect(() => normalAt(0, 0, [2], "int32" as never)).toThrow(/dtype is "int32"/);
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
        expect(RandomGenerator.fromState(state).uniform([5]).toArray()).toEqual(a.uniform([5]).toArray());
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

  it("split into ones whose numbers have nothing to do with each other", () => {
    const n = 20_000;
    const parent = rng(6);
    const [a, b] = [parent.split(), parent.split()];
    const [x, y, z] = [a, b, parent].map((g) => g.uniform([n], { dtype: "float64" }).data);
    // The mean of (u − ½)(v − ½) has mean 0 and standard error 1/12/√n for independent u and v: six of them.
    for (const [u, v] of [
      [x, y],
      [x, z],
      [y, z],
      [x.subarray(1), x], // neighbours within one stream
    ]) {
      let sum = 0;
      for (let i = 0; i < n - 1; i++) sum += (u[i] - 0.5) * (v[i] - 0.5);
      expect(Math.abs(sum / (n - 1))).toBeLessThan(6 / 12 / Math.sqrt(n - 1));
    }
  });

  it("reserve counters that give the same numbers as drawing at once", () => {
    const [a, b] = [rng(9), rng(9)];
    const { key, counter } = a.take(6);
    expect(uniformAt(key, counter, [2, 3], "float32").toArray()).toEqual(b.uniform([2, 3]).toArray());
    expect(a.state).toEqual(b.state);
  });

  it("take a probability for the options of bernoulli", () => {
    expect(rng(4).bernoulli([50], 0.3).toArray()).toEqual(rng(4).bernoulli([50], { p: 0.3 }).toArray());
    expect(rng(4).bernoulli([50], 0).toArray()).toEqual(new Array(50).fill(0));
    expect(rng(4).bernoulli([50], 1).toArray()).toEqual(new Array(50).fill(1));
  });

  it("give the numbers that they always gave", () => {
    expect(Array.from(rng(0).uniform([4]).data)).toEqual([
      0.3990464210510254, 0.9722411632537842, 0.01944941282272339, 0.7873677611351013,
    ]);
    expect(Array.from(rng(0).permutation(8).data)).toEqual([6, 1, 3, 5, 4, 2, 0, 7]);
  });

  it("stay where they are when a draw is refused, and end before their counters repeat", () => {
    const generator = rng(3);
    expect(() => generator.bernoulli([2], Number.NaN)).toThrow(/p is NaN/);
    expect(() => generator.uniform([2], { high: Number.POSITIVE_INFINITY })).toThrow(/high is Infinity/);
    expect(() => generator.choice(3, 4, { replacement: false })).toThrow(/count is 4/);
    expect(generator.state).toEqual({ key: 3, counter: 0 });
    const last = RandomGenerator.fromState({ key: 3, counter: Number.MAX_SAFE_INTEGER - 1 });
    expect(() => last.uniform([2])).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: RandomGenerator: 2 more numbers from counter 9007199254740990 exceed its 2⁵³; expected at most 1. Use split() or another seed.]`,
    );
    expect(last.uniform([1]).size).toBe(1);
    expect(() => last.permutation(2)).toThrow(/1 more numbers/);
  });

  it("refuse ranges that would give Infinity or NaN", () => {
    expect(() => rng(0).uniform([2], { low: -1e308, high: 1e308, dtype: "float64" })).toThrow(/high is 1e\+308/);
    expect(() => rng(0).uniform([2], { high: 1e39 })).toThrow(/float32 can hold/);
    expect(() => rng(0).normal([2], { std: 1e38 })).toThrow(/std is 1e\+38/);
    expect(() => rng(0).normal([2], { mean: 1e39 })).toThrow(/mean is 1e\+39/);
    expect(() => rng(0).integers(0.5, 3, [1])).toThrow(/low is 0.5/);
    expect(() => rng(0).permutation(2 ** 31 + 1)).toThrow(/n is 2147483649/);
    expect(() => rng(0).permutation(-1)).toThrow(/n is -1/);
  });

  it("refuse seeds, probabilities and ranges that make no sense", () => {
    expect(() => rng(-1)).toThrowErrorMatchingInlineSnapshot(`[SpecError: rng: seed is -1; expected an integer ≥ 0.]`);
    expect(() => rng(1.5)).toThrow(/seed is 1.5/);
    expect(() => rng(0).bernoulli([2], { p: 1.5 })).toThrow(/p is 1.5/);
    expect(() => rng(0).normal([2], { std: Number.NaN })).toThrow(/std is NaN/);
    expect(() => rng(0).uniform([2], { low: 1, high: 0 })).toThrow(/high is 0/);
    expect(() => rng(0).uniform([2], { dtype: "int32" as never })).toThrow(/dtype is "int32"/);
    expect(() => rng(0).choice(2, 3, { replacement: false })).toThrow(/count is 3/);
    expect(() => rng(0).integers(3, 3, [1])).toThrow(/high is 3/);
    expect(() => rng(0).uniform([2], { min: 1 } as never)).toThrow(/unknown option "min"/);
  });
});
