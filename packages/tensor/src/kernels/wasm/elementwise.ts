/**
 * The WASM elementwise functions of float32: operands are brought into scratch memory in pieces that stay in the
 * nearest cache, computed there four at a time (kernels/elementwise.ts), and taken out. Results are, to the last bit,
 * those of the reference kernels.
 */
import { elementwiseModule } from "./elementwise.generated.ts";
import { instantiate, type Memory, reserve } from "./runtime.ts";

type Unary = (x: number, out: number, bytes: number) => void;
type Binary = (a: number, b: number, out: number, bytes: number) => void;

interface ElementwiseExports {
  readonly memory: Memory;
  readonly add: Binary;
  readonly sub: Binary;
  readonly mul: Binary;
  readonly div: Binary;
  readonly gt: Binary;
  readonly where: (condition: number, a: number, b: number, out: number, bytes: number) => void;
  readonly relu: Unary;
  readonly sqrt: Unary;
  readonly square: Unary;
  readonly neg: Unary;
  readonly abs: Unary;
  readonly sigmoid: Unary;
  readonly logisticDensity: Unary;
  readonly sech2: Unary;
}

/** The functions of one operand that there are. */
export type WasmUnary = "relu" | "sqrt" | "square" | "neg" | "abs" | "sigmoid" | "logisticDensity" | "sech2";

/** The functions of two operands that there are. */
export type WasmBinary = "add" | "sub" | "mul" | "div" | "gt";

/** Elements from which copies and calls pay for themselves. */
export const LEAST_ELEMENTS = 1024;

/** Elements of a piece; four pieces are in use at a time. */
const PIECE = 4096;

const ADDRESS_A = 0;
const ADDRESS_B = 4 * PIECE;
const ADDRESS_OUT = 8 * PIECE;
const ADDRESS_CONDITION = 12 * PIECE;

interface Scratch {
  readonly kernel: ElementwiseExports;
  readonly a: Float32Array;
  readonly b: Float32Array;
  readonly out: Float32Array;
  readonly outBytes: Uint8Array;
  readonly condition: Uint8Array;
}

let opened: Scratch | undefined;

function open(): Scratch {
  const kernel = instantiate<ElementwiseExports>(elementwiseModule);
  reserve(kernel.memory, 16 * PIECE);
  const { buffer } = kernel.memory;
  return {
    kernel,
    a: new Float32Array(buffer, ADDRESS_A, PIECE),
    b: new Float32Array(buffer, ADDRESS_B, PIECE),
    out: new Float32Array(buffer, ADDRESS_OUT, PIECE),
    outBytes: new Uint8Array(buffer, ADDRESS_OUT, PIECE),
    condition: new Uint8Array(buffer, ADDRESS_CONDITION, PIECE),
  };
}

function scratch(): Scratch {
  opened ??= open();
  return opened;
}

/** Bytes of a piece, up to whole blocks of 64: what lies behind its end is computed too, and left there. */
function blockBytes(count: number): number {
  return (4 * count + 63) & ~63;
}

/** A stretch of memory that an operand fills, or one element of it, repeated. */
export interface Stretch<Data> {
  readonly data: Data;
  readonly start: number;
  /** 1, or 0 for a repeated element. */
  readonly step: number;
}

/** Brings a piece of an operand in; a repeated element is brought in with the first piece alone. */
function bring<Data extends Float32Array | Uint8Array>(
  into: Data,
  { data, start, step }: Stretch<Data>,
  from: number,
  count: number,
): void {
  if (step === 1) into.set(data.subarray(start + from, start + from + count));
  else if (from === 0) into.fill(data[start]);
}

/** out[i] = f(x[start + i]) for every element of `out`. */
export function wasmUnary(name: WasmUnary, out: Float32Array, data: Float32Array, start: number): void {
  const { kernel, a, out: result } = scratch();
  const f = kernel[name];
  for (let from = 0; from < out.length; from += PIECE) {
    const count = Math.min(PIECE, out.length - from);
    a.set(data.subarray(start + from, start + from + count));
    f(ADDRESS_A, ADDRESS_OUT, blockBytes(count));
    out.set(count === PIECE ? result : result.subarray(0, count), from);
  }
}

/** out[i] = f(a[i], b[i]) for every element of `out`, which has float32 numbers, or truth values for a comparison. */
export function wasmBinary(
  name: WasmBinary,
  out: Float32Array | Uint8Array,
  x: Stretch<Float32Array>,
  y: Stretch<Float32Array>,
): void {
  const { kernel, a, b, out: numbers, outBytes } = scratch();
  const f = kernel[name];
  const result = out instanceof Float32Array ? numbers : outBytes;
  for (let from = 0; from < out.length; from += PIECE) {
    const count = Math.min(PIECE, out.length - from);
    bring(a, x, from, count);
    bring(b, y, from, count);
    f(ADDRESS_A, ADDRESS_B, ADDRESS_OUT, blockBytes(count));
    out.set(count === PIECE ? result : result.subarray(0, count), from);
  }
}

/** The longest row that {@link wasmRows} takes. */
export const LONGEST_ROW = PIECE;

/** out[r·n + k] = f(a[r·n + k], row[k]): a row repeated over a matrix, as a bias is. */
export function wasmRows(
  name: WasmBinary,
  out: Float32Array,
  data: Float32Array,
  start: number,
  row: Float32Array,
): void {
  const { kernel, a, b, out: result } = scratch();
  const f = kernel[name];
  const piece = Math.floor(PIECE / row.length) * row.length;
  for (let at = 0; at < Math.min(piece, out.length); at += row.length) b.set(row, at);
  for (let from = 0; from < out.length; from += piece) {
    const count = Math.min(piece, out.length - from);
    a.set(data.subarray(start + from, start + from + count));
    f(ADDRESS_A, ADDRESS_B, ADDRESS_OUT, blockBytes(count));
    out.set(result.subarray(0, count), from);
  }
}

/** out[i] = condition[i] ≠ 0 ? x[i] : y[i] for every element of `out`. */
export function wasmWhere(
  out: Float32Array,
  c: Stretch<Uint8Array>,
  x: Stretch<Float32Array>,
  y: Stretch<Float32Array>,
): void {
  const { kernel, a, b, condition, out: result } = scratch();
  for (let from = 0; from < out.length; from += PIECE) {
    const count = Math.min(PIECE, out.length - from);
    bring(condition, c, from, count);
    bring(a, x, from, count);
    bring(b, y, from, count);
    kernel.where(ADDRESS_CONDITION, ADDRESS_A, ADDRESS_B, ADDRESS_OUT, blockBytes(count));
    out.set(count === PIECE ? result : result.subarray(0, count), from);
  }
}
