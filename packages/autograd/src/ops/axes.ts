/** The axes that a caller names, checked against a Variable; errors say whose they should be. */
import { checkOptions, normalizeAxes, normalizeAxis, promote } from "@adjoint/tensor";
import { asVariable, locating } from "../core/leaf.ts";
import type { BatchContext, Variable, VariableLike } from "../core/variable.ts";

/** The attributes of ops along one axis. */
export interface AxisAttribute {
  readonly axis: number;
}

/** The attributes of reductions over several axes. */
export interface SumAttributes {
  readonly axes: readonly number[];
  readonly keepDims: boolean;
}

/** An axis of x counted from the front. @throws IndexError when x has no such axis */
export function axisOf(op: string, x: Variable, axis: number, argument?: string): number {
  return locating([x], () => normalizeAxis(op, axis, x.shape, argument));
}

/** What ops along one axis take: x as a Variable, and the axis, counted from the front. */
export function alongAxis(
  op: string,
  x: VariableLike,
  options: { readonly axis?: number },
  axis: 0 | -1,
  known: readonly string[] = ["axis"],
): { input: Variable; axis: number } {
  checkOptions(op, options, known);
  const input = asVariable(op, x);
  return { input, axis: axisOf(op, input, options.axis ?? axis) };
}

/** Axes of x counted from the front, sorted; all when not given. @throws IndexError when one is not there, or twice */
export function axesOf(op: string, x: Variable, axis: number | readonly number[] | undefined): number[] {
  return locating([x], () => normalizeAxes(op, axis, x.shape));
}

/** Options of the ops that reduce axes. */
export interface ReduceOptions {
  /** The axis or axes to reduce, negative from the end. Default: all. */
  readonly axis?: number | readonly number[];
  /** Whether reduced axes stay with length 1. Default false. */
  readonly keepDims?: boolean;
}

/** The axes of a reduction, checked and counted from the front. */
export function reduceAxes(op: string, x: Variable, options: ReduceOptions): { axes: number[]; keepDims: boolean } {
  checkOptions(op, options, ["axis", "keepDims"]);
  return { axes: axesOf(op, x, options.axis), keepDims: options.keepDims ?? false };
}

/** The number of elements of x along `axes`: the product of their lengths. */
export function countAlong(x: Variable, axes: readonly number[]): number {
  return axes.reduce((n, a) => n * x.shape[a], 1);
}

/** The dtype of a mean or other average: that of x when it is real, float64 for int32, float32 for bool. */
export function averageDType(x: Variable): "float32" | "float64" {
  return promote(x.dtype, "float32") as "float32" | "float64";
}

/** The batch rule of ops along one axis: all elements of the batch at once, along the axis behind the batch axis. */
export function batchAlongAxis<A extends AxisAttribute>({ spread, attributes, apply }: BatchContext<A>): Variable {
  return apply(spread(), { ...attributes, axis: attributes.axis + 1 });
}

/** The batch rule of ops along several axes, likewise. */
export function batchAlongAxes<A extends Pick<SumAttributes, "axes">>(context: BatchContext<A>): Variable {
  const { spread, attributes, apply } = context;
  return apply(spread(), { ...attributes, axes: attributes.axes.map((axis) => axis + 1) });
}
