/** The walk of kernels that work along one axis: a lane is the run of elements along it. */
import type { Shape } from "../shape.ts";

/**
 * Calls `visit` for every lane along `axis` of operands that agree in all other axes; `at[k]` is the position of the
 * first element of operand k's lane.
 */
export function forEachLane(
  shape: Shape,
  axis: number,
  strides: readonly (readonly number[])[],
  at: number[],
  visit: () => void,
): void {
  const others = shape.map((_, i) => i).filter((i) => i !== axis);
  let lanes = 1;
  for (const i of others) lanes *= shape[i];
  const index = new Array<number>(others.length).fill(0);
  for (let lane = 0; lane < lanes; lane++) {
    visit();
    for (let j = others.length - 1; j >= 0; j--) {
      const i = others[j];
      for (let k = 0; k < at.length; k++) at[k] += strides[k][i];
      if (++index[j] < shape[i]) break;
      for (let k = 0; k < at.length; k++) at[k] -= strides[k][i] * shape[i];
      index[j] = 0;
    }
  }
}
