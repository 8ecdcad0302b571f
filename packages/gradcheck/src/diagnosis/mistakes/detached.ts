/**
 * What was treated as a constant: everything, a factor, or a term that goes through a reduction.
 */
import type { Evidence } from "../../comparison/evidence.ts";
import type { Diagnosis } from "../../report/report.ts";
import { cellsOf, distinct, isElementwise, isNonzero, weighed } from "../pattern.ts";

/** Rows and columns of a Jacobian up to which its rank is computed. */
export const largestRank = 96;

/** Whether the gradient is 0 wherever anything can be told. */
export function isSilent(e: Evidence): boolean {
  return cellsOf(e).telling.every((cell) => Math.abs(e.analytic[cell]) <= e.tolerance[cell]);
}

/** No gradient at all, or a part of it is missing. */
export function detachedParts(e: Evidence, arrived: boolean): Diagnosis[] {
  const { telling, wrong } = cellsOf(e);
  if (wrong.length === 0) return [];
  if (isSilent(e)) {
    return [
      {
        kind: "detached",
        certainty: weighed(0.95, Math.max(2, telling.length)),
        text: arrived
          ? "The gradient is 0 everywhere, the derivative is not: the rule multiplies by 0, or a value was detached."
          : "No gradient arrives, the derivative is not 0: the rule is null, or a value was detached (detach, constant, .value, noGrad) on the way.",
      },
    ];
  }
  const mean = meanDetached(e);
  return [...factorDetached(e), ...(mean.length > 0 ? mean : reductionDetached(e))];
}

/** y = x · g(x) with g held constant has the gradient y / x. */
function factorDetached(e: Evidence): Diagnosis[] {
  const { y } = e;
  if (!isElementwise(e) || y === null) return [];
  const { telling } = cellsOf(e);
  if (telling.length < 2 || distinct(telling.map((cell) => e.analytic[cell])) < 2) return [];
  const fitsFactor = telling.every((cell) => {
    const c = cell % e.columns.length;
    return Math.abs(e.analytic[cell] * e.x[c] - y[c]) <= 1e-6 * Math.abs(y[c]);
  });
  if (!fitsFactor) return [];
  return [
    {
      kind: "detached",
      certainty: weighed(0.85, telling.length),
      text: "The gradient is y / x, as if y were x times a constant: the other factor depends on x too, and its term of the product rule is missing.",
    },
  ];
}

/** Gradient minus derivative is the same for all entries that a result reads: what a mean contributes is missing. */
function meanDetached(e: Evidence): Diagnosis[] {
  if (!e.complete || isElementwise(e)) return [];
  const { length } = e.columns;
  const { telling } = cellsOf(e);
  let count = 0;
  for (let r = 0; r < e.rows; r++) {
    const cells = telling.filter((cell) => Math.floor(cell / length) === r);
    if (cells.length === 0) continue;
    const apart = (cell: number): number => e.analytic[cell] - e.numerical[cell];
    const steady = cells.every((cell) => Math.abs(apart(cell) - apart(cells[0])) <= 2 * e.tolerance[cell]);
    if (!steady || cells.length < 3 || distinct(cells.map((cell) => e.numerical[cell])) < 3) return [];
    if (Math.abs(apart(cells[0])) > 10 * e.tolerance[cells[0]]) count += cells.length;
  }
  if (count === 0) return [];
  return [
    {
      kind: "detached",
      certainty: weighed(0.82, count),
      text: "Gradient and derivative differ by the same amount for all entries that a result reads: what goes through their mean (or sum) is treated as a constant. Subtract the mean of the gradient, too.",
    },
  ];
}

/** Gradient minus derivative has a low rank: what is missing went through a sum, a mean or a norm. */
function reductionDetached(e: Evidence): Diagnosis[] {
  const { length } = e.columns;
  if (
    !e.unit ||
    !e.complete ||
    isElementwise(e) ||
    Math.min(e.rows, length) < 3 ||
    Math.max(e.rows, length) > largestRank
  )
    return [];
  const matrix = (of: (cell: number) => number): number[][] =>
    Array.from({ length: e.rows }, (_, r) => Array.from({ length }, (_, c) => of(r * length + c)));
  // Differences as small as what derivatives are known to are nothing.
  const noise = 4 * e.tolerance.reduce((most, t) => Math.max(most, t), 0);
  const difference = rank(
    matrix((cell) => e.analytic[cell] - e.numerical[cell]),
    noise,
  );
  const whole = rank(
    matrix((cell) => e.analytic[cell]),
    noise,
  );
  if (difference === 0 || 2 * difference > Math.min(e.rows, length) + 1 || whole <= difference) return [];
  const { wrong, telling } = cellsOf(e);
  // A few wrong columns, or rows, have no higher rank anyway.
  const lines = [(cell: number) => cell % length, (cell: number) => Math.floor(cell / length)];
  if (lines.some((line) => new Set(wrong.map(line)).size <= difference)) return [];
  // A term that is missing adds to the derivative; gradients in places where there is no derivative are misplaced.
  if (telling.some((cell) => !isNonzero(e, cell))) return [];
  const sparser = wrong.some((cell) => isNonzero(e, cell) && Math.abs(e.analytic[cell]) <= e.tolerance[cell]);
  return [
    {
      kind: "detached",
      certainty: weighed(sparser ? 0.8 : 0.65, whole),
      text:
        `What is missing from the gradient has rank ${difference} of ${Math.min(e.rows, length)}: a term that goes through a reduction ` +
        "(a sum, mean, maximum, variance or norm) is treated as a constant. Differentiate it too.",
    },
  ];
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
