/** Tensors in JSON, exact to the last bit: short ones as numbers, others as the bytes of their elements in base64. */
import { allocate, type DType, formatShape, kernels, type Shape, sizeOf, Tensor } from "@adjoint/tensor";
import { shown } from "./shown.ts";

/**
 * The elements in row-major order: up to 16 finite numbers (bool as 0 and 1), or base64 of their little-endian bytes
 * (one byte for bool, four for int32 and float32, eight for float64).
 */
export type TensorJSON = readonly number[] | string;

/** Longest tensor that is written as numbers. */
const short = 16;

const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Little-endian bytes from the machine's own, or back. In place. */
function swapped(bytes: Uint8Array, size: number): Uint8Array {
  if (!isLittleEndian) for (let i = 0; i < bytes.length; i += size) bytes.subarray(i, i + size).reverse();
  return bytes;
}

/** A tensor for a file. */
export function tensorToJSON(x: Tensor): TensorJSON {
  const { data } = kernels.copy(x);
  if (x.size <= short) {
    const numbers = Array.from<number>(data);
    if (numbers.every((n) => Number.isFinite(n) && !Object.is(n, -0))) return numbers;
  }
  const bytes = swapped(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), data.BYTES_PER_ELEMENT);
  let text = "";
  // In parts: a call takes only so many arguments.
  for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(text);
}

/** What is wrong with a value, or the tensor that it stands for. */
export function tensorFromJSON(value: unknown, shape: Shape, dtype: DType): Tensor | { readonly problem: string } {
  const size = sizeOf(shape);
  if (Array.isArray(value)) {
    if (value.length !== size) {
      return { problem: `has ${value.length} numbers; shape ${formatShape(shape)} has ${size}` };
    }
    const data = allocate(dtype, size);
    for (let i = 0; i < size; i++) {
      const n: unknown = value[i];
      if (typeof n !== "number" || !isHeld(n, dtype)) {
        return { problem: `has ${shown(n)} at [${i}], which is no ${dtype}` };
      }
      data[i] = n;
    }
    return new Tensor(data, shape);
  }
  if (typeof value !== "string") return { problem: "is neither a list of numbers nor base64 text" };
  const length = size * allocate(dtype, 0).BYTES_PER_ELEMENT;
  const text = decoded(value);
  if (text === null) return { problem: "is not base64" };
  if (text.length !== length) {
    return { problem: `has ${text.length} bytes; ${dtype} ${formatShape(shape)} has ${length}` };
  }
  const data = allocate(dtype, size);
  const bytes = new Uint8Array(data.buffer);
  for (let i = 0; i < length; i++) bytes[i] = text.charCodeAt(i);
  swapped(bytes, data.BYTES_PER_ELEMENT);
  if (dtype === "bool" && bytes.some((byte) => byte > 1)) return { problem: "has a byte that is no bool, 0 or 1" };
  return new Tensor(data, shape);
}

/** Whether a dtype can hold a number, rounded where it is float. */
function isHeld(n: number, dtype: DType): boolean {
  if (dtype === "bool") return n === 0 || n === 1;
  if (dtype === "int32") return (n | 0) === n;
  return Number.isFinite(dtype === "float32" ? Math.fround(n) : n);
}

function decoded(base64: string): string | null {
  if (base64.length % 4 !== 0 || /[^A-Za-z0-9+/=]/.test(base64)) return null;
  try {
    return atob(base64);
  } catch {
    return null;
  }
}
