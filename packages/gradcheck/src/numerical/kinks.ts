/**
 * Finds points without a derivative: slopes that differ on the two sides, and values that jump.
 */
import type { Estimate } from "./ridders.ts";

/** The slopes on both sides of a point where they disagree. */
export interface Kink {
  readonly left: Estimate;
  readonly right: Estimate;
  /** How far the value jumps there: 0 at a kink, g(0⁺) − g(0⁻) where the function is not even continuous. */
  readonly jump: number;
  /** Whether it is at the point itself; else it is so near that rounding hides how far away. */
  readonly isAt: boolean;
}

/**
 * Whether the differences at hand hint at a kink: (g(h) + g(−h) − 2 g(0)) / h is h·g″ for a smooth
 * function and halves with h; at a kink it is the difference of the slopes. Steps at which g is not finite are skipped, as
 * the extrapolation does.
 */
export function hintsAtKink(g: (t: number) => number, first: number, noise: number): boolean {
  let step = first;
  while (!Number.isFinite(g(step) + g(-step)) && step > first / 32) step /= 1.4;
  const half = step / (1.4 * 1.4);
  const wide = (g(step) + g(-step) - 2 * g(0)) / step;
  const narrow = (g(half) + g(-half) - 2 * g(0)) / half;
  if (Math.abs(narrow) * half > 20 * noise && Math.abs(narrow) > 0.7 * Math.abs(wide)) return true;
  // An odd jump (sign at 0) does not show in the even part; it does in differences that do not shrink with h.
  const odd = Math.abs(g(half) - g(-half));
  return odd > 20 * noise && odd > 0.9 * Math.abs(g(step) - g(-step));
}

/**
 * The slopes on both sides of 0 if they disagree at every small step; null where g is smooth, or has no finite slopes.
 *
 * @param step the first step of the extrapolation; kinks are looked for at a hundredth of it and less
 * @param noiseAt how far values of g at ±h may be off by rounding
 * @param size  |x| of what moves: a number that is not 0 may lie beside a kink at 0, at a distance of its size
 * @param closest the distance below which rounding of x hides where a kink is; 0 where x is 0
 */
export function kinkAt(
  g: (t: number) => number,
  step: number,
  noiseAt: (h: number) => number,
  size: number,
  closest: number,
): Kink | null {
  const noise = noiseAt(step);
  const center = g(0);
  const above: number[] = [];
  const below: number[] = [];
  const look = (h: number): boolean => {
    above.push(g(h) - center);
    below.push(center - g(-h));
    return Number.isFinite(above[above.length - 1]) && Number.isFinite(below[below.length - 1]);
  };
  const steps = [1e2, 1e3, 1e4, 1e5, 1e6, 1e7].map((n) => step / n);
  // As near as it takes to distinguish a number from 0, and from numbers beside it: rounding that was measured across a
  // kink hides it from farther away.
  const wanted = Math.min(size / 64, 2 ** 13 * closest);
  if (!steps.slice(0, 3).every(look)) return null;
  const jump = stays(above, noise) + stays(below, noise);
  if (jump !== 0) {
    if (!steps.slice(3).every(look)) return null;
    if (stays(above, noise) + stays(below, noise) === 0) return null;
    // A steep rise, from 0 to 1 within 1e-20, is not a jump.
    // Neither are the values of a wave that were seen from afar.
    const nearest = [1e20, 1e60, 1e120, 1e240].map((n) => step / n);
    if (size > 0) nearest.splice(0, 4, ...[6, 12, 20, 30, 40].map((n) => Math.max(closest, size / 2 ** n)));
    const height = Math.abs(stays(above, noise)) + Math.abs(stays(below, noise));
    const isSteep = (h: number): boolean =>
      h < steps[5] && Math.abs(g(h) - center) + Math.abs(g(-h) - center) < 0.5 * height;
    if (nearest.some(isSteep)) return null;
    const s = step / 1e3;
    return { left: oneSided(g, -s, noise, g(-s / 16)), right: oneSided(g, s, noise, g(s / 16)), jump, isAt: true };
  }
  // From 0 there is no closest distance: the distances are squared each time, as far as numbers go.
  for (let n = 1e8; step / n > Math.max(closest, 1e-300); n *= size > 0 ? 1e3 : n / 1e4) steps.push(step / n);
  let previous = 0;
  let nearest = steps[0];
  for (let i = 0; i < steps.length; i++) {
    const h = steps[i];
    // Three steps have to agree; smaller ones too, as far as rounding lets them: a wave looks like a kink from afar.
    const hidden = (100 * noiseAt(h)) / h;
    if (i > 2 && (hidden > 0.1 * previous || !look(h))) break;
    const difference = Math.abs(above[i] - below[i]) / h;
    const slopes = Math.max(Math.abs(above[i]), Math.abs(below[i])) / h;
    if (!(difference > 1e-3 * slopes + hidden)) return null;
    // Of a smooth function the difference is h · |g″|: a tenth each time. Where a slope is infinite it grows.
    if (i > 0 && (difference < 0.5 * previous || difference > 2 * previous)) return null;
    previous = difference;
    nearest = h;
  }
  const isAt = size === 0 || nearest <= wanted;
  return {
    left: oneSided(g, -step / 1e2, noise, center),
    right: oneSided(g, step / 1e2, noise, center),
    jump: 0,
    isAt,
  };
}

/** The last difference if it is about as large as the first, at a far larger step; else 0. */
function stays(differences: readonly number[], noise: number): number {
  const first = differences[0];
  const last = differences[differences.length - 1];
  return Math.abs(last) > 100 * noise && Math.abs(last) > 0.5 * Math.abs(first) ? last : 0;
}

/** The slope on one side, by extrapolating one-sided differences with steps s, s/2, s/4, s/8. */
function oneSided(g: (t: number) => number, step: number, noise: number, start: number): Estimate {
  const from = start === g(0) ? 0 : step / 16;
  let previous: number[] = [];
  let value = 0;
  let error = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 4; i++) {
    const h = step / 2 ** i;
    const row = [(g(h) - start) / (h - from)];
    for (let j = 1; j <= i && from === 0; j++) row[j] = (2 ** j * row[j - 1] - previous[j - 1]) / (2 ** j - 1);
    const last = row[row.length - 1];
    if (i > 0) {
      error = Math.abs(last - previous[previous.length - 1]) + (16 * noise) / Math.abs(h - from);
      value = last;
    }
    previous = row;
  }
  return { value, error };
}
