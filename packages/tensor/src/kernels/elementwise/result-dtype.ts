/** The dtypes of elementwise results. */
import { type DType, isFloat } from "../../dtype.ts";

/**
 * How the dtype of a result follows from that of the operands: `same`; `counted`, the same but int32 for truth values;
 * `real`, a float dtype stays and others become float64; or `bool`.
 */
export type DTypeRule = "same" | "counted" | "real" | "bool";

/** The dtype that a rule makes of the operands' common one. */
export function resultDType(rule: DTypeRule, dtype: DType): DType {
  if (rule === "real") return isFloat(dtype) ? dtype : "float64";
  if (rule === "counted") return dtype === "bool" ? "int32" : dtype;
  return rule === "same" ? dtype : rule;
}
