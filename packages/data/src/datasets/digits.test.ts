import type { Tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { loadDigits } from "./digits.ts";

const flat = (x: Tensor): number[] => [x.toArray()].flat(10) as number[];

describe("loadDigits", () => {
  it("gives 1,437 digits to train with and 360 others to test with, as float32 rows in 0 … 1", () => {
    const { train, test } = loadDigits();
    expect([train.x.shape, train.t.shape, test.x.shape, test.t.shape]).toEqual([[1437, 64], [1437], [360, 64], [360]]);
    expect([train.x.dtype, train.t.dtype]).toEqual(["float32", "int32"]);
    const pixels = flat(train.x);
    expect([Math.min(...pixels.slice(0, 9999)), Math.max(...pixels.slice(0, 9999))]).toEqual([0, 1]);
  });

  it("holds the published digits: their number of each label, and the sums of labels and pixels", () => {
    // Counted in scikit-learn's file, from which they were taken.
    const { train, test } = loadDigits({ normalize: false });
    const labels = [...flat(train.t), ...flat(test.t)];
    const counts = Array.from({ length: 10 }, (_, k) => labels.filter((label) => label === k).length);
    expect(counts).toEqual([178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
    const pixels = [...flat(train.x), ...flat(test.x)];
    expect(pixels.reduce((sum, v) => sum + v, 0)).toBe(561_718);
    expect(pixels.reduce((sum, v) => sum + v * v, 0)).toBe(6_907_012);
  });

  it("holds every image whole: the file's first digit, a 0, is among them", () => {
    const first = [
      "0 0 5 13 9 1 0 0",
      "0 0 13 15 10 15 5 0",
      "0 3 15 2 0 11 8 0",
      "0 4 12 0 0 8 8 0",
      "0 5 8 0 0 9 8 0",
      "0 4 11 0 1 12 7 0",
      "0 2 14 5 10 12 0 0",
      "0 0 6 13 10 0 0 0",
    ];
    const { train, test } = loadDigits({ normalize: false });
    const found = [train, test].flatMap(({ x, t }) =>
      (x.toArray() as number[][]).flatMap((image, i) => (image.join(" ") === first.join(" ") ? [t.at(i)] : [])),
    );
    expect(found).toEqual([0]);
  });

  it("gives images as [N, 1, 8, 8] and labels as rows with a single 1 when asked to", () => {
    const plain = loadDigits();
    const { train } = loadDigits({ flatten: false, oneHotLabel: true });
    expect([train.x.shape, train.t.shape]).toEqual([
      [1437, 1, 8, 8],
      [1437, 10],
    ]);
    expect(flat(train.x)).toEqual(flat(plain.train.x));
    for (let i = 0; i < 1437; i++) expect(train.t.at(i, plain.train.t.at(i))).toBe(1);
    expect(flat(train.t).reduce((sum, v) => sum + v, 0)).toBe(1437);
  });

  it("splits always in the same way, by label, and in another way for another seed", () => {
    const { test } = loadDigits();
    // These digits are what experiments are compared on: a change here is a change of the data set.
    expect(flat(test.t).slice(0, 20).join("")).toMatchInlineSnapshot(`"17643629222190667235"`);
    expect(Array.from({ length: 10 }, (_, k) => flat(test.t).filter((label) => label === k).length)).toEqual([
      36, 37, 35, 37, 36, 36, 36, 36, 35, 36,
    ]);
    expect(flat(loadDigits({ seed: 1 }).test.t)).not.toEqual(flat(test.t));
    expect(loadDigits({ testSize: 1 }).train.x.shape).toEqual([1796, 64]);
  });

  it("gives each caller data of its own", () => {
    const { train } = loadDigits();
    train.x.data.fill(7);
    expect(loadDigits().train.x.at(0, 0)).toBe(0);
  });

  it("refuses unknown options and impossible sizes", () => {
    expect(() => loadDigits({ oneHot: true } as never)).toThrow('unknown option "oneHot"');
    expect(() => loadDigits({ testSize: 1797 })).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: loadDigits: testSize is 1797; expected an integer from 1 to 1796.]`,
    );
    expect(() => loadDigits({ testSize: 0.2 })).toThrow("testSize is 0.2");
  });

  it("has types that follow from its options", () => {
    const labels: Tensor<"int32"> = loadDigits().test.t;
    const rows: Tensor<"float32"> = loadDigits({ oneHotLabel: true }).test.t;
    expect([labels.dtype, rows.dtype]).toEqual(["int32", "float32"]);
  });
});
