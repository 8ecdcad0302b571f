/** What ONNX calls the types of elements, and how their numbers are laid out in a file. */
import { swapToMachine } from "@adjoint/data/internal";
import { allocate, type DType } from "@adjoint/tensor";

/** The type of a value's elements: a dtype of ours, or one that ONNX needs beside them for shapes and random bits. */
export type ElementType = DType | "int64" | "uint64";

/** The numbers of types in files. Source: onnx.proto, TensorProto.DataType. */
export const typeNumbers: Readonly<Record<ElementType, number>> = {
  float32: 1,
  int32: 6,
  int64: 7,
  bool: 9,
  float64: 11,
  uint64: 13,
};

/** Numbers as the bytes of a tensor, little-endian; truth values take a byte each. */
export function bytesOf(values: ArrayLike<number>, type: ElementType): Uint8Array {
  const isWide = type === "int64" || type === "uint64";
  const data = isWide ? BigInt64Array.from(Array.from(values, BigInt)) : allocate(type, values.length);
  if (!(data instanceof BigInt64Array)) data.set(values);
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  swapToMachine(bytes, data.BYTES_PER_ELEMENT);
  return bytes;
}
