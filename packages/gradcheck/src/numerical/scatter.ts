/**
 * Measures the rounding of a function along a line, in the values around a step.
 */

/** Intervals on each side of the point, from the point itself to the step. */
const count = 8;
const order = 6;
/** Of the differences of that order, for numbers of variance 1: 12! / (6!)². */
const variance = 924;

/**
 * How far values of g may be off by rounding, as it shows between 0 and ±step: six times the σ that their sixth
 * differences have (ECNoise, Moré and Wild 2011).
 *
 * A smooth function that varies over ℓ adds about (step/8ℓ)⁶ of itself, nothing beside the error of the difference at
 * that step. Stairs add a tenth of their height and more, whatever their cause. Both sides are taken apart, since a kink at
 * 0 is no rounding; a side on which g is not finite is left out.
 */
export function scatter(g: (t: number) => number, step: number): number {
  const differences: number[] = [];
  for (const side of [step, -step]) {
    let row = Array.from({ length: count + 1 }, (_, k) => g((side * k) / count));
    if (!row.every(Number.isFinite)) continue;
    for (let d = 0; d < order; d++) row = row.slice(1).map((y, i) => y - row[i]);
    differences.push(...row);
  }
  return differences.length === 0 ? 0 : (6 * Math.hypot(...differences)) / Math.sqrt(variance * differences.length);
}
