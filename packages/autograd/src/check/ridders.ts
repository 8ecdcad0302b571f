/**
 * Ridders' method: central differences at shrinking steps, extrapolated to step 0, with an estimate of the error.
 */

/** A derivative, and how far it may be off. */
export interface Estimate {
  readonly value: number;
  readonly error: number;
}

/** Each step is this much smaller than the one before. */
const shrink = 1.4;
const rows = 10;
/** Stop when the error grows to this many times the best: rounding has taken over. */
const safe = 2;

/**
 * The derivative of g at 0 by Ridders' extrapolation (Ridders 1982; Numerical Recipes 5.7): Neville's tableau over
 * central differences with steps h, h/1.4, h/1.4², …; of all entries the one with the smallest error estimate is
 * taken.
 *
 * @param g    a function of one number
 * @param step the first step, about a tenth of the distance over which g changes by much
 * @param noise how far each value of g may be off by rounding; sets a floor to the error
 */
export function ridders(g: (t: number) => number, step: number, noise: number): Estimate {
  let previous: number[] = [];
  let best = Number.NaN;
  let error = Number.POSITIVE_INFINITY;
  let h = step;
  for (let i = 0; i < rows; i++) {
    const row = [(g(h) - g(-h)) / (2 * h)];
    let factor = shrink * shrink;
    for (let j = 1; j <= i; j++) {
      row[j] = (row[j - 1] * factor - previous[j - 1]) / (factor - 1);
      factor *= shrink * shrink;
      const spread = Math.max(Math.abs(row[j] - row[j - 1]), Math.abs(row[j] - previous[j - 1])) + noise / h;
      if (spread <= error) {
        error = spread;
        best = row[j];
      }
    }
    if (i > 0 && Math.abs(row[i] - previous[i - 1]) >= safe * error) break;
    previous = row;
    h /= shrink;
  }
  return { value: best, error };
}
