/** The element types of safetensors and NumPy files: their bytes, and how these become the elements of a tensor. */
import type { DType, TypedArray } from "@adjoint/tensor";
import type { Bytes } from "./bytes.ts";

/** Makes the error for an element that no tensor holds; `wanted` says what would have been one. */
export type Refusal = (index: number, value: number | bigint, wanted: string) => Error;

interface FileElement {
  readonly bytes: number;
  /** Bytes that change their order together on a big-endian machine. */
  readonly word: number;
  /** The elements in `raw`, which begins at a multiple of 8 of its buffer and now belongs to them. */
  readonly decode: (raw: Bytes, refuse: Refusal) => TypedArray;
}

/** Elements of `word` bytes, and perhaps of more. */
const element = (word: number, decode: FileElement["decode"], bytes = word): FileElement => ({ bytes, word, decode });

/** The 16-bit numbers in raw. */
const halves = (raw: Bytes) => new Uint16Array(raw.buffer, raw.byteOffset, raw.length / 2);
/** The 32-bit words in raw; a 64-bit number is two of them, the lower first. */
const words = (raw: Bytes) => new Int32Array(raw.buffer, raw.byteOffset, raw.length / 4);

/** Float32 bits of a half: sign, exponent − 15 + 127, 10 bits of fraction; a subnormal one is normal in float32. */
function bitsOfHalf(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return sign | 0x7f800000 | (fraction << 13);
  if (exponent !== 0) return sign | ((exponent + 112) << 23) | (fraction << 13);
  if (fraction === 0) return sign;
  // fraction · 2⁻²⁴: shift its first 1 to where float32 leaves it out.
  const shift = Math.clz32(fraction) - 21;
  return sign | ((113 - shift) << 23) | (((fraction << shift) & 0x3ff) << 13);
}

/** float32 numbers from halves, by what their bits become. */
const fromHalves =
  (bitsOf: (half: number) => number) =>
  (raw: Bytes): Float32Array => {
    const from = halves(raw);
    const bits = new Int32Array(from.length);
    for (let i = 0; i < bits.length; i++) bits[i] = bitsOf(from[i]);
    return new Float32Array(bits.buffer);
  };

/** int32 numbers from 64-bit ones, `isSigned` or not, that fit. */
function narrowed(raw: Bytes, isSigned: boolean, refuse: Refusal): Int32Array {
  const from = words(raw);
  const y = new Int32Array(from.length / 2);
  for (let i = 0; i < y.length; i++) {
    const low = from[2 * i];
    const high = from[2 * i + 1];
    if (isSigned ? high !== low >> 31 : high !== 0 || low < 0) {
      const value = (BigInt(isSigned ? high : high >>> 0) << 32n) | BigInt(low >>> 0);
      throw refuse(i, value, "integers from -2^31 to 2^31 - 1, which int32 holds");
    }
    y[i] = low;
  }
  return y;
}

/** Types of integers that int32 may not hold, as float64, where that holds them exactly. */
export const wideIntegers: ReadonlyMap<string, (raw: Bytes, refuse: Refusal) => Float64Array> = new Map([
  ["U32", (raw: Bytes) => Float64Array.from(words(raw), (word) => word >>> 0)],
  ["I64", (raw: Bytes, refuse: Refusal) => widened(raw, true, refuse)],
  ["U64", (raw: Bytes, refuse: Refusal) => widened(raw, false, refuse)],
]);

/** float64 numbers from integers of 64 bits, `isSigned` or not, that it holds. */
function widened(raw: Bytes, isSigned: boolean, refuse: Refusal): Float64Array {
  const from = words(raw);
  const y = new Float64Array(from.length / 2);
  for (let i = 0; i < y.length; i++) {
    const low = from[2 * i] >>> 0;
    const high = isSigned ? from[2 * i + 1] : from[2 * i + 1] >>> 0;
    y[i] = high * 2 ** 32 + low;
    if (Number.isSafeInteger(y[i])) continue;
    throw refuse(i, (BigInt(high) << 32n) | BigInt(low), "integers from -2^53 to 2^53, which float64 holds");
  }
  return y;
}

/** int32 numbers from unsigned ones that fit. */
function fitting(raw: Bytes, refuse: Refusal): Int32Array {
  const y = words(raw);
  for (let i = 0; i < y.length; i++) {
    if (y[i] < 0) throw refuse(i, y[i] >>> 0, "integers up to 2^31 - 1, which int32 holds");
  }
  return y;
}

/** Bools, all of them 0 or 1. */
function truths(raw: Bytes, refuse: Refusal): Uint8Array {
  for (let i = 0; i < raw.length; i++) if (raw[i] > 1) throw refuse(i, raw[i], "0 or 1");
  return raw;
}

/** The element types that become a tensor, under the names that files give them. */
export const fileElements: ReadonlyMap<string, FileElement> = new Map<string, FileElement>([
  ["F64", element(8, (raw) => new Float64Array(raw.buffer, raw.byteOffset, raw.length / 8))],
  ["F32", element(4, (raw) => new Float32Array(raw.buffer, raw.byteOffset, raw.length / 4))],
  ["F16", element(2, fromHalves(bitsOfHalf))],
  [
    "BF16",
    element(
      2,
      fromHalves((half) => half << 16),
    ),
  ],
  ["I64", element(4, (raw, refuse) => narrowed(raw, true, refuse), 8)],
  ["I32", element(4, words)],
  ["I16", element(2, (raw) => new Int32Array(new Int16Array(raw.buffer, raw.byteOffset, raw.length / 2)))],
  ["I8", element(1, (raw) => new Int32Array(new Int8Array(raw.buffer, raw.byteOffset, raw.length)))],
  ["U64", element(4, (raw, refuse) => narrowed(raw, false, refuse), 8)],
  ["U32", element(4, fitting)],
  ["U16", element(2, (raw) => new Int32Array(halves(raw)))],
  ["U8", element(1, (raw) => new Int32Array(raw))],
  ["BOOL", element(1, truths)],
]);

/** The types of safetensors that no tensor holds, and the bits of an element. */
export const otherTypes: ReadonlyMap<string, number> = new Map([
  ["F4", 4],
  ["F6_E2M3", 6],
  ["F6_E3M2", 6],
  ["F8_E5M2", 8],
  ["F8_E4M3", 8],
  ["F8_E8M0", 8],
  ["F8_E4M3FNUZ", 8],
  ["F8_E5M2FNUZ", 8],
  ["C64", 64],
]);

/** The type in which each dtype is written, by descending alignment: the order in which files hold their tensors. */
export const writtenTypes: readonly { readonly dtype: DType; readonly type: string }[] = [
  { dtype: "float64", type: "F64" },
  { dtype: "float32", type: "F32" },
  { dtype: "int32", type: "I32" },
  { dtype: "bool", type: "BOOL" },
];

const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Turns words of `width` bytes between a file's order, little-endian, and the machine's, in place. */
export function swapToMachine(bytes: Uint8Array, width: number, swap: boolean = !isLittleEndian): void {
  if (!swap || width === 1) return;
  for (let at = 0; at < bytes.length; at += width) bytes.subarray(at, at + width).reverse();
}
