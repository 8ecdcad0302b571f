/** The four element types and their promotion (NumPy's rules for these four; a plain number never widens a float). */
import { DTypeError, ShapeError } from "./errors.ts";

/** The element types of a {@link Tensor}. `float32` is the default; `bool` is stored as one byte, 0 or 1. */
export type DType = "float32" | "float64" | "int32" | "bool";

/** The typed array that stores each dtype. */
export interface DataTypes {
  float32: Float32Array;
  float64: Float64Array;
  int32: Int32Array;
  bool: Uint8Array;
}

/** The typed array of dtype `D`. */
export type DataOf<D extends DType> = DataTypes[D];

/** Any of the typed arrays that can store elements. */
export type TypedArray = DataTypes[DType];

/** Typed arrays of integers besides those of dtypes, such as the pixels of a canvas: read as int32. */
export type IntegerArray = Int8Array | Uint8ClampedArray | Int16Array | Uint16Array | Uint32Array;

/** The dtypes, in order of promotion. */
export const dtypes: readonly DType[] = ["bool", "int32", "float32", "float64"];

/** Whether `value` names a dtype. */
export function isDType(value: unknown): value is DType {
  return value === "float32" || value === "float64" || value === "int32" || value === "bool";
}

/** Throws a {@link DTypeError} that lists the dtypes unless `value` is one. */
export function checkDType(op: string, value: unknown): asserts value is DType {
  if (!isDType(value)) throw DTypeError.of(op, "dtype", value, '"float32", "float64", "int32" or "bool"');
}

/** Whether a dtype is `float32` or `float64`, the only ones that carry gradients. */
export function isFloat(dtype: DType): dtype is "float32" | "float64" {
  return dtype === "float32" || dtype === "float64";
}

/** Storage for `size` elements, all zero. @throws ShapeError, named by `op`, for more than there is memory for */
export function allocate<D extends DType>(dtype: D, size: number, op = "memory"): DataOf<D> {
  try {
    switch (dtype as DType) {
      case "float32":
        return new Float32Array(size) as DataOf<D>;
      case "float64":
        return new Float64Array(size) as DataOf<D>;
      case "int32":
        return new Int32Array(size) as DataOf<D>;
      case "bool":
        return new Uint8Array(size) as DataOf<D>;
    }
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new ShapeError(
      {
        op,
        problem: `there is no room for ${size.toLocaleString("en-US")} numbers of ${dtype}`,
        expected: "numbers that fit into memory",
        received: String(size),
        hint: "Compute fewer samples at a time, or smaller ones.",
      },
      { cause },
    );
  }
}

/** The dtype whose storage `data` is. */
export function dtypeOf(data: TypedArray): DType {
  if (data instanceof Float32Array) return "float32";
  if (data instanceof Float64Array) return "float64";
  if (data instanceof Int32Array) return "int32";
  return "bool";
}

/**
 * The dtype of an operation on two tensors, as NumPy's: bool < int32 < float32 < float64, except that int32 with
 * float32 gives float64 (float32 cannot hold every int32).
 */
export function promote(a: DType, b: DType): DType {
  if (a === b) return a;
  if (a === "float64" || b === "float64") return "float64";
  if (a === "bool") return b;
  if (b === "bool") return a;
  return "float64"; // one is int32, the other float32
}

/**
 * The dtype of an operation on a tensor and a plain number, `value`: a float tensor keeps its dtype; an int32 or bool
 * tensor becomes float64 for a number that is not an integer, and a bool one int32 for one that is.
 */
export function promoteNumber(dtype: DType, value: number): DType {
  if (isFloat(dtype)) return dtype;
  return Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? "int32" : "float64";
}
