import { rng } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { MiniBatches, miniBatchesPerEpoch } from "./mini-batches.ts";

describe("MiniBatches", () => {
  it("draws from all samples, again and again", () => {
    const batches = new MiniBatches({ samples: 5, miniBatchSize: 100, replacement: true }, rng(0));
    const rows = batches.next();
    expect(rows.shape).toEqual([100]);
    // A sample is missed by all 100 draws once in 0.8^100 ≈ 2e-10.
    expect(new Set(rows.toArray() as number[])).toEqual(new Set([0, 1, 2, 3, 4]));
    expect(batches.next().toArray()).not.toEqual(rows.toArray());
  });

  it("takes every sample once an epoch, in another order each time, without replacement", () => {
    const options = { samples: 10, miniBatchSize: 4, replacement: false };
    const batches = new MiniBatches(options, rng(0));
    const epoch = (): number[][] => [0, 1, 2].map(() => batches.next().toArray() as number[]);
    const [first, second] = [epoch(), epoch()];
    for (const rows of [first, second]) {
      expect(rows.map(({ length }) => length)).toEqual([4, 4, 2]);
      expect(rows.flat().sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    }
    expect(second).not.toEqual(first);
    expect(miniBatchesPerEpoch(options)).toBe(3);
    expect(miniBatchesPerEpoch({ ...options, replacement: true })).toBe(2.5);
    expect(miniBatchesPerEpoch({ samples: 10, miniBatchSize: 100, replacement: true })).toBe(1);
  });
});
