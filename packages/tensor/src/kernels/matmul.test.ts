import { afterEach, describe, expect, it } from "vitest";
import { allocate, type DType } from "../dtype.ts";
import { type Shape, sizeOf } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { setKernels } from "./backend.ts";
import { matmul } from "./matmul.ts";

afterEach(() => setKernels("auto"));

/** A float32 tensor of 1, 2, 3, … */
function counting(...shape: number[]): Tensor {
  return new Tensor(
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => i + 1),
    shape,
  );
}

/** A tensor of integers from −8 to 8: sums of their products are exact in every dtype, in any order. */
function whole(
  shape: Shape,
  strides?: readonly number[],
  offset = 0,
  dtype: DType = "float32",
  length = sizeOf(shape),
) {
  const data = allocate(dtype, length);
  for (let i = 0; i < length; i++) data[i] = ((i * 7919 + (i >> 5) * 31) % 17) - 8;
  return new Tensor(data, shape, strides, offset);
}

describe.each(["reference", "wasm"] as const)("matmul with %s kernels", (kernels) => {
  it("multiplies matrices", () => {
    setKernels(kernels);
    expect(matmul(counting(2, 3), counting(3, 2)).toArray()).toEqual([
      [22, 28],
      [49, 64],
    ]);
  });

  it("broadcasts leading axes", () => {
    setKernels(kernels);
    const y = matmul(counting(2, 1, 1, 2), counting(3, 2, 1));
    expect(y.shape).toEqual([2, 3, 1, 1]);
    expect([...y.data]).toEqual([5, 11, 17, 11, 25, 39]);
  });

  it("gives zeros when there is nothing to sum, and nothing when there is nothing to give", () => {
    setKernels(kernels);
    expect(matmul(counting(2, 0), counting(0, 3)).toArray()).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ]);
    expect(matmul(counting(0, 2), counting(2, 3)).shape).toEqual([0, 3]);
    expect(matmul(counting(2, 3), counting(3, 0)).shape).toEqual([2, 0]);
    expect(matmul(counting(0, 2, 3), counting(3, 4)).shape).toEqual([0, 2, 4]);
  });

  it("passes infinities and NaN to their own rows and columns only", () => {
    setKernels(kernels);
    const a = counting(3, 3);
    a.data[0] = Number.NaN;
    a.data[4] = Number.POSITIVE_INFINITY;
    expect(matmul(a, counting(3, 1)).toArray()).toEqual([[Number.NaN], [Number.POSITIVE_INFINITY], [50]]);
  });

  it("promotes: int32 and float32 to float64, bool and float32 to float32, bools count in int32", () => {
    setKernels(kernels);
    const half = new Tensor(Float32Array.of(0.5, 0.25), [2, 1]);
    const ints = new Tensor(Int32Array.of(2 ** 30 + 1, -3), [1, 2]);
    const bools = new Tensor(Uint8Array.of(1, 1), [1, 2]);
    const wide = matmul(ints, half);
    expect([wide.dtype, wide.item()]).toEqual(["float64", 2 ** 29 + 0.5 - 0.75]);
    const narrow = matmul(bools, half);
    expect([narrow.dtype, narrow.item()]).toEqual(["float32", 0.75]);
    const count = matmul(bools, new Tensor(bools.data, [2, 1]));
    expect([count.dtype, count.item()]).toEqual(["int32", 2]);
  });

  it("refuses shapes that do not fit", () => {
    setKernels(kernels);
    expect(() => matmul(counting(100, 784), counting(768, 50))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: matmul: inner dimensions differ: [100, 784] × [768, 50] (784 ≠ 768); expected a second operand with 784 rows.]`,
    );
    expect(() => matmul(counting(2, 3), counting(2, 3))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: matmul: inner dimensions differ: [2, 3] × [2, 3] (3 ≠ 2); expected a second operand with 3 rows. Did you mean to transpose one of them?]`,
    );
    expect(() => matmul(counting(3), counting(3, 2))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: matmul: operands must be matrices: [3] × [3, 2]; expected […, M, K] × […, K, N]. Give a vector a second axis with unsqueeze, or use dot.]`,
    );
    expect(() => matmul(counting(2, 2, 3), counting(3, 3, 2))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: matmul: shapes [2] and [3] cannot be broadcast together (axis -1: 2 ≠ 3); expected lengths that are equal or 1, aligned from the last axis. Use reshape or unsqueeze on one of them.]`,
    );
  });
});

describe("blocks of the WASM matmul", () => {
  // Larger than a block in rows, depth and columns; 5-fold gaps are too wide to be copied in, 2-fold ones are not.
  const [m, k, n] = [60, 760, 1400];
  const layouts: [string, (rows: number, columns: number) => [number[], number, number]][] = [
    ["in order", (_, columns) => [[columns, 1], 0, 0]],
    ["transposed", (rows) => [[1, rows], 0, 0]],
    ["flipped", (rows, columns) => [[-columns, -1], rows * columns - 1, 0]],
    ["columns of a wide matrix", (rows, columns) => [[5 * columns, 1], 3, 4 * rows * columns]],
    ["transposed columns of a wide matrix", (rows, columns) => [[1, 5 * rows], 3, 4 * rows * columns]],
    ["every third of every other row", (rows, columns) => [[6 * columns, 3], 2, 5 * rows * columns]],
    ["one row repeated", () => [[0, 1], 1, 1]],
    ["one column repeated", () => [[1, 0], 1, 1]],
  ];

  it.each(layouts)("equal the reference exactly on integers, both operands %s", (_, layout) => {
    for (const dtype of ["float32", "float64"] as const) {
      const make = (rows: number, columns: number) => {
        const [strides, offset, more] = layout(rows, columns);
        return whole([rows, columns], strides, offset, dtype, rows * columns + more);
      };
      const a = make(m, k);
      const b = make(k, n);
      setKernels("reference");
      const expected = matmul(a, b);
      setKernels("wasm");
      expect(Buffer.compare(bytes(matmul(a, b)), bytes(expected))).toBe(0);
    }
  });
});

function bytes(x: Tensor): Uint8Array {
  return new Uint8Array(x.data.buffer);
}
