/** Ops that the library has kernels for: what each needs of its operands, and which calls compute it. */
import { type AxisSlice, type Shape, sizeOf } from "@adjoint/tensor";
import { around } from "../../../recognize/nodes.ts";
import type { WindowAttributes } from "../../../recognize/windows.ts";
import { type Call, callOf } from "../calls.ts";
import { addressOf, bytesOf, freshValue, type Value } from "../layout/values.ts";
import { collapsed } from "../loops/loops.ts";
import { imageStrides, isImageAfterImage, windowArguments } from "./windows.ts";

/** An op that the library has a kernel for. */
export interface Lowered {
  /** The operands by number that must be dense. */
  readonly dense: readonly number[] | "all";
  /** Whether it may refuse values. */
  readonly refuses?: true;
  /** Whether it adds to its first operand: to a copy of it, which is the first of those that calls take, and the result. */
  readonly adds?: true;
  /** What its calls keep between them. */
  temporary?(operands: readonly Value[], attributes: never): Value | null;
  /** Once addresses are known, the calls that compute it: from its operands, as they are asked for, to its result. */
  calls(operands: readonly Value[], result: Value, attributes: never, temporary: Value | null): Call[];
}

/** Bytes of scratch memory for a tile of a product that hangs over an edge. */
export const edgeBytes = 128;

/** A place for B of a product of that many columns: panels of 32 bytes a row. */
export function packedOf({ dtype }: Pick<Value, "dtype">, columns: number, depth: number): Value {
  const wide = 32 / bytesOf(dtype);
  return freshValue(dtype, [Math.ceil(columns / wide), depth, wide]);
}

/** The call that packs B: its rows are numbered by three indices, each with a length and a stride in bytes. */
export function packCall(
  b: number,
  rows: readonly number[],
  columns: number,
  columnStride: number,
  packed: Value,
): Call {
  const [panels] = packed.shape;
  const kernel = packed.dtype === "float32" ? "pack32" : "pack64";
  return callOf(kernel, [b, ...rows, columns, columnStride, addressOf(packed)], panels, 0.15 * sizeOf(packed.shape));
}

/** Tiles of rows of a product that are worth a part: each part reads all of B, whose panels leave the nearest cache. */
const leastTiles = 6;

/** Nanoseconds of a float32 multiplication and addition in a product. */
export const productTime = 0.05;

/** The axes before those of matrices, as far as they can be walked through as one: lengths, and the strides of both operands. */
function batchesOf([a, b]: readonly Pick<Value, "shape" | "strides">[]): ReturnType<typeof collapsed> {
  const batches = a.shape.slice(0, -2);
  const strides = [a, b].map((x) => x.strides.slice(0, -2));
  return collapsed(batches, Array.from(batches.keys()), strides);
}

/** Bytes of scratch memory for a product: a tile at an edge, and a packed block of A (kernels/matmul.ts). */
const productBytes = (bytes: number): number => edgeBytes + 64 * 256 * bytes;

/** Products of many pairs of matrices, of which threads do some each. */
function products([a, b]: readonly Value[], c: Value): Call {
  const [lengths, strides] = batchesOf([a, b]);
  const [m, k] = a.shape.slice(-2);
  const n = b.shape.at(-1) as number;
  const operand = (x: Value, steps: readonly number[]): number[] => {
    const strides = [0, ...steps].slice(-2).concat(x.strides.slice(-2));
    return [addressOf(x), ...strides.map((stride) => 4 * stride)];
  };
  const args = [...operand(a, strides[0]), ...operand(b, strides[1]), addressOf(c), lengths.at(-1) as number, m, n, k];
  const count = sizeOf(lengths);
  const scratch = productBytes(4) + 32 * k * Math.ceil(n / 8);
  return callOf("products32", args, count, count * (productTime * m * n * k + 0.15 * k * n), scratch);
}

const matmul: Lowered = {
  dense: [],
  temporary: ([a, b]) => (a.shape.length > 2 ? null : packedOf(a, b.shape[1], a.shape[1])),
  calls: ([a, b], c, _, packed) => {
    if (packed === null) return [products([a, b], c)];
    const bytes = bytesOf(a.dtype);
    const [m, k] = a.shape;
    const n = b.shape[1];
    const [aRow, aStep, bRow, bColumn] = [...a.strides, ...b.strides].map((stride) => stride * bytes);
    const [kernel, time] = a.dtype === "float32" ? (["matmul32", 1] as const) : (["matmul64", 2] as const);
    const args = [addressOf(a), aRow, aStep, addressOf(packed), addressOf(c), m, n, k];
    const tiles = Math.ceil(m / 4);
    const nanoseconds = productTime * time * m * n * k;
    return [
      packCall(addressOf(b), [1, 0, 1, 0, k, bRow], n, bColumn, packed),
      callOf(kernel, args, tiles, nanoseconds, productBytes(bytes), tiles / leastTiles),
    ];
  },
};

