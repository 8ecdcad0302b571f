/** Shape rules of kernels, ops and model specs alike, so that an error about shapes has one text everywhere. */
import { IndexError, ShapeError } from "./errors.ts";
import { checkOptions } from "./options.ts";
import { formatShape, maxAxes, shown } from "./shown.ts";

/** The lengths of a tensor's axes, outermost first; `[]` is a single number. */
export type Shape = readonly number[];

/** The number of elements of a shape: the product of its lengths, 1 for `[]`. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (let i = 0; i < shape.length; i++) size *= shape[i];
  return size;
}

/** The index of the element at `position` of a tensor of `shape` in row-major order: [1, 0] for 3 in [2, 3]. */
export function unravel(position: number, shape: Shape): number[] {
  const index = new Array<number>(shape.length);
  let rest = position;
  for (let i = shape.length - 1; i >= 0; i--) {
    index[i] = rest % shape[i];
    rest = Math.floor(rest / shape[i]);
  }
  return index;
}

/** Row-major strides in elements: the last axis has stride 1. */
export function contiguousStrides(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = stride;
    stride *= shape[i];
  }
  return strides;
}

/** Whether two shapes are equal. */
export function sameShape(a: Shape, b: Shape): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Throws a {@link ShapeError} for more axes than a tensor can have. */
export function checkAxisCount(op: string, ndim: number, argument = "shape"): void {
  if (ndim <= maxAxes) return;
  throw ShapeError.of(op, argument, `${ndim} axes`, `at most ${maxAxes}`, {
    problem: `${argument} has ${ndim.toLocaleString("en-US")} axes`,
    hint: "Join axes with reshape, for example by one length -1.",
  });
}

/** Throws a {@link ShapeError} unless every length is an integer ≥ 0. */
export function checkShape(op: string, shape: Shape, argument = "shape"): void {
  if (!Array.isArray(shape) || shape.some((n) => !Number.isInteger(n) || n < 0)) {
    throw ShapeError.of(op, argument, shape, "an array of integers ≥ 0, such as [2, 3]");
  }
  checkAxisCount(op, shape.length, argument);
}

/**
 * The shape that `a` and `b` broadcast to: aligned at the last axis, lengths must be equal or one of them 1.
 * @throws ShapeError when an axis disagrees
 */
export function broadcastShapes(op: string, a: Shape, b: Shape): Shape {
  if (sameShape(a, b)) return a;
  const ndim = Math.max(a.length, b.length);
  const shape = new Array<number>(ndim);
  for (let i = 1; i <= ndim; i++) {
    const m = i <= a.length ? a[a.length - i] : 1;
    const n = i <= b.length ? b[b.length - i] : 1;
    if (m !== n && m !== 1 && n !== 1) {
      const received = `${formatShape(a)} and ${formatShape(b)}`;
      throw ShapeError.of(op, "b", received, "lengths that are equal or 1, aligned from the last axis", {
        problem: `shapes ${received} cannot be broadcast together (axis -${i}: ${m} ≠ ${n})`,
        hint: "Use reshape or unsqueeze on one of them.",
      });
    }
    shape[ndim - i] = m === 1 ? n : m;
  }
  return shape;
}

/** Throws a {@link ShapeError} unless `from` can be broadcast (repeated) to `to`. */
export function checkBroadcastable(op: string, from: Shape, to: Shape): void {
  checkAxisCount(op, to.length);
  const lead = to.length - from.length;
  let ok = lead >= 0;
  for (let i = 0; ok && i < to.length; i++) ok = Number.isInteger(to[i]) && to[i] >= 0;
  for (let i = 0; ok && i < from.length; i++) ok = from[i] === to[lead + i] || from[i] === 1;
  if (!ok) {
    throw ShapeError.of(op, "shape", { shape: to }, "a shape that repeats axes of length 1 or adds leading axes", {
      problem: `${formatShape(from)} cannot be repeated to ${formatShape(to)}`,
    });
  }
}

/**
 * An axis counted from the front: −1 is the last.
 *
 * @param of the shape that has the axis (errors show it), or the number of its axes
 * @throws IndexError when it is not in −ndim … ndim − 1
 */
