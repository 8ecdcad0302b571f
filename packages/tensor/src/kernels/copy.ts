/** Copies: into row-major order, to another dtype, into storage that exists. */
import { allocate, type DType, type TypedArray } from "../dtype.ts";
import { DTypeError } from "../errors.ts";
import { contiguousStrides } from "../shape.ts";
import { shown } from "../shown.ts";
import { Tensor } from "../tensor.ts";
import { forEachPlane, isSingle, mergeAxes } from "./planes.ts";

/** Length of the side of the blocks that transposed planes are copied by: two of them fit the nearest cache. */
const BLOCK = 32;

/** out[o + r·n + k] = x[i + r·rowStep + k·step] for a plane of m × n. */
function copyPlane(
  out: TypedArray,
  o: number,
  rowLength: number,
  m: number,
  n: number,
  x: TypedArray,
  i: number,
  rowStep: number,
  step: number,
): void {
  if (step === 1 && n >= 64 && out.constructor === x.constructor) {
    for (let r = 0; r < m; r++, i += rowStep, o += rowLength) out.set(x.subarray(i, i + n), o);
    return;
  }
  for (let r = 0; r < m; r++, i += rowStep, o += rowLength) {
    for (let k = 0, at = i; k < n; k++, at += step) out[o + k] = x[at];
  }
}

/** Writes the elements of x in row-major order from `start` on; transposed planes block by block. */
function write(out: TypedArray, x: Tensor): void {
  if (x.size === 0) return;
  if (x.isContiguous) {
    if (out.constructor === x.data.constructor) out.set(x.data.subarray(x.offset, x.offset + x.size));
    else copyPlane(out, 0, x.size, 1, x.size, x.data, x.offset, 0, 1);
    return;
  }
  if (isSingle(x)) {
    out.fill(x.data[x.offset], 0, x.size);
    return;
  }
  const walk = mergeAxes(x.shape, [x.strides, contiguousStrides(x.shape)]);
  const last = walk.shape.length - 1;
  const [from, to] = walk.strides;
  const n = walk.shape[last];
  const step = from[last];
  const at = [x.offset, 0];
  // The axis that lies closest in memory: with it as rows, a block of columns stays in the cache while it is used.
  let close = -1;
  for (let axis = 0; axis < last; axis++) {
    const stride = Math.abs(from[axis]);
    if (stride !== 0 && stride < Math.abs(step) && (close < 0 || stride < Math.abs(from[close]))) close = axis;
  }
  const rows = close < 0 ? last - 1 : close;
  const order = [...walk.shape.keys()].filter((axis) => axis !== rows && axis !== last);
  order.push(rows, last);
  const ordered = {
    shape: order.map((axis) => walk.shape[axis]),
    strides: [order.map((axis) => from[axis]), order.map((axis) => to[axis])],
  };
  const m = walk.shape[rows];
  const rowStep = from[rows];
  const rowLength = to[rows];
  forEachPlane(ordered, at, () => {
    if (close < 0) copyPlane(out, at[1], rowLength, m, n, x.data, at[0], rowStep, step);
    else {
      for (let r = 0; r < m; r += BLOCK) {
        const height = Math.min(BLOCK, m - r);
        for (let k = 0; k < n; k += BLOCK) {
          const o = at[1] + r * rowLength + k;
          const i = at[0] + r * rowStep + k * step;
          copyPlane(out, o, rowLength, height, Math.min(BLOCK, n - k), x.data, i, rowStep, step);
        }
      }
    }
  });
}

/** The elements of x in row-major order in storage of their own. Always copies. */
export function copy<D extends DType>(x: Tensor<D>): Tensor<D> {
  const out = allocate<D>(x.dtype, x.size);
  // New memory is zeros already, which is what most repeated numbers are.
  if (!isSingle(x as unknown as Tensor) || !Object.is(x.data[x.offset], 0)) write(out, x as unknown as Tensor);
  return new Tensor<D>(out, x.shape);
}

/** x itself when its elements lie in row-major order, else a copy in that order. */
export function contiguous<D extends DType>(x: Tensor<D>): Tensor<D> {
  return x.isContiguous ? x : copy(x);
}

/** Overwrites `target` from its start with the elements of x in row-major order. */
export function copyInto(target: TypedArray, x: Tensor): void {
  write(target, x);
}

/**
 * x with another element type: to bool, what is not 0 is true; to int32, fractions are cut off.
 * @throws DTypeError when a number does not fit int32: NaN, ±∞ or beyond ±2³¹
 */
export function cast<D extends DType>(x: Tensor, dtype: D): Tensor<D> {
  if ((x.dtype as DType) === dtype) return x as unknown as Tensor<D>;
  const out = allocate<D>(dtype, x.size);
  const source = contiguous(x);
  const { data, offset } = source;
  if (dtype === "int32") checkIntegers(source);
  if (dtype === "bool") for (let k = 0; k < x.size; k++) out[k] = data[offset + k] === 0 ? 0 : 1;
  else write(out, source);
  return new Tensor<D>(out, x.shape);
}

function checkIntegers({ data, offset, size, dtype }: Tensor): void {
  if (dtype === "bool" || dtype === "int32") return;
  for (let k = offset; k < offset + size; k++) {
    const value = data[k];
    if (value > -2147483649 && value < 2147483648) continue;
    throw DTypeError.of("cast", "x", value, "integers from -2147483648 to 2147483647", {
      problem: `${shown(value)} cannot be stored as int32`,
      hint: "Look for NaN, infinities and values beyond ±2³¹.",
    });
  }
}
