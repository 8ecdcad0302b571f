/**
 * Reads the two matrices for all diagnoses: which cells carry information, and whether a corrected gradient fits.
 */
import type { Shape } from "@adjoint/tensor";
import type { Evidence } from "../comparison/evidence.ts";

/** Positions in a matrix of [rows, columns]. */
export interface Cells {
  /** Cells in which the gradient or the derivative is clearly not 0, kinks and undecided ones left out. */
  readonly telling: readonly number[];
  /** Of these, where both differ. */
  readonly wrong: readonly number[];
  /** Of these, where both agree. */
  readonly right: readonly number[];
}

/** The position in a flat list of an index for each axis. */
export function ravel(index: readonly number[], shape: Shape): number {
  return index.reduce((at, i, axis) => at * shape[axis] + i, 0);
}

/** Whether the gradient fits the derivative in a cell. */
export function fits(e: Evidence, cell: number, value = e.analytic[cell]): boolean {
  return Math.abs(value - e.numerical[cell]) <= e.tolerance[cell];
}

/** Whether a cell can be used at all: no kink, and a derivative is known. */
export function isUsable(e: Evidence, cell: number): boolean {
  const verdict = e.verdicts[cell];
  return verdict === "ok" || verdict === "wrong";
}

/** Whether the numerical derivative is clearly not 0. */
export function isNonzero(e: Evidence, cell: number): boolean {
  return Math.abs(e.numerical[cell]) > 10 * e.tolerance[cell];
}

const known = new WeakMap<Evidence, Cells>();

/** Sorts the cells. */
export function cellsOf(e: Evidence): Cells {
  const before = known.get(e);
  if (before !== undefined) return before;
  const telling: number[] = [];
  for (let cell = 0; cell < e.numerical.length; cell++) {
    if (!isUsable(e, cell)) continue;
    if (isNonzero(e, cell) || Math.abs(e.analytic[cell]) > 10 * e.tolerance[cell]) telling.push(cell);
  }
  const cells = {
    telling,
    wrong: telling.filter((cell) => !fits(e, cell)),
    right: telling.filter((cell) => fits(e, cell)),
  };
  known.set(e, cells);
  return cells;
}

/** The bits that it takes to choose `few` out of `all`. */
export function bitsOfChoice(all: number, few: number): number {
  let bits = 0;
  for (let i = 0; i < Math.min(few, all - few); i++) bits += Math.log2((all - i) / (i + 1));
  return bits;
}

/** The number of clearly different numbers: equal ones prove the same thing. */
export function distinct(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.filter((v, i) => i === 0 || Math.abs(v - sorted[i - 1]) > 1e-6 * Math.abs(v)).length;
}

/** Whether each column has one row in which it is not 0, its own: y[i] depends on x[i] alone. */
export function isElementwise(e: Evidence): boolean {
  if (!e.unit || !e.complete || e.rows !== e.columns.length) return false;
  for (let r = 0; r < e.rows; r++) {
    for (let c = 0; c < e.rows; c++) {
      const cell = r * e.rows + c;
      if (
        r !== c &&
        (Math.abs(e.numerical[cell]) > e.tolerance[cell] || Math.abs(e.analytic[cell]) > e.tolerance[cell])
      ) {
        return false;
      }
    }
  }
  return true;
}
