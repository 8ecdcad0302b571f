/**
 * Elements that several results read: their gradient is the sum over all of them, and not one of its terms.
 */
import { unravel } from "@adjoint/tensor";
import { fits, isNonzero, isUsable } from "../pattern.ts";
import type { Case, Mistake } from "../score.ts";

/** One column of the Jacobian: the results that depend on an entry, and those whose part arrived. */
interface Column {
  readonly readers: readonly number[];
  readonly kept: readonly number[];
}

/** The gradient is not summed over a repeated axis, or overlaps overwrite each other instead of adding up. */
export function* partsMissing({ e }: Case): Iterable<Mistake> {
  const { outputShape } = e;
  if (outputShape === null || e.rows < 2) return;
  const { length } = e.columns;
  const wrong: Column[] = [];
  let right = 0;
  for (let c = 0; c < length; c++) {
    const cells = Array.from({ length: e.rows }, (_, r) => r * length + c);
    if (!cells.every((cell) => isUsable(e, cell))) return;
    const readers = cells.flatMap((cell, r) => (isNonzero(e, cell) ? [r] : []));
    if (cells.every((cell) => fits(e, cell))) {
      if (readers.length > 0) right++;
      continue;
    }
    const parts = cells.every((cell) => fits(e, cell) || Math.abs(e.analytic[cell]) <= e.tolerance[cell]);
    if (readers.length < 2 || !parts) return;
    wrong.push({ readers, kept: readers.filter((r) => fits(e, cells[r])) });
  }
  if (wrong.length === 0 || wrong.every(({ kept }) => kept.length === 0)) return;
  if (right === 0 && e.rows === length && wrong.every(({ kept }, c) => kept.length === 1 && kept[0] === c)) {
    yield {
      kind: "detached",
      words: () =>
        "Only the diagonal of the Jacobian arrives, as if each result depended on its own entry alone: the rule treats the sum (or maximum, or norm) over the others as a constant.",
    };
    return;
  }
  const axis = unsummedAxis(wrong, outputShape, right, e.rowPositions);
  if (axis !== null) {
    yield {
      kind: "missing-sum",
      axis: axis.axis,
      words: () =>
        `Only index ${axis.index} along axis ${axis.axis} of the result reaches the gradient: the input is repeated along that axis, ` +
        "so its gradient is the sum over it (repeat's adjoint is sum).",
    };
  }
  yield {
    kind: "overlap",
    // Which of the contributions stays may follow no order; along one axis alone it would not be.
    bits: axis === null ? 0 : 6,
    words: () =>
      "Entries that several results read (overlapping windows, repeated indices) receive only a part of their gradient" +
      `${right > 0 ? ", those that are read once are right" : ""}: contributions overwrite each other instead of adding up. Use scatterAdd or col2im, or += in the kernel.`,
  };
}

/** The axis of the result of which only one index reaches the gradient, the same for all entries. */
function unsummedAxis(
  wrong: readonly Column[],
  shape: readonly number[],
  right: number,
  rowPositions: readonly number[] | undefined,
) {
  for (let axis = 0; axis < shape.length; axis++) {
    if (shape[axis] < 2) continue;
    const along = (r: number): number => unravel(rowPositions?.[r] ?? r, shape)[axis];
    const first = wrong[0].kept.length === 0 ? -1 : along(wrong[0].kept[0]);
    if (first < 0) return null;
    const whole = wrong.every(({ readers, kept }) => {
      if (kept.length === 0 || kept.some((r) => along(r) !== first)) return false;
      const reached = new Set(readers.map(along));
      return reached.size === shape[axis];
    });
    // Repeated along an axis, every entry is; where some are read once, indices are behind it.
    if (whole && right === 0) return { axis, index: first };
  }
  return null;
}
