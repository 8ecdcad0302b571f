/** Types of elements and attributes as ONNX files have them: their numbers, and how values are laid out. */
import { swapToMachine } from "@adjoint/data/internal";
import { allocate, type DType } from "@adjoint/tensor";
import type { Draft } from "../messages/schema.ts";

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

/** The attributes of a node by name. */
export type Attributes = Readonly<Record<string, number | string | readonly number[]>>;

/** The attributes that are real numbers; other numbers are integers. */
const real: ReadonlySet<string> = new Set(["alpha", "beta", "epsilon", "momentum"]);

/** The numbers of kinds of attributes. Source: onnx.proto, AttributeProto.AttributeType. */
const attributeKinds = { float: 1, int: 2, string: 3, ints: 7 } as const;

const utf8 = new TextEncoder();

/** The messages of attributes. */
export function attributesOf(attributes: Attributes): Draft<"Attribute">[] {
  return Object.entries(attributes).map(([name, value]) => {
    if (typeof value === "string") return { name, s: utf8.encode(value), type: attributeKinds.string };
    if (typeof value !== "number") return { name, ints: value, type: attributeKinds.ints };
    return real.has(name)
      ? { name, f: value, type: attributeKinds.float }
      : { name, i: value, type: attributeKinds.int };
  });
}
