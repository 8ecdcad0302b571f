/** What may be an element of a leaf. */
import type { DType } from "@adjoint/tensor";

/** A text as an element of a leaf of this dtype; null when it is none, or does not fit. */
export function accepted(text: string, dtype: DType): number | null {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) return null;
  if (dtype === "bool") return value === 0 || value === 1 ? value : null;
  if (dtype === "int32") return (value | 0) === value ? value : null;
  return dtype === "float32" && !Number.isFinite(Math.fround(value)) ? null : value;
}
