/**
 * Truth values: connectives, questions about numbers, and whether any or all of an axis hold. None has a derivative.
 */
import { asVariable } from "../core/leaf.ts";
import type { Variable, VariableLike } from "../core/variable.ts";
import { type ReduceOptions, reduceAxes } from "./axes.ts";
import { cast } from "./cast-detach.ts";
import { eq, lt, ne } from "./comparison.ts";
import { abs } from "./elementary.ts";
import { maximum, minimum } from "./max.ts";
import { sum } from "./repeat-sum.ts";

/** Whether x is not 0: bool. */
function truth(op: string, x: VariableLike): Variable {
  const input = asVariable(op, x);
  return input.dtype === "bool" ? input : ne(input, 0);
}

/** Whether a and b both hold (are not 0), elementwise with broadcasting: bool. */
export function logicalAnd(a: VariableLike, b: VariableLike): Variable {
  return minimum(truth("logicalAnd", a), truth("logicalAnd", b));
}

/** Whether a or b holds (is not 0), elementwise with broadcasting: bool. */
export function logicalOr(a: VariableLike, b: VariableLike): Variable {
  return maximum(truth("logicalOr", a), truth("logicalOr", b));
}

/** Whether x does not hold (is 0), elementwise: bool. NaN holds. */
export function logicalNot(x: VariableLike): Variable {
  return eq(asVariable("logicalNot", x), 0);
}

/** Whether x is NaN, elementwise: bool. Integers never are. */
export function isnan(x: VariableLike): Variable {
  const input = asVariable("isnan", x);
  return ne(input, input);
}

/** Whether x is a finite number, neither NaN nor infinite: bool. */
export function isfinite(x: VariableLike): Variable {
  return lt(abs(asVariable("isfinite", x)), Number.POSITIVE_INFINITY);
}

/** How many elements along the axes hold. */
function counted(op: string, x: Variable, options: ReduceOptions): Variable {
  const { axes, keepDims } = reduceAxes(op, x, options);
  return sum(cast(x, "int32"), { axis: axes, keepDims });
}

/** Whether any element along `axis` (of all when not given) holds: bool; false of nothing. */
export function any(x: VariableLike, options: ReduceOptions = {}): Variable {
  return ne(counted("any", truth("any", x), options), 0);
}

/** Whether all elements along `axis` (of all when not given) hold: bool; true of nothing. */
export function all(x: VariableLike, options: ReduceOptions = {}): Variable {
  return eq(counted("all", logicalNot(asVariable("all", x)), options), 0);
}

export default { logicalAnd, logicalOr, logicalNot, isnan, isfinite, any, all };
