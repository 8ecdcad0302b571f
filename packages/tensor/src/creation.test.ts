import { describe, expect, it } from "vitest";
import { messageOf } from "../../../testing/message-of.ts";
import { arange, eye, full, linspace, ones, scalar, tensor, zeros } from "./creation.ts";
import { ShapeError } from "./errors.ts";
import { Tensor } from "./tensor.ts";
import { reshape } from "./views.ts";

describe("tensor", () => {
  it("takes nested numbers as float32, booleans as bool, typed arrays as they are", () => {
    expect(tensor([[1, 2, 3]])).toMatchObject({ dtype: "float32", shape: [1, 3] });
    expect(tensor([true, false])).toMatchObject({ dtype: "bool", shape: [2] });
    expect(tensor(Float64Array.of(1, 2))).toMatchObject({ dtype: "float64", shape: [2] });
    expect(tensor(Uint8Array.of(200, 3)).toArray()).toEqual([200, 3]);
    expect(tensor(5)).toMatchObject({ dtype: "float32", shape: [] });
    expect(tensor([[], []])).toMatchObject({ shape: [2, 0] });
  });

  it("takes integers of any typed array, such as the pixels of a canvas, as int32", () => {
    for (const kind of [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Uint32Array]) {
      const x = tensor(kind.of(100, 3));
      expect([x.dtype, x.toArray()]).toEqual(["int32", [100, 3]]);
      expect(tensor(kind.of(1, 0), { dtype: "bool", shape: [2, 1] }).toArray()).toEqual([[true], [false]]);
    }
    expect(() => tensor(Uint32Array.of(2 ** 31))).toThrow("2147483648 cannot be stored as int32");
  });

  it("copies what it is given", () => {
    const values = Float64Array.of(1, 2);
    const x = tensor(values);
    values[0] = 9;
    expect(x.toArray()).toEqual([1, 2]);
    const y = tensor(x);
    expect(y.data).not.toBe(x.data);
  });

  it("takes a shape and a dtype", () => {
    const x = tensor([1, 2, 3, 4], { shape: [2, 2], dtype: "int32" });
    expect(x.dtype).toBe("int32");
    expect(x.toArray()).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it("names the place where nested arrays do not fit", () => {
    expect(() => tensor([[1, 2], [3]])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: tensor: element [1] has 1 elements; expected an array of 2. Nest numbers or booleans as [2, 2]: all rows of an axis have the same length.]`,
    );
    expect(() => tensor([1, [2]])).toThrow(/element \[1\] has 1 elements; expected a number/);
    expect(() => tensor([[1], 2])).toThrow(/element \[1\] is a number; expected an array of 1/);
    expect(() => tensor([1, "2"] as never)).toThrow(/element \[1\] is "2"; expected a number/);
    expect(() => tensor(undefined as never)).toThrow(/the value is undefined/);
    expect(() => tensor(BigInt64Array.of(1n) as never)).toThrow(/the value is a BigInt64Array/);
    expect(() =>
      tensor([
        [1, 2],
        [3, [4]],
      ] as never),
    ).toThrow(/element \[1\]\[1\] has 1 elements/);
  });

  it("writes numbers and booleans of one row in their order", () => {
    expect(
      tensor([
        [1, true],
        [false, 4],
      ] as never).toArray(),
    ).toEqual([
      [1, 1],
      [0, 4],
    ]);
  });

  it("refuses what a dtype cannot hold", () => {
    expect(() => tensor([1.5], { dtype: "int32" })).toThrowErrorMatchingInlineSnapshot(
      `[DTypeError: tensor: 1.5 cannot be stored as int32; expected an integer from -2147483648 to 2147483647. Use dtype: "float32" or "float64" for other numbers.]`,
    );
    expect(() => tensor([Number.NaN], { dtype: "int32" })).toThrow(/NaN cannot be stored/);
    expect(() => tensor([2], { dtype: "bool" })).toThrow(/2 cannot be stored as bool/);
    expect(() => tensor(Float64Array.of(0.5), { dtype: "int32" })).toThrow(/0.5 cannot be stored/);
    expect(() => tensor([1], { dtype: "float16" as never })).toThrow(/dtype is "float16"/);
  });

  it("refuses a shape of another size and options that it does not know", () => {
    expect(() => tensor([1, 2, 3], { shape: [2, 2] })).toThrow(/cannot turn \[3\] \(3 elements\) into \[2, 2\]/);
    expect(() => tensor([1], { dtyp: "int32" } as never)).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: tensor: unknown option "dtyp". Did you mean "dtype"?]`,
    );
    expect(() => zeros([2], "float32" as never)).toThrow(/options are "float32"/);
  });
});

describe("filled tensors", () => {
  it("zeros, ones, full and scalar", () => {
    expect(zeros([2, 0])).toMatchObject({ shape: [2, 0], size: 0, dtype: "float32" });
    expect(ones([2], { dtype: "bool" }).toArray()).toEqual([true, true]);
    expect(full([2], 7, { dtype: "int32" }).toArray()).toEqual([7, 7]);
    expect(scalar(0.1, { dtype: "float64" }).item()).toBe(0.1);
    expect(() => full([1], 0.5, { dtype: "int32" })).toThrow(/full: 0.5 cannot be stored/);
    expect(() => zeros([2, -1])).toThrow(/shape is \[2, -1\]/);
    expect(() => zeros([1.5])).toThrow(/an array of integers ≥ 0/);
    expect(() => zeros([Number.NaN])).toThrow(/an array of integers ≥ 0/);
  });

  it("takes nothing but numbers and booleans for a value", () => {
    expect(() => full([2], "7" as never)).toThrowErrorMatchingInlineSnapshot(
      `[DTypeError: full: value is "7"; expected a number or a boolean. Use tensor for nested arrays and typed arrays.]`,
    );
    expect(() => full([2], undefined as never)).toThrow(/value is undefined/);
    expect(() => scalar([1, 2] as never)).toThrow(/value is \[1, 2\]/);
    expect(scalar(true)).toMatchObject({ dtype: "float32", shape: [] });
    expect(scalar(true, { dtype: "bool" }).item()).toBe(true);
  });

  it("arange stops before its end, linspace at it", () => {
    expect(arange(3).toArray()).toEqual([0, 1, 2]);
    expect(arange(1, 2, 0.25).toArray()).toEqual([1, 1.25, 1.5, 1.75]);
    expect(arange(3, 0, -1, { dtype: "int32" }).toArray()).toEqual([3, 2, 1]);
    expect(arange(2, { dtype: "float64" }).dtype).toBe("float64");
    expect(arange(0, 3, { dtype: "int32" }).toArray()).toEqual([0, 1, 2]);
    expect(arange(5, 1).toArray()).toEqual([]);
    expect(() => arange(0, 1, 0)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: arange: step is 0; expected a finite number other than 0.]`,
    );
    expect(() => arange(Number.NaN)).toThrow(/stop is NaN/);
    expect(linspace(0, 1, 5).toArray()).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect(linspace(0, 0.3, 4, { dtype: "float64" }).at(3)).toBe(0.3);
    expect(linspace(2, 5, 1).toArray()).toEqual([2]);
    expect(() => linspace(-1e308, 1e308, 3)).toThrow(/stop − start is Infinity/);
  });

  it("eye has ones on its diagonal", () => {
    expect(eye(2).toArray()).toEqual([
      [1, 0],
      [0, 1],
    ]);
    expect(eye(2, 3, { dtype: "int32" }).toArray()).toEqual([
      [1, 0, 0],
      [0, 1, 0],
    ]);
    expect(eye(3, 1).shape).toEqual([3, 1]);
    expect(() => eye(2, "3" as never)).toThrow(/options are "3"/);
  });
});

describe("arrays nested without an end", () => {
  it("are refused, whether they contain themselves or are only deep", () => {
    const self: unknown[] = [];
    self.push(self);
    const [a, b]: unknown[][] = [[], []];
    a.push(1, b);
    b.push(2, a);
    const round: unknown[] = [[]];
    (round[0] as unknown[]).push(round);
    let deep: unknown = 1;
    for (let i = 0; i < 10_000; i++) deep = [deep];
    for (const value of [self, a, [b], round, deep]) expect(() => tensor(value as never)).toThrow(ShapeError);
    expect(messageOf(() => tensor(self as never))).toMatchInlineSnapshot(
      `"tensor: the value is nested deeper than the 64 axes of a tensor; expected at most 64 levels of arrays. Does the array contain itself?"`,
    );
  });

  it("nor has any tensor more axes than 64", () => {
    const most = new Array<number>(64).fill(1);
    let nested: unknown = 3;
    for (let i = 0; i < 64; i++) nested = [nested];
    for (const x of [tensor(nested as never), ones(most), reshape(tensor(3), most)]) {
      expect(x.shape).toEqual(most);
      expect(String(x)).toHaveLength(2 * 64 + 2);
    }
    for (const shape of [[...most, 1], new Array<number>(5_000).fill(1)]) {
      for (const make of [
        () => ones(shape),
        () => reshape(tensor(3), shape),
        () => new Tensor(new Float32Array(1), shape),
      ]) {
        expect(make).toThrow(ShapeError);
        expect(messageOf(make).length).toBeLessThan(250);
      }
    }
    expect(messageOf(() => ones(new Array<number>(5_000).fill(1)))).toMatchInlineSnapshot(
      `"ones: shape has 5,000 axes; expected at most 64. Join axes with reshape, for example by one length -1."`,
    );
  });
});

it("says how text becomes numbers", () => {
  const message = (value: unknown): string => {
    try {
      return String(tensor(value as never));
    } catch (error) {
      return String(error);
    }
  };
  expect([message("1,2\n3,4"), message([["1"], ["2"]])]).toMatchInlineSnapshot(`
    [
      "DTypeError: tensor: the value is "1,2\\n3,4"; expected a number. Parse text first: text.trim().split("\\n").map((line) => line.split(",").map(Number)).",
      "DTypeError: tensor: element [0][0] is "1"; expected a number. Convert strings first: Number(text).",
    ]
  `);
});
