/**
 * Values treated as constants: everything, a factor, or a term that goes through a reduction.
 */
import type { Evidence } from "../../comparison/evidence.ts";
import { cellsOf, distinct, isElementwise, isNonzero } from "../pattern.ts";
import { type Case, type Mistake, real } from "../score.ts";

/** Rows and columns of a Jacobian up to which its rank is computed. */
export const largestRank = 96;

/** Whether the gradient is 0 at every entry that shows anything. */
export function isSilent(e: Evidence): boolean {
  return cellsOf(e).telling.every((cell) => Math.abs(e.analytic[cell]) <= e.tolerance[cell]);
}

/** No gradient at all. */
export function* nothingArrives({ e, setting, comparison: { j } }: Case): Iterable<Mistake> {
  if (!isSilent(e)) return;
  const arrived = setting.gradients.some((row) => row[j] !== null);
  yield {
    kind: "detached",
    words: () =>
      arrived
        ? "The gradient is 0 everywhere, but the derivative is not: the rule multiplies by 0, or a value was detached."
        : "No gradient arrives, but the derivative is not 0: the rule is null, or a value was detached (detach, constant, .value, noGrad) on the way.",
  };
}

/** A part is missing: y = x · g(x) with g held constant has the gradient y / x; or it went through a reduction. */
export function* partDetached({ e }: Case): Iterable<Mistake> {
  const { telling } = cellsOf(e);
  const { y } = e;
  const { length } = e.columns;
  if (isElementwise(e)) {
    const isQuotient = (cell: number): boolean => {
      const c = cell % length;
      return y !== null && Math.abs(e.analytic[cell] * e.x[c] - y[c]) <= 1e-6 * Math.abs(y[c]);
    };
    if (distinct(telling.map((cell) => e.analytic[cell])) < 2 || !telling.every(isQuotient)) return;
    yield {
      kind: "detached",
      bits: 6,
      words: () =>
        "The gradient is y / x, as if y were x times a constant: the other factor depends on x too, and its term of the product rule is missing.",
    };
    return;
  }
  const missing = meanDetached(e) ?? reductionDetached(e);
  if (missing !== null) yield { kind: "detached", ...missing };
}

/** Gradient minus derivative is the same for all entries that a result reads: the part of a mean is missing. */
function meanDetached(e: Evidence): Pick<Mistake, "bits" | "words"> | null {
  if (!e.complete) return null;
  const { length } = e.columns;
  const { telling } = cellsOf(e);
  const apart = (cell: number): number => e.analytic[cell] - e.numerical[cell];
  const amounts: number[] = [];
  for (let r = 0; r < e.rows; r++) {
    const cells = telling.filter((cell) => Math.floor(cell / length) === r);
    if (cells.length === 0) continue;
    const steady = cells.every((cell) => Math.abs(apart(cell) - apart(cells[0])) <= 2 * e.tolerance[cell]);
    if (!steady || cells.length < 3 || distinct(cells.map((cell) => e.numerical[cell])) < 3) return null;
    if (Math.abs(apart(cells[0])) > 10 * e.tolerance[cells[0]]) amounts.push(apart(cells[0]));
  }
  if (amounts.length === 0) return null;
  return {
    bits: real * distinct(amounts),
    words: () =>
      "Gradient and derivative differ by the same amount for all entries that a result reads: the rule treats their mean (or sum) as a constant. Subtract the mean of the gradient, too.",
  };
}

/** Gradient minus derivative has a low rank: the missing part went through a sum, a mean or a norm. */
function reductionDetached(e: Evidence): Pick<Mistake, "bits" | "words"> | null {
  const { length } = e.columns;
  const [least, most] = [Math.min(e.rows, length), Math.max(e.rows, length)];
  if (!e.unit || !e.complete || least < 3 || most > largestRank) return null;
  const { wrong, telling } = cellsOf(e);
  // A term that is missing adds to the derivative; gradients where there is none, but by chance, are misplaced.
  if (20 * telling.filter((cell) => !isNonzero(e, cell)).length > telling.length) return null;
  const rankOf = (value: (cell: number) => number): number =>
    rank(
      Array.from({ length: e.rows }, (_, r) => Array.from({ length }, (_, c) => value(r * length + c))),
      // Differences below the precision of the derivatives count as 0.
      4 * e.tolerance.reduce((largest, t) => Math.max(largest, t), 0),
    );
  const missing = rankOf((cell) => e.analytic[cell] - e.numerical[cell]);
  if (missing === 0 || 2 * missing > least + 1 || rankOf((cell) => e.analytic[cell]) <= missing) return null;
  // A few wrong columns, or rows, have no higher rank anyway.
  const lines = [(cell: number) => cell % length, (cell: number) => Math.floor(cell / length)];
  if (lines.some((line) => new Set(wrong.map(line)).size <= missing)) return null;
  return {
    // The term is the function's own: only how many there are is to be written, in each block of the Jacobian.
    bits: (real * missing * wrong.length) / (e.rows * length),
    words: () =>
      `The missing part of the gradient has rank ${missing} of ${least}: the rule treats a term that goes through a reduction ` +
      "(a sum, mean, maximum, variance or norm) as a constant. Differentiate it too.",
  };
}

/** The rank of a matrix, by elimination with complete pivoting. */
function rank(matrix: number[][], noise: number): number {
  const rows = matrix.map((row) => [...row]);
  const largest = rows.flat().reduce((m, v) => Math.max(m, Math.abs(v)), 0);
  let found = 0;
  while (found < rows.length) {
    let [pivotRow, pivotColumn, pivot] = [-1, -1, Math.max(noise, 1e-6 * largest)];
    for (let r = found; r < rows.length; r++) {
      for (let c = 0; c < rows[r].length; c++) {
        if (Math.abs(rows[r][c]) > pivot) [pivotRow, pivotColumn, pivot] = [r, c, Math.abs(rows[r][c])];
      }
    }
    if (pivotRow < 0) return found;
    [rows[found], rows[pivotRow]] = [rows[pivotRow], rows[found]];
    for (let r = found + 1; r < rows.length; r++) {
      const share = rows[r][pivotColumn] / rows[found][pivotColumn];
      for (let c = 0; c < rows[r].length; c++) rows[r][c] -= share * rows[found][c];
    }
    found++;
  }
  return found;
}
