/**
 * Ridders' method: central differences at shrinking steps, extrapolated to step 0, with an estimate of the error.
 *
 * An estimate that is too small raises a false alarm, so it is built to be wrong on one side only. Numerical Recipes
 * takes the entry of the tableau that differs least from its neighbours; at steps that are too wide for the function
 * two entries may agree by accident. Here the next row, whose differences are new, has to confirm it. The price: a
 * typical estimate is several times larger than the error, since rounding is followed through the extrapolation. A test
 * beside this file holds the estimate against derivatives that are known.
 */

import { checkKind } from "@adjoint/tensor";
import { checkFunction } from "@adjoint/tensor/internal";

/** A derivative, and a bound on its error. */
export interface Estimate {
  /** The derivative. */
  readonly value: number;
  /** How far it may be off, as differences at other steps show it. */
  readonly error: number;
}

/** Each step is this much smaller than the one before. */
const shrink = 1.4;
const rows = 10;

/** The best entry of one row of the tableau. */
interface RowBest {
  readonly value: number;
  /** How far it is from the two entries it was extrapolated from. */
  readonly spread: number;
  /** The contribution of rounding in g. */
  readonly floor: number;
}

/**
 * The derivative of g at 0 by Ridders' extrapolation (Ridders 1982; Numerical Recipes 5.7): Neville's tableau over
 * central differences D(h) with steps h, h/1.4, h/1.4², …:
 *
 * T[i, 0] = D(h/1.4ⁱ),  T[i, j] = (1.96ʲ T[i, j−1] − T[i−1, j−1]) / (1.96ʲ − 1)
 *
 * Of each row the entry that is nearest to the two it came from is taken; its error is that distance or the distance
 * to the next row's, whichever is larger, plus what rounding contributes. The row with the smallest error gives the
 * result. It skips steps at which g is not finite.
 *
 * @param g    a function of one number
 * @param step the first step, about a tenth of the distance over which g changes by much
 * @param noise how far each value of g may be off by rounding; sets a floor to the error
 * @returns error ∞ where no two rows can be compared
 */
export function ridders(g: (t: number) => number, step: number, noise: number): Estimate {
  checkFunction("ridders", g, "g");
  checkKind("ridders", "step", step, typeof step === "number", "a number");
  checkKind("ridders", "noise", noise, typeof noise === "number", "a number");
  let previous: number[] = [];
  let previousFloors: number[] = [];
  let candidate: RowBest | null = null;
  let value = Number.NaN;
  let error = Number.POSITIVE_INFINITY;
  let h = step;
  for (let i = 0; i < rows; i++) {
    const row = [(g(h) - g(-h)) / (2 * h)];
    // Both values may be off by `noise`, in opposite directions: noise / h; extrapolation weighs these and adds them.
    const floors = [noise / h];
    let best: RowBest = { value: row[0], spread: Number.POSITIVE_INFINITY, floor: floors[0] };
    let factor = shrink * shrink;
    for (let j = 1; j <= i; j++) {
      row[j] = (row[j - 1] * factor - previous[j - 1]) / (factor - 1);
      floors[j] = (floors[j - 1] * factor + previousFloors[j - 1]) / (factor - 1);
      const spread = Math.max(Math.abs(row[j] - row[j - 1]), Math.abs(row[j] - previous[j - 1]));
      if (spread + floors[j] < best.spread + best.floor) best = { value: row[j], spread, floor: floors[j] };
      factor *= shrink * shrink;
    }
    if (candidate !== null) {
      const confirmed: number = Math.max(candidate.spread, Math.abs(candidate.value - best.value)) + candidate.floor;
      if (confirmed <= error) {
        error = confirmed;
        value = candidate.value;
        // Rounding is most of it by now, and grows as steps shrink.
        if (error <= 1.5 * candidate.floor) break;
      }
    }
    candidate = best;
    previous = row;
    previousFloors = floors;
    h /= shrink;
  }
  return { value, error };
}
