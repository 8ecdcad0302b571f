/**
 * Ops that the library has kernels for: what each needs of its operands, and how it is called.
 */
import { type Shape, sizeOf, type WindowOptions, windowOf } from "@adjoint/tensor";
import type { Library } from "./library.ts";
import { addressOf, bytesOf, type Value } from "./values.ts";

/** An op that the library has a kernel for. */
export interface Lowered {
  /** The operands by number that must be dense. */
  readonly dense: readonly number[];
  /** Whether it may refuse values. */
  readonly refuses?: true;
  /** Once addresses are known, what runs it: from its operands, as they are asked for, to its result. */
  prepare(
    library: Library,
    scratch: number,
    operands: readonly Value[],
    result: Value,
    attributes: never,
  ): () => unknown;
}

/** A shape around an axis, or a run of axes: lengths before it, of it, and after it. */
export function around(shape: Shape, from: number, to = from + 1): [outer: number, reduced: number, inner: number] {
  return [sizeOf(shape.slice(0, from)), sizeOf(shape.slice(from, to)), sizeOf(shape.slice(to))];
}

const largest = (sign: 1 | -1, isPlace: boolean): Lowered => ({
  dense: [0],
  prepare: (library, _, [x], y, { axis }: { readonly axis: number }) => {
    const [outer, reduced, inner] = around(x.shape, axis);
    const [from, to] = [addressOf(x), addressOf(y)];
    const [values, places] = isPlace ? [0, to] : [to, 0];
    return () => library.largest32(from, values, places, outer, reduced, inner, sign);
  },
});

/** The attributes of im2col and col2im. */
export type WindowAttributes = Required<WindowOptions> & { readonly filterH: number; readonly filterW: number };

/** The strides of images in bytes. */
export function imageStrides({ strides, dtype }: Value): number[] {
  return strides.map((step) => step * bytesOf(dtype));
}

/** What kernels of windows take at their end: the lengths of images, window and output, and how the window moves. */
export function windowArguments(op: string, images: Shape, attributes: WindowAttributes): number[] {
  const { filterH, filterW, stride, pad, dilation } = attributes;
  const window = windowOf(op, images, filterH, filterW, { stride, pad, dilation });
  const { outputH, outputW, strideH, strideW, padH, padW, dilationH, dilationW } = window;
  const steps = [strideH, strideW, padH, padW, dilationH, dilationW];
  return [...images, filterH, filterW, outputH, outputW, ...steps];
}

const windows = (name: "im2col32" | "col2im32"): Lowered => ({
  dense: name === "im2col32" ? [] : [0],
  prepare: (library, _, [x], y, attributes: WindowAttributes) => {
    const images = name === "im2col32" ? x : y;
    const args = windowArguments(name, images.shape, attributes);
    const [from, to] = [addressOf(x), addressOf(y)];
    const strides = imageStrides(images);
    return () => library[name](from, ...strides, to, ...args);
  },
});

interface RandomAttributes {
  readonly key: number;
  readonly counter: number;
  readonly p?: number;
}

const random: Lowered = {
  dense: [],
  prepare: (library, _, [state], y, { key, counter, p = -1 }: RandomAttributes) => {
    const [to, from, count] = [addressOf(y), state === undefined ? 0 : addressOf(state), sizeOf(y.shape)];
    return () => library.random32(to, count, from, key, counter, p);
  },
};

/** The kernels by op; all but matmul and sum are for float32 alone. */
export const lowered: Readonly<Record<string, Lowered>> = {
  matmul: {
    dense: [],
    prepare: (library, scratch, [a, b], c) => {
      const bytes = bytesOf(a.dtype);
      const [m, k] = a.shape;
      const n = b.shape[1];
      const [from, other, to] = [addressOf(a), addressOf(b), addressOf(c)];
      const [aRow, aColumn] = a.strides.map((stride) => stride * bytes);
      const [bRow, bColumn] = b.strides.map((stride) => stride * bytes);
      const multiply = a.dtype === "float32" ? library.matmul32 : library.matmul64;
      return () => multiply(from, aRow, aColumn, other, bRow, bColumn, to, m, n, k, scratch);
    },
  },
  sum: {
    dense: [0],
    prepare: (library, scratch, [x], y, { axes }: { readonly axes: readonly number[] }) => {
      const sorted = axes.toSorted((a, b) => a - b);
      const [outer, reduced, inner] = around(x.shape, sorted[0] ?? 0, (sorted.at(-1) ?? -1) + 1);
      const [from, to] = [addressOf(x), addressOf(y)];
      const add = x.dtype === "float32" ? library.sum32 : library.sum64;
      return () => add(from, to, outer, reduced, inner, scratch);
    },
  },
  max: largest(1, false),
  min: largest(-1, false),
  argmax: largest(1, true),
  argmin: largest(-1, true),
  gather: {
    dense: [0, 1],
    refuses: true,
    prepare: (library, _, [x, places], y, { axis }: { readonly axis: number }) => {
      const [outer, reduced, inner] = around(x.shape, axis);
      const count = places.shape[axis];
      const [from, at, to] = [addressOf(x), addressOf(places), addressOf(y)];
      return () => library.gather32(from, at, to, outer, reduced, count, inner) === 0;
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

/** Bytes of scratch memory that a kernel needs. */
export function scratchOf(op: string, [x]: readonly Value[], attributes: object): number {
  if (op !== "matmul" && op !== "sum") return 0;
  const bytes = bytesOf(x.dtype);
  // The blocks of kernels/library.ts: 64 rows and 512 columns of a depth of 256.
  if (op === "matmul") return (64 + 512 + 8) * 256 * bytes;
  const axes = (attributes as { readonly axes: readonly number[] }).axes;
  const [, reduced, inner] = around(x.shape, Math.min(...axes), Math.max(...axes) + 1);
  // A row for each time that the rows are halved.
  return inner * bytes * (2 + Math.ceil(Math.log2(1 + reduced / 64)));
}
