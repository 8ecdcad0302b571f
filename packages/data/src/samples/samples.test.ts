import { Tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { batches, shuffleDataset } from "./shuffle-dataset.ts";
import { trainTestSplit } from "./train-test-split.ts";

const x = new Tensor(new Float32Array(20), [10, 2]);
const t = new Tensor(
  Int32Array.from({ length: 10 }, (_, i) => i),
  [10],
);

describe("shuffleDataset", () => {
  it("gives other orders for other seeds", () => {
    const orders = [0, 1, 2].map((seed) => String(shuffleDataset(x, t, { seed }).t.toArray()));
    expect(new Set(orders).size).toBe(3);
    expect(String(shuffleDataset(x, t).t.toArray())).toBe(orders[0]);
  });

  it("refuses inputs and targets that do not pair up", () => {
    const nine = new Tensor(new Int32Array(9), [9]);
    expect(() => shuffleDataset(x, nine)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: shuffleDataset: inputs of shape [10, 2] and targets of shape [9] do not pair up; expected one row for each sample along the first axes of both.]`,
    );
    expect(() => shuffleDataset(new Tensor(new Float32Array(1), []), nine)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: shuffleDataset: inputs of shape [] and targets of shape [9] do not pair up; expected one row for each sample along the first axes of both.]`,
    );
    expect(() => shuffleDataset(x, t, { sed: 1 } as never)).toThrow('unknown option "sed"');
  });
});

it("asks for Tensors where it gets arrays, or nothing", () => {
  const rows = [[1], [2]] as never;
  for (const call of [trainTestSplit, shuffleDataset]) {
    expect(() => call(rows, t)).toThrow(`${call.name}: x is an array; expected a Tensor. Wrap arrays with tensor(…).`);
    expect(() => call(x, [0, 1] as never)).toThrow(
      `${call.name}: t is an array; expected a Tensor. Wrap arrays with tensor(…).`,
    );
    expect(() => call(x, undefined as never)).toThrow(
      `${call.name}: t is missing; expected a Tensor. Pass two Tensors: ${call.name}(x, t).`,
    );
  }
  expect(() => batches(rows, t, { batchSize: 1 })).toThrow(
    "batches: x is an array; expected a Tensor. Wrap arrays with tensor(…).",
  );
});

describe("batches", () => {
  it("checks its options before the first batch is asked for", () => {
    expect(() => batches(x, t, { batchSize: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: batches: batchSize is 0; expected an integer ≥ 1.]`,
    );
    expect(() => batches(x, t, {} as never)).toThrow("batchSize is undefined");
    expect(() => batches(x, t, { batchSize: "5" as never })).toThrow('batchSize is "5";');
    expect(() => batches(x, t, ...([] as unknown as [never]))).toThrow("batches: options are undefined;");
  });

  it("has none to give when the only batch is incomplete and dropped", () => {
    expect([...batches(x, t, { batchSize: 11, dropLast: true })]).toEqual([]);
    expect([...batches(x, t, { batchSize: 11 })]).toHaveLength(1);
  });
});

describe("trainTestSplit", () => {
  it("takes a quarter to test with, rounded up, by default", () => {
    const { train, test } = trainTestSplit(x, t);
    expect([train.x.shape, test.x.shape]).toEqual([
      [7, 2],
      [3, 2],
    ]);
  });

  it("refuses to leave a part empty, and to stratify what is no vector of labels", () => {
    expect(() => trainTestSplit(x, t, { testSize: 10 })).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: trainTestSplit: testSize is 10 for 10 samples; expected a fraction between 0 and 1, or an integer from 1 to 9.]`,
    );
    expect(() => trainTestSplit(x, t, { testSize: "0.2" as never })).toThrow('testSize is "0.2" for');
    expect(() => trainTestSplit(x, t, { testSize: 0 })).toThrow("testSize is 0 for");
    expect(() => trainTestSplit(x, t, { testSize: 0.95 })).toThrow("testSize is 0.95 for");
    expect(() => trainTestSplit(x, t, { testSize: 2.5 })).toThrow("testSize is 2.5 for");
    expect(() => trainTestSplit(x, x, { stratify: true })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: trainTestSplit: t has shape [10, 2]; expected [10], a vector of labels, to stratify. Split the labels before one-hot encoding them.]`,
    );
  });
});
