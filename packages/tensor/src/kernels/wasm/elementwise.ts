/**
 * The WASM elementwise functions of float32: operands are brought into scratch memory in pieces that stay in the
 * nearest caches, computed there four at a time (kernels/elementwise.ts), and taken out. A copy within the caches
 * costs a tenth of what the first touch of new memory does, which the result has to pay anyhow.
 */
import { SCRATCH, scratch } from "./runtime.ts";

/** The functions of one operand that there are. */
export type WasmUnary =
  | "abs"
  | "exp"
  | "log"
  | "logisticDensity"
  | "neg"
  | "relu"
  | "sech2"
  | "sigmoid"
  | "sqrt"
  | "square"
  | "tanh";

/** The functions of two operands that there are. */
export type WasmBinary = "add" | "sub" | "mul" | "div" | "gt" | "pow";

type Kernel = (bytes: number, out: number, a: number, b: number, c: number) => void;

/** Elements from which copies and calls pay for themselves. */
export const LEAST_ELEMENTS = 1024;

/** Elements of a piece, and of the longest row that can be repeated; four pieces are in use at a time. */
export const PIECE = 16384;

/** Where a piece of the result, and one of each operand, lies. */
const OUT = SCRATCH;
const addresses = [OUT + 4 * PIECE, OUT + 8 * PIECE, OUT + 12 * PIECE] as const;

/** An operand: a stretch of memory that it fills, or one of `period` elements, repeated. */
export interface Stretch {
  readonly data: Float32Array | Uint8Array;
  readonly start: number;
  /** 0 for a stretch as long as the result. */
  readonly period: number;
}

/**
 * out[i] = f(a[i], …) for every element of `out`. Truth values are bytes, in the operands as in the result.
 * Periods other than 0 and 1 are equal.
 */
export function wasmElementwise(
  name: WasmUnary | WasmBinary | "where",
  out: Float32Array | Uint8Array,
  ...operands: readonly Stretch[]
): void {
  const { kernels, f32, u8 } = scratch<Record<string, Kernel>>(16 * PIECE);
  const f = kernels[name];
  const [a, b, c] = addresses;
  const [result, at] = out instanceof Float32Array ? [f32, OUT / 4] : [u8, OUT];
  const row = operands.reduce((longest, { period }) => Math.max(longest, period), 1);
  const piece = Math.floor(PIECE / row) * row;
  for (let from = 0; from < out.length; from += piece) {
    const count = Math.min(piece, out.length - from);
    for (let k = 0; k < operands.length; k++) {
      const { data, start, period } = operands[k];
      const floats = data instanceof Float32Array;
      const heap = floats ? f32 : u8;
      const to = floats ? addresses[k] / 4 : addresses[k];
      if (period === 0) heap.set(data.subarray(start + from, start + from + count), to);
      else if (from === 0 && period === 1) heap.fill(data[start], to, to + count);
      else if (from === 0) for (let at = 0; at < count; at += row) heap.set(data.subarray(start, start + row), to + at);
    }
    // Up to whole blocks of 64 bytes: what lies behind the end of a piece is computed too, and left there.
    f((4 * count + 63) & ~63, OUT, a, b, c);
    out.set(result.subarray(at, at + count), from);
  }
}
