/** What ONNX calls the types of elements, and how their numbers are laid out in a file. */
import type { DType } from "@adjoint/tensor";

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
  if (type === "bool") return Uint8Array.from(values);
  if (littleEndian && type === "float32") return new Uint8Array(Float32Array.from(values).buffer);
  const view = new DataView(new ArrayBuffer(values.length * (type === "float32" || type === "int32" ? 4 : 8)));
  for (let i = 0; i < values.length; i++) {
    if (type === "float32") view.setFloat32(4 * i, values[i], true);
    else if (type === "int32") view.setInt32(4 * i, values[i], true);
    else if (type === "float64") view.setFloat64(8 * i, values[i], true);
    else view.setBigInt64(8 * i, BigInt(values[i]), true);
  }
  return new Uint8Array(view.buffer);
}

/** Whether numbers lie in memory as they do in files. */
const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
