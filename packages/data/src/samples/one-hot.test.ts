import { Tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { oneHot } from "./one-hot.ts";

describe("oneHot", () => {
  it("gives each label a row with a single 1", () => {
    const y = oneHot([2, 0], 3);
    expect(y.dtype).toBe("float32");
    expect(y.toArray()).toEqual([
      [0, 0, 1],
      [1, 0, 0],
    ]);
  });

  it("adds an axis to labels of any shape, in any dtype", () => {
    const y = oneHot(new Tensor(Float32Array.of(0, 1, 1, 0), [2, 2], [1, 2]), 2, { dtype: "bool" });
    expect(y.shape).toEqual([2, 2, 2]);
    expect(y.toArray()).toEqual([
      [
        [true, false],
        [false, true],
      ],
      [
        [false, true],
        [true, false],
      ],
    ]);
    expect(oneHot([]).shape).toEqual([0, 10]);
    expect(oneHot(new Tensor(Int32Array.of(3), []), 4).toArray()).toEqual([0, 0, 0, 1]);
  });

  it("names the label that is no class, and its place", () => {
    expect(() => oneHot([3, 10])).toThrowErrorMatchingInlineSnapshot(
      `[IndexError: oneHot: label 10 at [1] is not a class; expected integers from 0 to 9. Pass the number of classes if there are more.]`,
    );
    expect(() => oneHot(new Tensor(Int32Array.of(0, 1, 2, -1), [2, 2]), 3)).toThrowErrorMatchingInlineSnapshot(
      `[IndexError: oneHot: label -1 at [1, 1] is not a class; expected integers from 0 to 2. Pass the number of classes if there are more.]`,
    );
    expect(() => oneHot([0.5])).toThrowErrorMatchingInlineSnapshot(
      `[IndexError: oneHot: label 0.5 at [0] is not a class; expected integers from 0 to 9. Pass the number of classes if there are more.]`,
    );
    expect(() => oneHot([Number.NaN])).toThrow("label NaN at [0]");
    expect(() => oneHot([0], 0)).toThrowErrorMatchingInlineSnapshot(
      `[IndexError: oneHot: classes is 0; expected an integer ≥ 1.]`,
    );
    expect(() => oneHot([0], 2, { dtype: "int64" as never })).toThrow('dtype is "int64"');
    expect(() => oneHot([0], 2, { type: "int32" } as never)).toThrow('unknown option "type"');
  });
});
