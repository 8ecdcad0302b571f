/**
 * The WASM reductions of float32: a plane is brought into scratch memory in blocks that stay in the nearest caches, and
 * reduced there several results at a time (kernels/reduce.ts).
 */
import type { TypedArray } from "../../dtype.ts";
import { runsAsWasm } from "../backend.ts";
import { type Heap, SCRATCH, scratch } from "./runtime.ts";
import { stage, staged } from "./staging.ts";

type Reduce = (x: number, row: number, step: number, rows: number, n: number, into: number) => void;
type Largest = (...of: [...Parameters<Reduce>, places: number, first: number, sign: number]) => void;

interface ReduceKernels {
  readonly sumRows: Reduce;
  readonly largestOfRows: Largest;
}

/** Elements of a plane from which copies and calls pay for themselves. */
const LEAST = 512;

/** Elements of a block of x, and results of it at the most. */
const BLOCK = 16384;
const RESULTS = 4096;

/** Where results, their places and a block of x lie; vectors hang over the end of each. */
const INTO = SCRATCH;
const PLACES = INTO + 8 * RESULTS + 64;
const ELEMENTS = PLACES + 4 * RESULTS + 64;

/** A plane of x: result r of m takes the elements x[i + r·row + k·step], k = 0 … n − 1. */
export type Plane = readonly [m: number, n: number, x: Float32Array, i: number, row: number, step: number];

/**
 * Whether a plane is reduced by WASM: few results do not fill vectors, and since these hang over the last result, rows
 * must not run backwards.
 */
export function reducesByWasm(x: TypedArray, m: number, n: number, row: number): x is Float32Array {
  return x instanceof Float32Array && row >= 0 && runsAsWasm(m < 4 ? 0 : m * n, LEAST);
}

/** Calls `reduce` for the blocks of a plane: `rows` results from r on, and of each some elements from k on. */
function forEachBlock(
  [m, n, x, i, row, step]: Plane,
  reduce: (heap: Heap<ReduceKernels>, r: number, rows: number, k: number, columns: number) => void,
): void {
  const most = row < Math.abs(step) ? RESULTS : Math.max(8, Math.floor(BLOCK / n) & ~7);
  const rows = Math.min(m, most, RESULTS);
  const columns = Math.min(n, Math.ceil(BLOCK / rows));
  // Vectors reach up to seven rows beyond the last; rows that come in as they lie are 4 · columns apart at the most.
  const heap = scratch<ReduceKernels>(ELEMENTS + 4 * (2 * rows + 32) * columns);
  for (let r = 0; r < m; r += rows) {
    const height = Math.min(rows, m - r);
    for (let k = 0; k < n; k += columns) {
      const width = Math.min(columns, n - k);
      stage(heap.f32, ELEMENTS / 4, x, i + r * row + k * step, height, width, row, step);
      if (height === 1) staged.row = 0;
      reduce(heap, r, height, k, width);
    }
  }
}

/** into[o + r] += Σ x over each row of a plane, in order. */
export function wasmSum(into: Float32Array | Float64Array, o: number, plane: Plane): void {
  forEachBlock(plane, ({ kernels, f64 }, r, rows, k, columns) => {
    if (k === 0) f64.set(into.subarray(o + r, o + r + rows), INTO / 8);
    kernels.sumRows(4 * staged.start, 4 * staged.row, 4 * staged.column, rows, columns, INTO);
    if (k + columns === plane[1]) into.set(f64.subarray(INTO / 8, INTO / 8 + rows), o + r);
  });
}

/**
 * The largest of out[o + r] and each row of a plane, in `out`; of integers the number of the first largest element, or
 * of the first NaN. For sign −1 the smallest.
 */
export function wasmLargest(out: Float32Array | Int32Array, o: number, plane: Plane, sign: 1 | -1): void {
  forEachBlock(plane, ({ kernels, f32, i32 }, r, rows, k, columns) => {
    const [heap, at] = out instanceof Float32Array ? [f32, INTO / 4] : [i32, PLACES / 4];
    if (k === 0) {
      f32.fill(sign * Number.NEGATIVE_INFINITY, INTO / 4, INTO / 4 + rows);
      heap.set(out.subarray(o + r, o + r + rows), at);
    }
    const { start, row, column } = staged;
    kernels.largestOfRows(4 * start, 4 * row, 4 * column, rows, columns, INTO, PLACES, k, sign);
    if (k + columns === plane[1]) out.set(heap.subarray(at, at + rows), o + r);
  });
}
