/** The walk of kernels that work along one axis: a lane is the run of elements along it. */
import type { Shape } from "../shape.ts";
import { forEachPlane, mergeAxes } from "./planes.ts";

/**
 * Calls `visit` for runs of lanes along `axis` of operands that agree in all other axes. A run has `count` lanes; lane
 * r of operand k begins at `at[k] + r · steps[k]`.
 */
export function forEachLanes(
  shape: Shape,
  axis: number,
  strides: readonly (readonly number[])[],
  at: number[],
  visit: (count: number, steps: readonly number[]) => void,
): void {
  const walk = mergeAxes(
    shape.toSpliced(axis, 1),
    strides.map((of) => of.toSpliced(axis, 1)),
  );
  const last = walk.shape.length - 1;
  const count = walk.shape[last];
  const steps = walk.strides.map((of) => of[last]);
  forEachPlane(walk, at, () => visit(count, steps), 1);
}
