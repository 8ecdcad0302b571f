/**
 * The walk over strided operands: axes are merged where memory allows, the last two become one plane (a loop in a
 * loop, written out by each kernel), and only what is left is counted here.
 */
import type { Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";

/** A walk: two axes at least, the last two being the plane; one list of strides for each operand. */
export interface Walk {
  readonly shape: readonly number[];
  readonly strides: readonly (readonly number[])[];
}

/**
 * Drops axes of length 1, and joins neighbouring axes that every operand reads as one, then adds leading axes of
 * length 1 until there are two.
 */
export function mergeAxes(shape: Shape, operands: readonly (readonly number[])[]): Walk {
  const lengths: number[] = [];
  const strides: number[][] = operands.map(() => []);
  for (let axis = 0; axis < shape.length; axis++) {
    const length = shape[axis];
    if (length === 1) continue;
    const last = lengths.length - 1;
    let joins = last >= 0;
    for (let k = 0; joins && k < operands.length; k++) joins = strides[k][last] === operands[k][axis] * length;
    if (joins) {
      lengths[last] *= length;
      for (let k = 0; k < operands.length; k++) strides[k][last] = operands[k][axis];
    } else {
      lengths.push(length);
      for (let k = 0; k < operands.length; k++) strides[k].push(operands[k][axis]);
    }
  }
  while (lengths.length < 2) {
    lengths.unshift(1);
    for (const list of strides) list.unshift(0);
  }
  return { shape: lengths, strides };
}

/**
 * Calls `visit` for every plane of a walk; `at[k]` is operand k's position in its data then.
 *
 * @param planeAxes  number of last axes that `visit` walks by itself
 */
export function forEachPlane(
  { shape, strides }: Walk,
  at: number[],
  visit: (plane: number) => void,
  planeAxes = 2,
): void {
  const outer = shape.length - planeAxes;
  let planes = 1;
  for (let axis = 0; axis < outer; axis++) planes *= shape[axis];
  const index = new Array<number>(outer).fill(0);
  for (let plane = 0; plane < planes; plane++) {
    visit(plane);
    for (let axis = outer - 1; axis >= 0; axis--) {
      for (let k = 0; k < at.length; k++) at[k] += strides[k][axis];
      if (++index[axis] < shape[axis]) break;
      for (let k = 0; k < at.length; k++) at[k] -= strides[k][axis] * shape[axis];
      index[axis] = 0;
    }
  }
}

/**
 * Calls `visit` for every plane, of m × n, of operands of one shape: `rows[k]` and `steps[k]` are operand k's strides in
 * it, `at[k]` its position.
 */
export function forEachMergedPlane(
  shape: Shape,
  operands: readonly (readonly number[])[],
  at: number[],
  visit: (m: number, n: number, rows: readonly number[], steps: readonly number[], plane: number) => void,
): void {
  const walk = mergeAxes(shape, operands);
  const last = walk.shape.length - 1;
  const rows = walk.strides.map((of) => of[last - 1]);
  const steps = walk.strides.map((of) => of[last]);
  forEachPlane(walk, at, (plane) => visit(walk.shape[last - 1], walk.shape[last], rows, steps, plane));
}

/**
 * Whether the elements of `x` fill a stretch of memory without gaps, in some order of axes: a transposed tensor does,
 * a repeated, sliced or flipped one does not. An elementwise result can then lie in memory as `x` does.
 */
export function isDense(x: Tensor): boolean {
  const { shape, strides } = x;
  let expected = 1;
  let left = 0;
  for (let i = 0; i < shape.length; i++) if (shape[i] !== 1) left++;
  for (; left > 0; left--) {
    let found = 0;
    for (let i = 0; i < shape.length; i++) if (shape[i] !== 1 && strides[i] === expected) found = shape[i];
    if (found === 0) return false;
    expected *= found;
  }
  return true;
}

/** Whether every stride is 0: one element, repeated. */
export function isSingle({ strides }: Tensor): boolean {
  for (let i = 0; i < strides.length; i++) if (strides[i] !== 0) return false;
  return true;
}

/** Whether two tensors of one shape lie in memory alike (axes of length 1 aside). */
export function sameLayout(a: Tensor, b: Tensor): boolean {
  for (let i = 0; i < a.ndim; i++) if (a.shape[i] !== 1 && a.strides[i] !== b.strides[i]) return false;
  return true;
}