/** Bytes of scratch memory in which rows are added up: one for each time that they are halved. */
function halving(reduced: number, inner: number, bytes: number): number {
  return inner * bytes * (2 + Math.max(0, Math.ceil(Math.log2(1 + reduced / 64))));
}

/** The most groups of rows, or of images, that are added up by themselves where there are many. */
export const mostGroups = 8;

/** Sums of fewer numbers than that have no groups. */
const manyNumbers = 32_768;

/** Into how many groups rows are divided to be added up: as many as have the same number of rows. */
function groupsOf(outer: number, reduced: number, inner: number): number {
  if (outer > 1 || reduced * inner < manyNumbers) return 1;
  for (let groups = mostGroups; groups > 1; groups--) if (reduced % groups === 0) return groups;
  return 1;
}

interface SumAttributes {
  readonly axes: readonly number[];
}

const sum: Lowered = {
  dense: [0],
  temporary: ([x], attributes: SumAttributes) => {
    const [outer, reduced, inner] = around(x.shape, attributes.axes);
    const groups = groupsOf(outer, reduced, inner);
    return groups === 1 ? null : freshValue(x.dtype, [groups, inner]);
  },
  calls: ([x], y, attributes: SumAttributes, sums) => {
    const bytes = bytesOf(x.dtype);
    const kernel = x.dtype === "float32" ? "sum32" : "sum64";
    const [outer, reduced, inner] = around(x.shape, attributes.axes);
    const add = (from: number, to: number, count: number, terms: number): Call =>
      callOf(kernel, [from, to, terms, inner], count, 0.3 * count * terms * inner, halving(terms, inner, bytes));
    if (sums === null) return [add(addressOf(x), addressOf(y), outer, reduced)];
    const [groups] = sums.shape;
    return [
      add(addressOf(x), addressOf(sums), groups, reduced / groups),
      add(addressOf(sums), addressOf(y), 1, groups),
    ];
  },
};

/** The squares are added up in parts that do not depend on how many threads there are, then the parts and the root. */
const norm: Lowered = {
  dense: [0],
  refuses: true,
  temporary: ([x], attributes: SumAttributes) => {
    const [outer, reduced, inner] = around(x.shape, attributes.axes);
    const parts = outer > 1 || reduced * inner < manyNumbers ? 1 : mostGroups;
    return freshValue("float64", [outer, parts, inner]);
  },
  calls: ([x], y, attributes: SumAttributes, sums) => {
    const [outer, reduced, inner] = around(x.shape, attributes.axes);
    const [from, [, parts]] = [addressOf(sums as Value), (sums as Value).shape];
    const isSingle = x.dtype === "float32";
    const args = [addressOf(x), from, reduced, inner, parts];
    return [
      callOf(isSingle ? "squares32" : "squares64", args, outer * parts, 0.25 * sizeOf(x.shape)),
      // What may refuse runs in one piece.
      callOf("roots", [from, addressOf(y), parts, inner, Number(isSingle)], outer, 0),
    ];
  },
};

const largest = (sign: 1 | -1, isPlace: boolean): Lowered => ({
  dense: [0],
  calls: ([x], y, { axis }: { readonly axis: number }) => {
    const [outer, reduced, inner] = around(x.shape, [axis]);
    const to = addressOf(y);
    const [values, places] = isPlace ? [0, to] : [to, 0];
    return [callOf("largest32", [addressOf(x), values, places, reduced, inner, sign], outer, sizeOf(x.shape))];
  },
});

/** Elements, or slices, taken from places along an axis, or added there. */
const placed = (kernel: "gather32" | "indexSelect32" | "scatterAdd32" | "indexAdd32"): Lowered => {
  const adds = kernel === "scatterAdd32" || kernel === "indexAdd32";
  const isOfSlices = kernel === "indexSelect32" || kernel === "indexAdd32";
  return {
    dense: adds ? [1, 2] : [0, 1],
    refuses: true,
    ...(adds ? { adds } : {}),
    calls: ([x, places, updates], y, { axis }: { readonly axis: number }) => {
      const [outer, reduced, inner] = around(x.shape, [axis]);
      const count = isOfSlices ? sizeOf(places.shape) : places.shape[axis];
      const args = [...[x, places, updates ?? y].map(addressOf), reduced, count, inner];
      return [callOf(kernel, args, outer, 0)];
    },
  };
};

const windows = (kernel: "im2col32" | "col2im32"): Lowered => ({
  dense: kernel === "im2col32" ? [] : [0],
  calls: ([x], y, attributes: WindowAttributes) => {
    const [images, rows] = kernel === "im2col32" ? [x, y] : [y, x];
    const args = [addressOf(x), ...imageStrides(images), addressOf(y), ...windowArguments(images.shape, attributes)];
    const time = isImageAfterImage(images) ? 2 * sizeOf(rows.shape) : 0;
    return [callOf(kernel, args, images.shape[0], time)];
  },
});