export function normalizeAxis(op: string, axis: number, of: number | Shape, argument = "axis"): number {
  const ndim = typeof of === "number" ? of : of.length;
  if (!Number.isInteger(axis) || axis < -ndim || axis >= ndim) {
    const range = typeof of === "number" ? `${ndim} dimension${ndim === 1 ? "" : "s"}` : `shape ${formatShape(of)}`;
    const expected = ndim === 0 ? "no axis: a single number has none" : `${-ndim} … ${ndim - 1}`;
    throw IndexError.of(op, argument, axis, expected, {
      problem: `${argument} ${shown(axis)} is out of range for ${range}`,
    });
  }
  return axis < 0 ? axis + ndim : axis;
}

/**
 * The axes `axis` counted from the front, sorted; `undefined` means all of them.
 * @throws IndexError when one is out of range or named twice
 */
export function normalizeAxes(op: string, axis: number | readonly number[] | undefined, of: number | Shape): number[] {
  if (axis === undefined) return Array.from({ length: typeof of === "number" ? of : of.length }, (_, i) => i);
  const axes = (Array.isArray(axis) ? [...axis] : [axis]).map((a) => normalizeAxis(op, a, of));
  axes.sort((a, b) => a - b);
  for (let i = 1; i < axes.length; i++) {
    if (axes[i] === axes[i - 1]) {
      throw IndexError.of(op, "axis", axis, "each axis once", { problem: `axis ${axes[i]} is named twice` });
    }
  }
  return axes;
}

/** Refuses an axis that has no element to choose from. @throws ShapeError for one of length 0 */
export function checkNotEmpty(op: string, shape: Shape, axis: number): void {
  if (shape[axis] > 0) return;
  throw ShapeError.of(op, "axis", { shape }, "at least one element to choose from", {
    problem: `axis ${axis} of ${formatShape(shape)} is empty`,
  });
}

/** The shape left by reducing over `axes` (sorted, counted from the front); `keepDims` leaves them, with length 1. */
export function reducedShape(shape: Shape, axes: readonly number[], keepDims: boolean): Shape {
  if (keepDims) return shape.map((n, i) => (axes.includes(i) ? 1 : n));
  return shape.filter((_, i) => !axes.includes(i));
}

/**
 * The shape of a reshape; one length may be −1 and follows from the others.
 * @throws ShapeError when the numbers of elements differ
 */
export function reshapeShape(op: string, from: Shape, to: Shape): Shape {
  const size = sizeOf(from);
  const unknown = to.indexOf(-1);
  let shape: number[] = [...to];
  if (unknown >= 0) {
    const known = to.reduce((product, n, i) => (i === unknown ? product : product * n), 1);
    if (to.indexOf(-1, unknown + 1) >= 0 || known === 0 || size % known !== 0) {
      const expected = `one -1 at most, and other lengths whose product divides ${size}`;
      throw ShapeError.of(op, "shape", { shape: to }, expected, {
        problem: `cannot infer the -1 in ${formatShape(to)} from ${formatShape(from)} (${size} elements)`,
      });
    }
    shape = shape.map((n, i) => (i === unknown ? size / known : n));
  }
  checkShape(op, shape);
  if (sizeOf(shape) !== size) {
    const received = `${sizeOf(shape)} elements`;
    const problem = `cannot turn ${formatShape(from)} (${size} elements) into ${formatShape(to)} (${received})`;
    throw new ShapeError({ op, problem, argument: "shape", expected: `${size} elements`, received });
  }
  return shape;
}

/** Where the elements of a tensor lie: the distance between neighbours along each axis. */
interface Strided {
  readonly shape: Shape;
  readonly strides: readonly number[];
}

/**
 * The strides that read `x` in another shape without a copy, or null when there are none.
 *
 * Runs of axes of `x` that lie together in memory are matched with runs of axes of `shape` of the same size.
 */
