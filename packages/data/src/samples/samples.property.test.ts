import { Tensor } from "@adjoint/tensor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { batches, shuffleDataset } from "./shuffle-dataset.ts";
import { trainTestSplit } from "./train-test-split.ts";

/** Samples whose inputs tell which sample they are: x[i, …] = 10 i + (0, 1, …), t[i] = i; x may be a strided view. */
const samples = fc
  .record({
    count: fc.integer({ min: 1, max: 30 }),
    rest: fc.array(fc.integer({ min: 1, max: 2 }), { maxLength: 3 }),
    flip: fc.boolean(),
  })
  .map(({ count, rest, flip }) => {
    const width = rest.reduce((product, n) => product * n, 1);
    const row = (i: number) => (flip ? count - 1 - i : i);
    const data = Float32Array.from({ length: count * width }, (_, k) => 10 * row(Math.floor(k / width)) + (k % width));
    const plain = new Tensor(data, [count, ...rest]);
    const x = flip ? new Tensor(data, plain.shape, [-width, ...plain.strides.slice(1)], (count - 1) * width) : plain;
    return {
      count,
      x,
      t: new Tensor(
        Int32Array.from({ length: count }, (_, i) => i),
        [count],
      ),
    };
  });
const seed = fc.integer({ min: 0, max: 1000 });
const flat = (x: Tensor): number[] => [x.toArray()].flat(10) as number[];

/** The samples that x and t hold, after checking that they belong together. */
function rowsOf({ x, t }: { x: Tensor; t: Tensor }): number[] {
  const rows = flat(t);
  const width = rows.length === 0 ? 0 : x.size / rows.length;
  expect(flat(x)).toEqual(rows.flatMap((row) => Array.from({ length: width }, (_, k) => 10 * row + k)));
  return rows;
}
const all = (count: number) => Array.from({ length: count }, (_, i) => i);
const sorted = (rows: number[]) => rows.toSorted((a, b) => a - b);

describe("shuffleDataset", () => {
  it("keeps every sample, once, with its own target, and depends on the seed alone", () => {
    fc.assert(
      fc.property(samples, seed, ({ count, x, t }, seed) => {
        const rows = rowsOf(shuffleDataset(x, t, { seed }));
        expect(sorted(rows)).toEqual(all(count));
        expect(rowsOf(shuffleDataset(x, t, { seed }))).toEqual(rows);
      }),
    );
  });
});

describe("batches", () => {
  it("hand out every sample once; all batches but the last are full", () => {
    fc.assert(
      fc.property(samples, seed, fc.integer({ min: 1, max: 12 }), ({ count, x, t }, seed, batchSize) => {
        const parts = [...batches(x, t, { batchSize, seed })].map(rowsOf);
        expect(sorted(parts.flat())).toEqual(all(count));
        expect(parts.map((part) => part.length)).toEqual(
          all(Math.ceil(count / batchSize)).map((i) => Math.min(batchSize, count - i * batchSize)),
        );
        const full = [...batches(x, t, { batchSize, seed, dropLast: true })].map(rowsOf);
        expect(full).toEqual(parts.filter((part) => part.length === batchSize));
      }),
    );
  });
});

describe("trainTestSplit", () => {
  it("puts every sample into one part, in the sizes asked for", () => {
    fc.assert(
      fc.property(samples, seed, fc.double({ min: 0.01, max: 0.99, noNaN: true }), ({ count, x, t }, seed, ratio) => {
        fc.pre(Math.ceil(ratio * count) < count);
        const { train, test } = trainTestSplit(x, t, { testSize: ratio, seed });
        expect(test.t.size).toBe(Math.ceil(ratio * count));
        expect(sorted([...rowsOf(train), ...rowsOf(test)])).toEqual(all(count));
        const counted = trainTestSplit(x, t, { testSize: test.t.size, seed });
        expect(rowsOf(counted.test)).toEqual(rowsOf(test));
      }),
    );
  });

  it("with stratify gives each label its share of the test part, to less than one sample", () => {
    const labels = fc.array(fc.integer({ min: -2, max: 3 }), { minLength: 2, maxLength: 60 });
    fc.assert(
      fc.property(labels, seed, fc.double({ min: 0, max: 1, noNaN: true }), (labels, seed, where) => {
        const testSize = 1 + Math.floor(where * (labels.length - 2));
        const t = new Tensor(Int32Array.from(labels), [labels.length]);
        const x = new Tensor(Int32Array.from(labels.keys()), [labels.length]);
        const { train, test } = trainTestSplit(x, t, { testSize, seed, stratify: true });
        expect(test.t.size).toBe(testSize);
        expect(sorted([...flat(train.x), ...flat(test.x)])).toEqual(all(labels.length));
        flat(test.x).forEach((row, i) => {
          expect(test.t.at(i)).toBe(labels[row]);
        });
        for (const label of new Set(labels)) {
          const share = (labels.filter((other) => other === label).length * testSize) / labels.length;
          const found = flat(test.t).filter((other) => other === label).length;
          expect(Math.abs(found - share)).toBeLessThan(1);
        }
      }),
    );
  });
});