interface RandomAttributes {
  readonly key: number;
  readonly counter: number;
  readonly p?: number;
}

const random: Lowered = {
  dense: [],
  calls: ([state], y, { key, counter, p = -1 }: RandomAttributes) => {
    const count = sizeOf(y.shape);
    const args = [addressOf(y), state === undefined ? 0 : addressOf(state), key, counter, p];
    return [callOf("random32", args, count, 5 * count)];
  },
};

/** x with zeros around it along an axis. */
function padded(x: Value, y: Value, axis: number, start: number): Call {
  const bytes = bytesOf(x.dtype);
  const [outer, length, inner] = around(x.shape, [axis]);
  const [own, whole, before] = [length, y.shape[axis], start].map((n) => n * inner * bytes);
  const args = [addressOf(x), addressOf(y) + before, own, whole, before, whole - own - before];
  return callOf("blocks", args, outer, 0.05 * outer * whole);
}

interface PadSliceAttributes {
  readonly slices: readonly AxisSlice[];
}

/** The axes along which a part is not the whole, and whether its elements lie side by side. */
export function partOf(shape: Shape, { slices }: PadSliceAttributes): [axes: number[], isSideBySide: boolean] {
  const axes = [...slices.keys()].filter((axis) => slices[axis].length !== shape[axis] || slices[axis].step !== 1);
  return [axes, axes.every((axis) => slices[axis].step === 1 || slices[axis].length === 1)];
}

/** The kernels by op; those that compute are for float32 alone, but for sum, norm and products of two matrices. */
export const lowered: Readonly<Record<string, Lowered>> = {
  matmul,
  sum,
  norm,
  max: largest(1, false),
  min: largest(-1, false),
  argmax: largest(1, true),
  argmin: largest(-1, true),
  gather: placed("gather32"),
  indexSelect: placed("indexSelect32"),
  scatterAdd: placed("scatterAdd32"),
  indexAdd: placed("indexAdd32"),
  cast: {
    dense: [0],
    calls: ([x], y) => {
      const count = sizeOf(x.shape);
      return [callOf(x.dtype === "float32" ? "widen" : "narrow", [addressOf(x), addressOf(y)], count, 0.5 * count)];
    },
  },
  concat: {
    dense: "all",
    calls: (parts, y, { axis }: { readonly axis: number }) => {
      const bytes = bytesOf(y.dtype);
      const [, whole, inner] = around(y.shape, [axis]);
      let start = 0;
      return parts.map((x) => {
        const [outer, length] = around(x.shape, [axis]);
        const args = [addressOf(x), addressOf(y) + start, length * inner * bytes, whole * inner * bytes, 0, 0];
        start += length * inner * bytes;
        return callOf("blocks", args, outer, 0.05 * bytes * sizeOf(x.shape));
      });
    },
  },
  padSlice: {
    dense: [0],
    calls: ([x], y, attributes: PadSliceAttributes) => {
      const [[axis = 0]] = partOf(y.shape, attributes);
      return [padded(x, y, axis, attributes.slices[axis].start)];
    },
  },
  randomBernoulli: random,
  randomUniform: random,
  im2col: windows("im2col32"),
  col2im: windows("col2im32"),
};

/** Whether the library has a kernel for an op of such operands. */
export function hasKernel(
  op: string,
  inputs: readonly Pick<Value, "dtype" | "shape" | "strides">[],
  result: Pick<Value, "dtype" | "shape">,
  attributes: object,
): boolean {
  if (!Object.hasOwn(lowered, op) || sizeOf(result.shape) === 0 || inputs.some(({ shape }) => sizeOf(shape) === 0))
    return false;
  if (op === "randomBernoulli" || op === "randomUniform") return result.dtype === "float32";
  const [{ dtype, shape }] = inputs;
  if (op === "matmul") {
    if (shape.length === 2) return dtype === "float32" || dtype === "float64";
    return dtype === "float32" && batchesOf(inputs)[0].length <= 2;
  }
  if (op === "cast") return [dtype, result.dtype].every((one) => one === "float32" || one === "float64");
  if (op === "concat") return inputs.every((x) => x.dtype === result.dtype);
  if (op === "padSlice") {
    const [axes, isSideBySide] = partOf(result.shape, attributes as PadSliceAttributes);
    return axes.length <= 1 && isSideBySide && shape.length > 0;
  }
  if (op === "sum" || op === "norm") {
    const axes = (attributes as { readonly axes: readonly number[] }).axes.toSorted((a, b) => a - b);
    return (
      (dtype === "float32" || dtype === "float64") && axes.length > 0 && axes.every((axis, i) => axis === axes[0] + i)
    );
  }
  return dtype === "float32" || (dtype === "int32" && (op === "gather" || op === "indexSelect"));
}
