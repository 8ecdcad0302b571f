/** The element types of ONNX, and their dtypes: half precision is widened, integers become int32 and must fit it. */
import type { DType } from "@adjoint/tensor";
import { type OnnxSource, refused } from "./source.ts";

/** One element type that tensors have. */
export interface ElementType {
  readonly name: string;
  /** `"real"`: float32, or float64 where all real numbers are read as such. */
  readonly dtype: "real" | "float64" | "int32" | "bool";
  /** Its name among those of safetensors, whose elements lie in files the same way. */
  readonly stored: string;
  readonly bytes: number;
  /** The field of elements that are not stored as raw bytes. */
  readonly field: "float_data" | "double_data" | "int32_data" | "int64_data" | "uint64_data";
}

const type = (
  name: string,
  dtype: ElementType["dtype"],
  stored: string,
  bytes: number,
  field: ElementType["field"] = "int32_data",
): ElementType => ({ name, dtype, stored, bytes, field });

/** By the number that files give them. Source: onnx.proto, TensorProto.DataType. */
const elementTypes: ReadonlyMap<number, ElementType> = new Map([
  [1, type("FLOAT", "real", "F32", 4, "float_data")],
  [2, type("UINT8", "int32", "U8", 1)],
  [3, type("INT8", "int32", "I8", 1)],
  [4, type("UINT16", "int32", "U16", 2)],
  [5, type("INT16", "int32", "I16", 2)],
  [6, type("INT32", "int32", "I32", 4)],
  [7, type("INT64", "int32", "I64", 8, "int64_data")],
  [9, type("BOOL", "bool", "BOOL", 1)],
  [10, type("FLOAT16", "real", "F16", 2)],
  [11, type("DOUBLE", "float64", "F64", 8, "double_data")],
  [12, type("UINT32", "int32", "U32", 4, "uint64_data")],
  [13, type("UINT64", "int32", "U64", 8, "uint64_data")],
  [16, type("BFLOAT16", "real", "BF16", 2)],
]);

/** What fits an integer of fewer than 32 bits, or the bits of half precision; null for other types. */
export function rangeOf({ name, bytes }: ElementType): readonly [least: number, most: number] | null {
  if (bytes > 2 || name === "BOOL") return null;
  const size = 2 ** (8 * bytes);
  return name.startsWith("INT") ? [-size / 2, size / 2 - 1] : [0, size - 1];
}

/** The names of the types that no tensor here has. */
const otherTypes: Readonly<Record<number, string>> = {
  0: "UNDEFINED",
  8: "STRING",
  14: "COMPLEX64",
  15: "COMPLEX128",
  17: "FLOAT8E4M3FN",
  18: "FLOAT8E4M3FNUZ",
  19: "FLOAT8E5M2",
  20: "FLOAT8E5M2FNUZ",
  21: "UINT4",
  22: "INT4",
  23: "FLOAT4E2M1",
  24: "FLOAT8E8M0",
  25: "UINT2",
  26: "INT2",
};

/** The element type of a number in the file. @throws DataError naming the type and what has it, where no tensor has it */
export function elementTypeOf(source: OnnxSource, code: number, what: string): ElementType {
  const found = elementTypes.get(code);
  if (found !== undefined) return found;
  const names = [...elementTypes.values()].map(({ name }) => name).join(", ");
  throw refused(source, `has ${what} of element type ${otherTypes[code] ?? code}`, {
    expected: `one of ${names}`,
    received: otherTypes[code] ?? String(code),
    hint: `Tensors can be of ${names}.`,
  });
}

/** The dtype that an element type becomes. */
export function dtypeOf({ real }: Pick<OnnxSource, "real">, { dtype }: ElementType): DType {
  return dtype === "real" ? real : dtype;
}
