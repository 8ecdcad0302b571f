import { arange, rng } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { DrawnBatches } from "./mini-batches.ts";

const samples = (count: number) => ({ x: arange(count), t: arange(count) });

describe("DrawnBatches", () => {
  it("draws from all samples, again and again", () => {
    const batches = new DrawnBatches(samples(5), { samples: 5, miniBatchSize: 100, replacement: true }, rng(0));
    const { rows } = batches.next();
    expect(rows.shape).toEqual([100]);
    // A sample is missed by all 100 draws once in 0.8^100 ≈ 2e-10.
    expect(new Set(rows.toArray() as number[])).toEqual(new Set([0, 1, 2, 3, 4]));
    expect(batches.next().rows.toArray()).not.toEqual(rows.toArray());
  });

  it("takes every sample once an epoch, in another order each time, without replacement", () => {
    const options = { samples: 10, miniBatchSize: 4, replacement: false };
    const batches = new DrawnBatches(samples(10), options, rng(0));
    const epoch = (): number[][] => [0, 1, 2].map(() => batches.next().rows.toArray() as number[]);
    const [first, second] = [epoch(), epoch()];
    for (const rows of [first, second]) {
      expect(rows.map(({ length }) => length)).toEqual([4, 4, 2]);
      expect(rows.flat().sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    }
    expect(second).not.toEqual(first);
    const perEpoch = (change: object) => new DrawnBatches(samples(10), { ...options, ...change }, rng(0)).perEpoch;
    expect(perEpoch({})).toBe(3);
    expect(perEpoch({ replacement: true })).toBe(2.5);
    expect(perEpoch({ miniBatchSize: 100, replacement: true })).toBe(1);
  });
});
