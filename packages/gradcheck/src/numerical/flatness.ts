/**
 * Examines functions that do not change near the point. Either the derivative is 0 (relu left of 0, a floor between two
 * jumps), or the change is lost in rounding (eˣ − 1 at 1e-20, a saturated tanh). The end of the flat stretch shows
 * which.
 */

/** The bounds that a flat stretch puts on the derivative. */
export interface Flatness {
  /** How far g may have moved within the stretch without showing it. */
  readonly height: number;
  /** The slope beyond the end of the stretch: ∞ where g jumps there, 0 where it is not seen. */
  readonly beyond: number;
  /** The farthest t at which g was seen to be flat. */
  readonly reach: number;
}

/** The facts known before a flat stretch is examined. */
export interface FlatStretch {
  /** A t up to which g is flat on both sides. */
  readonly from: number;
  /** The search ends here. */
  readonly limit: number;
  /** How far values are off by rounding, as far as it was measured. */
  readonly noise: number;
  /** Rounding up to this is that of a 0. */
  readonly smallest: number;
  /** A jump at least this high is not rounding, */
  readonly highest: number;
  /** unless others follow at most this far from 0: stairs of numbers inside of g that are far larger than t. */
  readonly narrowest: number;
}

/** Each step outwards is so many times the one before. */
const stride = 16;
const halvings = 40;

/**
 * Looks for the end of a flat stretch, and how g leaves it.
 *
 * At the end t* the response ρ is the smallest that shows: where g leaves gradually (tanh) or in stairs of rounding
 * (eˣ − 1), ρ is the resolution of its values, and |g′(0)| may be up to ρ / t*. Where it leaves at a kink, ρ is as
 * small as bisection makes it. A jump far higher than rounding (floor, sign) says nothing of the resolution, unless
 * more of them follow at distances that are those of numbers in a cancellation: x + 1000 − 1000 has stairs as well.
 */
export function flatness(g: (t: number) => number, stretch: FlatStretch): Flatness {
  const { from, limit, noise, smallest, highest, narrowest } = stretch;
  const center = g(0);
  const response = (t: number): number => Math.abs(g(t) - center);
  let reach = from;
  let sides = [-1, 1];
  for (let t = from * stride; t <= limit && t < Number.MAX_VALUE; t *= stride) {
    // Outside the domain there is nothing to see.
    sides = sides.filter((side) => Number.isFinite(response(side * t)));
    if (sides.length === 0) return { height: noise, beyond: 0, reach };
    const responding = sides.filter((side) => response(side * t) > noise);
    if (responding.length > 0) {
      const ends = responding.map((side) => endOf(response, reach, side * t, noise));
      return ends
        .map(({ inner, outer }): Flatness => {
          const rho = response(outer);
          const isJump =
            rho > highest && rho > 0.5 * response(1.01 * outer) && !isFollowed(response, outer, rho, narrowest);
          const beyond = isJump ? Number.POSITIVE_INFINITY : response(1.1 * outer) / Math.abs(0.1 * outer);
          return { height: Math.max(noise, isJump ? 0 : rho), beyond, reach: inner };
        })
        .reduce((a, b) => (a.height / a.reach / a.beyond > b.height / b.reach / b.beyond ? a : b));
    }
    reach = t;
  }
  // It never moves. Rounding of values may hide a slope; a 0 that was not rounded hides none.
  return { height: noise, beyond: center === 0 && noise <= smallest ? Number.POSITIVE_INFINITY : 0, reach };
}

/**
 * Whether more jumps follow, as those of stairs that are up to `narrowest` wide do: another one within twice that
 * distance.
 */
function isFollowed(response: (t: number) => number, from: number, rho: number, narrowest: number): boolean {
  const isHigher = (t: number): boolean => response(t) > 1.5 * rho;
  if (Math.abs(from) > narrowest) return false;
  for (let t = from; Math.abs(t) < 2 * narrowest; t *= stride) if (isHigher(t)) return true;
  return isHigher(2 * narrowest * Math.sign(from));
}

/** Between which |t| the response begins: `inner` is still flat, `outer` (with its sign) no more. */
function endOf(response: (t: number) => number, flat: number, responding: number, noise: number) {
  const side = Math.sign(responding);
  let [inner, outer] = [flat, Math.abs(responding)];
  for (let i = 0; i < halvings && outer - inner > 1e-14 * outer; i++) {
    const middle = (inner + outer) / 2;
    if (response(side * middle) > noise) outer = middle;
    else inner = middle;
  }
  return { inner, outer: side * outer };
}