export function reshapedStrides(x: Strided, shape: Shape): number[] | null {
  if (sizeOf(shape) === 0) return contiguousStrides(shape);
  const from: number[] = [];
  const fromStrides: number[] = [];
  for (let i = 0; i < x.shape.length; i++) {
    if (x.shape[i] !== 1) {
      from.push(x.shape[i]);
      fromStrides.push(x.strides[i]);
    }
  }
  const strides = new Array<number>(shape.length).fill(1);
  let i = 0;
  let j = 0;
  while (i < from.length && j < shape.length) {
    let sizeFrom = from[i];
    let sizeTo = shape[j];
    let lastFrom = i;
    let lastTo = j;
    while (sizeFrom !== sizeTo) {
      if (sizeFrom < sizeTo) {
        lastFrom++;
        if (fromStrides[lastFrom - 1] !== from[lastFrom] * fromStrides[lastFrom]) return null;
        sizeFrom *= from[lastFrom];
      } else sizeTo *= shape[++lastTo];
    }
    let stride = fromStrides[lastFrom];
    for (let k = lastTo; k >= j; k--) {
      strides[k] = stride;
      stride *= shape[k];
    }
    i = lastFrom + 1;
    j = lastTo + 1;
  }
  return strides;
}

/** The permutation that undoes `axes`. */
export function inversePermutation(axes: readonly number[]): number[] {
  const inverse = new Array<number>(axes.length);
  for (let i = 0; i < axes.length; i++) inverse[axes[i]] = i;
  return inverse;
}

/**
 * A permutation of all `ndim` axes, counted from the front; `undefined` reverses them.
 * @throws ShapeError when an axis is missing or named twice
 */
export function normalizePermutation(op: string, axes: readonly number[] | undefined, ndim: number): number[] {
  if (axes === undefined) return Array.from({ length: ndim }, (_, i) => ndim - 1 - i);
  if (!Array.isArray(axes)) throw ShapeError.of(op, "axes", axes, `an array of axes, for example ${op}([1, 0])`);
  const normal = axes.map((a) => normalizeAxis(op, a, ndim, "axes"));
  if (normal.length !== ndim || new Set(normal).size !== ndim) {
    throw ShapeError.of(op, "axes", axes, `each of 0 … ${ndim - 1} once`, { problem: `axes are ${shown(axes)}` });
  }
  return normal;
}

/**
 * The shape of a batched matrix product `[…, M, K] × […, K, N] → […, M, N]`; leading axes broadcast.
 * @throws ShapeError when an operand has fewer than two axes or the inner dimensions differ
 */
export function matmulShape(op: string, a: Shape, b: Shape): Shape {
  if (a.length < 2 || b.length < 2) {
    throw ShapeError.of(op, a.length < 2 ? "a" : "b", { shape: a.length < 2 ? a : b }, "[…, M, K] × […, K, N]", {
      problem: `operands must be matrices: ${formatShape(a)} × ${formatShape(b)}`,
      hint: "Give a vector a second axis with unsqueeze, or use dot.",
    });
  }
  const inner = a[a.length - 1];
  const outer = b[b.length - 2];
  if (inner !== outer) {
    throw ShapeError.of(op, "b", { shape: b }, `a second operand with ${inner} rows`, {
      problem: `inner dimensions differ: ${formatShape(a)} × ${formatShape(b)} (${inner} ≠ ${outer})`,
      hint:
        a.length === 2 && b.length === 2 && (a[0] === outer || inner === b[1])
          ? "Did you mean to transpose one of them?"
          : undefined,
    });
  }
  const batchA = a.slice(0, -2);
  const batchB = b.slice(0, -2);
  return [...broadcastShapes(op, batchA, batchB), a[a.length - 2], b[b.length - 1]];
}

/** Options of a sliding window: integers, in pixels; a pair is [vertical, horizontal]. */
export interface WindowOptions {
  /** Distance between windows, ≥ 1. Default 1. */
  readonly stride?: number | readonly [number, number];
  /** Zeros added on every side, ≥ 0. Default 0. */
  readonly pad?: number | readonly [number, number];
  /** Distance between the window's own pixels, ≥ 1. Default 1. */
  readonly dilation?: number | readonly [number, number];
}

/** A sliding window with every number spelled out, and the output size it gives. */
export interface Window {
  readonly filterH: number;
  readonly filterW: number;
  readonly strideH: number;
  readonly strideW: number;
  readonly padH: number;
  readonly padW: number;
  readonly dilationH: number;
  readonly dilationW: number;
  readonly outputH: number;
  readonly outputW: number;
}

