/** The axes that a caller names, checked against a Variable; errors say whose they should be. */
import { normalizeAxes, normalizeAxis } from "@adjoint/tensor";
import { located } from "../core/leaf.ts";
import type { Variable } from "../core/variable.ts";

/** An axis of x counted from the front. @throws IndexError when x has no such axis */
export function axisOf(op: string, x: Variable, axis: number, argument?: string): number {
  try {
    return normalizeAxis(op, axis, x.shape, argument);
  } catch (error) {
    throw located(error, [x]);
  }
}

/** Axes of x counted from the front, sorted; all when not given. @throws IndexError when one is not there, or twice */
export function axesOf(op: string, x: Variable, axis: number | readonly number[] | undefined): number[] {
  try {
    return normalizeAxes(op, axis, x.shape);
  } catch (error) {
    throw located(error, [x]);
  }
}
