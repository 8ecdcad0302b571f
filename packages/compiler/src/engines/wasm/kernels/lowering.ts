/** Ops that the library has kernels for: what each needs of its operands, and which calls compute it. */
import { type Shape, sizeOf } from "@adjoint/tensor";
import type { WindowAttributes } from "../../../recognize/windows.ts";
import { type Call, callOf, grain } from "../calls.ts";
import { addressOf, bytesOf, freshValue, type Value } from "../layout/values.ts";
import { imageStrides, isImageAfterImage, windowArguments } from "./windows.ts";

/** An op that the library has a kernel for. */
export interface Lowered {
  /** The operands by number that must be dense. */
  readonly dense: readonly number[];
  /** Whether it may refuse values. */
  readonly refuses?: true;
  /** What its calls keep between them. */
  temporary?(operands: readonly Value[], attributes: never): Value | null;
  /** Once addresses are known, the calls that compute it: from its operands, as they are asked for, to its result. */
  calls(operands: readonly Value[], result: Value, attributes: never, temporary: Value | null): Call[];
}

/** A shape around an axis, or a run of axes: lengths before it, of it, and after it. */
export function around(shape: Shape, from: number, to = from + 1): [outer: number, reduced: number, inner: number] {
  return [sizeOf(shape.slice(0, from)), sizeOf(shape.slice(from, to)), sizeOf(shape.slice(to))];
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

const matmul: Lowered = {
  dense: [],
  temporary: ([a, b]) => packedOf(a, b.shape[1], a.shape[1]),
  calls: ([a, b], c, _, packed) => {
    const bytes = bytesOf(a.dtype);
    const [m, k] = a.shape;
    const n = b.shape[1];
    const [aRow, aStep, bRow, bColumn] = [...a.strides, ...b.strides].map((stride) => stride * bytes);
    const [kernel, time] = a.dtype === "float32" ? (["matmul32", 1] as const) : (["matmul64", 2] as const);
    // A block of A is packed: kernels/matmul.ts.
    const scratch = edgeBytes + 64 * 256 * bytes;
    const args = [addressOf(a), aRow, aStep, addressOf(packed as Value), addressOf(c), m, n, k];
    const tiles = Math.ceil(m / 4);
    const nanoseconds = productTime * time * m * n * k;
    return [
      packCall(addressOf(b), [1, 0, 1, 0, k, bRow], n, bColumn, packed as Value),
      callOf(kernel, args, tiles, Math.min(nanoseconds, grain * Math.floor(tiles / leastTiles)), scratch),
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

function summed(x: Shape, { axes }: SumAttributes): [outer: number, reduced: number, inner: number] {
  return around(x, Math.min(...axes), Math.max(...axes) + 1);
}

const sum: Lowered = {
  dense: [0],
  temporary: ([x], attributes: SumAttributes) => {
    const [outer, reduced, inner] = summed(x.shape, attributes);
    const groups = groupsOf(outer, reduced, inner);
    return groups === 1 ? null : freshValue(x.dtype, [groups, inner]);
  },
  calls: ([x], y, attributes: SumAttributes, sums) => {
    const bytes = bytesOf(x.dtype);
    const kernel = x.dtype === "float32" ? "sum32" : "sum64";
    const [outer, reduced, inner] = summed(x.shape, attributes);
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

const largest = (sign: 1 | -1, isPlace: boolean): Lowered => ({
  dense: [0],
  calls: ([x], y, { axis }: { readonly axis: number }) => {
    const [outer, reduced, inner] = around(x.shape, axis);
    const to = addressOf(y);
    const [values, places] = isPlace ? [0, to] : [to, 0];
    return [callOf("largest32", [addressOf(x), values, places, reduced, inner, sign], outer, sizeOf(x.shape))];
  },
});

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

/** The kernels by op; all but matmul and sum are for float32 alone. */
export const lowered: Readonly<Record<string, Lowered>> = {
  matmul,
  sum,
  max: largest(1, false),
  min: largest(-1, false),
  argmax: largest(1, true),
  argmin: largest(-1, true),
  gather: {
    dense: [0, 1],
    refuses: true,
    calls: ([x, places], y, { axis }: { readonly axis: number }) => {
      const [outer, reduced, inner] = around(x.shape, axis);
      const args = [addressOf(x), addressOf(places), addressOf(y), reduced, places.shape[axis], inner];
      return [callOf("gather32", args, outer, 0)];
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
  inputs: readonly Pick<Value, "dtype" | "shape">[],
  result: Pick<Value, "dtype" | "shape">,
  attributes: object,
): boolean {
  if (!Object.hasOwn(lowered, op) || sizeOf(result.shape) === 0 || inputs.some(({ shape }) => sizeOf(shape) === 0))
    return false;
  if (op === "randomBernoulli" || op === "randomUniform") return result.dtype === "float32";
  const [{ dtype, shape }] = inputs;
  if (op === "matmul")
    return shape.length === 2 && inputs[1].shape.length === 2 && (dtype === "float32" || dtype === "float64");
  if (op === "sum") {
    const axes = (attributes as { readonly axes: readonly number[] }).axes.toSorted((a, b) => a - b);
    return (
      (dtype === "float32" || dtype === "float64") && axes.length > 0 && axes.every((axis, i) => axis === axes[0] + i)
    );
  }
  return dtype === "float32";
}