/** Vertical and horizontal, [v, v] for one number v. @param value  one number, or a pair of them */
export function bothOf(value: number | readonly [number, number]): readonly [number, number] {
  return typeof value === "number" ? [value, value] : value;
}

function windowPair(
  op: string,
  argument: string,
  value: number | readonly [number, number] | undefined,
  least: number,
): readonly [number, number] {
  const pair = bothOf(value === undefined ? least : value);
  if (!Array.isArray(pair) || pair.length !== 2 || pair.some((n) => !Number.isInteger(n) || n < least)) {
    throw ShapeError.of(op, argument, value, `an integer ≥ ${least}, or a pair of them`);
  }
  return pair as unknown as readonly [number, number];
}

/**
 * The sliding window of a filter over [N, C, H, W] images: OH = ⌊(H + 2·pad − dilation·(FH − 1) − 1)/stride⌋ + 1,
 * likewise OW, for a filter of filterH × filterW (FH × FW).
 * @throws ShapeError when the input is not 4-D, a number is out of range, or the filter exceeds the padded image
 */
export function windowOf(
  op: string,
  input: Shape,
  filterH: number,
  filterW: number,
  options: WindowOptions = {},
): Window {
  if (input.length !== 4) {
    throw ShapeError.of(op, "x", { shape: input }, "[batch, channels, height, width]", {
      hint: "For grey images reshape to [N, 1, H, W].",
    });
  }
  checkOptions(op, options, ["stride", "pad", "dilation"]);
  windowPair(op, "filter size", [filterH, filterW], 1);
  const [strideH, strideW] = windowPair(op, "stride", options.stride, 1);
  const [padH, padW] = windowPair(op, "pad", options.pad, 0);
  const [dilationH, dilationW] = windowPair(op, "dilation", options.dilation, 1);
  const spanH = dilationH * (filterH - 1) + 1;
  const spanW = dilationW * (filterW - 1) + 1;
  const [, , height, width] = input;
  if (spanH > height + 2 * padH || spanW > width + 2 * padW) {
    const need = Math.max(Math.ceil((spanH - height) / 2), Math.ceil((spanW - width) / 2));
    const size = `${height + 2 * padH} × ${width + 2 * padW}`;
    const received = `${spanH} × ${spanW}`;
    throw ShapeError.of(op, spanH > height + 2 * padH ? "filterH" : "filterW", received, `at most ${size}`, {
      problem: `a window of ${received} is larger than the padded image`,
      hint: `Use a smaller filter, or pad: ${need}.`,
    });
  }
  return {
    filterH,
    filterW,
    strideH,
    strideW,
    padH,
    padW,
    dilationH,
    dilationW,
    outputH: Math.floor((height + 2 * padH - spanH) / strideH) + 1,
    outputW: Math.floor((width + 2 * padW - spanW) / strideW) + 1,
  };
}

/**
 * The book's `conv_output_size`: (inputSize + 2·pad − filterSize)/stride + 1, **not rounded** (layers round down).
 *
 * @param inputSize  height or width of the image in pixels
 * @param filterSize height or width of the window in pixels
 * @param stride     distance between windows, ≥ 1; or the options as an object
 * @param pad        zeros added on both sides, ≥ 0
 * @throws ShapeError when stride is not positive
 * Source: Deep Learning from Scratch, 7.2 (common/util.py `conv_output_size`).
 */
export function convOutputSize(
  inputSize: number,
  filterSize: number,
  stride: number | { readonly stride?: number; readonly pad?: number } = 1,
  pad = 0,
): number {
  if (typeof stride === "object") checkOptions("convOutputSize", stride, ["stride", "pad"]);
  const window = typeof stride === "object" ? { stride: 1, pad: 0, ...stride } : { stride, pad };
  for (const [argument, value] of Object.entries({ inputSize, filterSize, ...window })) {
    const isStride = argument === "stride";
    if (typeof value === "number" && (isStride ? value > 0 : !Number.isNaN(value))) continue;
    throw ShapeError.of("convOutputSize", argument, value, isStride ? "a number > 0" : "a number", {
      hint: "Write convOutputSize(28, 5, 1, 2).",
    });
  }
  return (inputSize + 2 * window.pad - filterSize) / window.stride + 1;
}
