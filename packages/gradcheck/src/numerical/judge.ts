/**
 * Judges one number: compares the gradient along a line with the numerical derivative, at as many step sizes as it
 * takes to be sure.
 *
 * A difference at step h counts only if the values moved by more than rounding: |g(±h) − g(0)| > noise. An
 * estimate decides by its error relative to itself, so that an offset, however large, leads to larger steps or to
 * `unsure`, and not to a verdict. A derivative of 0 has no relative error: `isZero` says when it is accepted.
 */
import { type Flatness, flatness } from "./flatness.ts";
import { hintsAtKink, type Kink, kinkAt } from "./kinks.ts";
import type { Line } from "./line.ts";
import { type Estimate, ridders } from "./ridders.ts";
import { scatter } from "./scatter.ts";

/**
 * - `ok`: they agree, and the check would have seen a gradient that is off by more than 1 %
 * - `wrong`: they disagree at two step sizes
 * - `kink`: there is no derivative; the gradient lies between the slopes of both sides, or outside
 * - `unsure`: the numerical derivative is too inexact to decide whether the gradient is right
 * - `undefined`: there is no numerical derivative: f is not finite near the point, or infinitely steep
 */
export type Verdict = "ok" | "wrong" | "kink" | "unsure" | "undefined";

/** The verdict on one number, and how it was reached. */
export interface Finding {
  readonly verdict: Verdict;
  readonly analytic: number;
  readonly numerical: number;
  /** How far the numerical value may be off. */
  readonly estimate: number;
  /** The largest difference of both that passes. */
  readonly tolerance: number;
  /** The verdict is `ok` because both are negligible beside gradients of this size. */
  readonly beside?: number;
  readonly kink?: Kink & {
    readonly between: boolean;
    /** Whether it lies outside only because several kinks meet; each op by itself is right. */
    readonly excused?: boolean;
  };
}

/** The circumstances of a verdict, beside the line and the gradient. */
export interface Circumstances {
  /** First step of the extrapolation. */
  readonly step: number;
  /**
   * Other first steps: for this entry alone, where it is far smaller than the others, and for functions of numbers near
   * 1.
   */
  readonly otherSteps: readonly number[];
  /** How far each value may be off by rounding. */
  readonly noise: number;
  /** How much of that rounding of the results of ops explains. */
  readonly explained: number;
  /** The noise of every result element by itself. */
  readonly noises: Float64Array;
  /** The relative distance of numbers. */
  readonly epsilon: number;
  /** How far the analytic value may be off by rounding. */
  readonly rounding: number;
  /** As far as numbers next to underflow may be off. */
  readonly underflow: number;
  /** Size of what moves: |xᵢ| for an entry. */
  readonly size: number;
  /** The largest gradient of this input. */
  readonly largest: number;
  /** The slope to expect: size of the values over size of the input. */
  readonly unit: number;
  /** How much the analytic value changes when every input changes by its rounding. */
  readonly shaken: () => number;
  /** How far the rounding of ops on the way moves the analytic value. */
  readonly inside: () => number;
}

/** How much of the estimate callers allow, since it is an estimate. */
const safety = 10;
/** A gradient that is off by more than this share is never `ok`. */
const share = 0.01;
/** A derivative this much smaller than the gradients beside it counts as 0, if the rule gives 0. */
const nothing = 1e-8;
/** Functions that rounding hides are taken to vary over no less than this share of x. */
const fastest = 1e4;

/** Of distances from x below so many of its roundings nothing is known. */
const finest = 64;

/** Smaller steps for functions that vary faster than x suggests, larger ones where rounding hides the differences. */
const ladder = [0, -4, -8, -12, -16, -20, -24, 5, 10, 15, 20, 25, 30].map((n) => 2 ** n);

interface Attempt {
  readonly step: number;
  readonly numerical: number;
  readonly estimate: number;
  readonly tolerance: number;
  /** The distance that the values moved, and their rounding. */
  readonly moved: number;
  readonly noise: number;
}

/** One row of a line at a point, with the gradient that is judged. */
interface Case {
  readonly line: Line;
  readonly r: number;
  readonly g: (t: number) => number;
  readonly analytic: number;
  readonly where: Circumstances;
  readonly attempts: Attempt[];
  /** Attempts with the rounding that is seen around their steps. */
  readonly sobered: Map<Attempt, Attempt>;
  /** The findings at steps where f seemed to have a kink. */
  readonly hints: Attempt[];
  /** The largest step at which no value moved, 0 where there is none. */
  flat: number;
}

/**
 * Compares `analytic` with the derivative of row r along the line.
 *
 * The first step size at which the estimate is good decides if both agree. If they do not, another step size has to
 * confirm the numerical value: at steps that are far too wide for the function, differences can be wrong and agree.
 * Either way a step as small as rounding allows has to show the same slope.
 */
export function judge(line: Line, r: number, analytic: number, where: Circumstances): Finding {
  const g = (t: number): number => line.at(t)[r];
  const it: Case = { line, r, g, analytic, where, attempts: [], sobered: new Map(), hints: [], flat: 0 };
  if (!Number.isFinite(analytic)) return notFinite(it);
  const steps = [...ladder.slice(0, 3).map((n) => n * where.step)];
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i];
    // Steps too small to change x.
    if (step < finest * where.epsilon * where.size) continue;
    const found = attempt(it, step);
    const hints = hintsAtKink(g, step, found.noise);
    if (step === where.step && hints) {
      const kink = kinkFinding(it, step, found);
      if (kink !== null) return kink;
    }
    if (Number.isFinite(found.estimate)) {
      if (hints) {
        // From beyond a kink, or where f is saturated, differences agree on a slope that is not the one at x.
        it.hints.push(found);
      } else if (found.moved <= found.noise) {
        it.flat = Math.max(it.flat, step);
        if (isPlainZero(it, step)) return { verdict: "ok", analytic, ...found, beside: where.largest };
      } else {
        const verdict = isGood(found, where) ? decided(it, found) : null;
        if (verdict !== null) return verdict;
        it.attempts.push(found);
      }
    }
    if (i === 2) steps.push(...furtherSteps(it, found));
  }
  return undecided(it);
}

/** More steps, tried where the first ones do not decide. */
function furtherSteps({ analytic, where }: Case, { step, moved }: Attempt): number[] {
  const steps = [...where.otherSteps.flatMap((s) => ladder.slice(0, 3).map((n) => n * s))];
  steps.push(...ladder.slice(3, 7).map((n) => n * where.step));
  // If the rule is right, this is how far f moves by as much as it was seen to.
  const claimed = (0.01 * moved) / Math.abs(analytic);
  if (claimed < step / 16 && claimed > 0) steps.push(claimed, claimed / 16);
  steps.push(...ladder.slice(7).map((n) => n * where.step));
  for (const s of where.otherSteps) if (s > where.step) steps.push(...ladder.slice(7).map((n) => n * s));
  return steps;
}

/** A gradient that is not finite: wrong where the derivative is finite, undefined where there is none. */
function notFinite({ line, r, g, analytic, where }: Case): Finding {
  const it: Case = { line, r, g, analytic: 0, where, attempts: [], sobered: new Map(), hints: [], flat: 0 };
  const found = attempt(it, where.step);
  const kink = Number.isFinite(found.estimate) ? kinkFinding(it, where.step, found) : null;
  if (kink?.kink !== undefined) {
    return { ...kink, analytic, kink: { ...kink.kink, between: false } };
  }
  const isFlat = Number.isFinite(found.estimate) && found.moved <= found.noise;
  // Where rounding makes f flat its slope, and that of the function that it stands for, is as unknown as a pole's.
  if (isFlat && !Number.isNaN(analytic) && zeroFinding(it, where.step)?.verdict === "unsure") {
    return { verdict: "unsure", analytic, ...found };
  }
  const verdict = Number.isFinite(found.numerical) ? "wrong" : "undefined";
  return { verdict, analytic, ...found };
}

function attempt({ line, r, g, where }: Case, step: number, least = 0): Attempt {
  const [above, below] = [g(step), g(-step)];
  const slope = Math.abs(above - below) / (2 * step);
  const moved = Math.max(Math.abs(above - g(0)), Math.abs(below - g(0)));
  const sizes = Math.max(line.magnitudesAt(step)[r], line.magnitudesAt(-step)[r]);
  const noise =
    Math.max(where.noise, least) +
    (Number.isFinite(sizes) ? 4 * where.epsilon * sizes : 0) +
    placeNoise(where, step, slope, moved);
  const { value, error }: Estimate = ridders(g, step, noise);
  const estimate = Math.max(error, Number.MIN_VALUE);
  return {
    step,
    numerical: value,
    estimate,
    tolerance: safety * estimate + where.rounding,
    moved,
    noise,
  };
}

/**
 * The attempt with the rounding of f where its differences were taken, as far as it can be seen there. Far from x it may
 * be much more than at x, as that of (x + 1 − 1)² is; and stairs, higher than any rounding that was looked for, show in
 * the values around the step alone.
 */
function sober(it: Case, found: Attempt): Attempt {
  const { line, r, g, where } = it;
  const known = it.sobered.get(found);
  if (known !== undefined) return known;
  // No farther than x is from 0 rounding is about the same.
  const isFar = found.step > where.size;
  const there = isFar ? [found.step, -found.step].map((t) => line.roundingAt(t, where.epsilon)[r]) : [];
  // Of a good estimate the rows agree in all their digits, which they do on no stairs.
  const around = isGood(found, where) ? 0 : scatter(g, found.step);
  const least = Math.max(around, ...there);
  const result = least > where.noise ? attempt(it, found.step, least) : found;
  it.sobered.set(found, result);
  return result;
}

/** x ± t is rounded, too: values are those of places that are off by ε |x|, or by ε t where t is larger. */
function placeNoise({ epsilon, size }: Circumstances, step: number, slope: number, moved: number): number {
  const steepest = Math.max(slope, moved / step);
  return size > 0 && Number.isFinite(steepest) ? epsilon * Math.max(size, step) * steepest : 0;
}

function isGood({ numerical, estimate }: Attempt, { epsilon }: Circumstances): boolean {
  // Of a difference that underflows to 0, so does the estimate.
  return estimate < (epsilon > 1e-10 ? 3e-3 : 1e-5) * Math.abs(numerical);
}

function agrees({ analytic }: Case, { numerical, tolerance }: Attempt): boolean {
  return Math.abs(analytic - numerical) <= tolerance;
}

/**
 * Whether a gradient that is off by more than 1 % would not have agreed. The true error is less than twice the
 * estimate.
 */
function isDecisive({ analytic }: Case, { numerical, estimate }: Attempt): boolean {
  return Math.abs(analytic - numerical) + 2 * estimate < share * Math.abs(numerical);
}

/** Whether a sum that was found right would show a mistake of 1 % in one of its terms. */
export function isSeen({ analytic, numerical, estimate }: Finding, term: number): boolean {
  return Math.abs(analytic - numerical) + 2 * estimate < share * term;
}

/** Whether two steps are so far apart that a coincidence, or a stair, at one of them is none at the other. */
function areIndependent(a: Attempt, b: Attempt): boolean {
  return Math.max(a.step, b.step) >= 4 * Math.min(a.step, b.step);
}

function consistent(a: Attempt, b: Attempt): boolean {
  return Math.abs(a.numerical - b.numerical) <= safety * (a.estimate + b.estimate);
}

/**
 * Whether a difference at a smaller step disagrees: from far away √(x⁴ + 1) is x², whose slope at x is another one.
 * Both estimates are right, of different functions; the smaller step has the slope at x.
 */
function isContradicted(it: Case, found: Attempt): boolean {
  const { attempts, flat } = it;
  // Of that slope the flat stretch would have shown something.
  const isSeen = flat < found.step && Math.abs(found.numerical) * flat > 20 * hiddenNoise(it);
  const disagrees = (other: Attempt): boolean => !consistent(found, other) && !consistent(found, sober(it, other));
  return isSeen || attempts.some((other) => other.step < found.step && disagrees(other));
}

/** Steps of so many times |x|, or of this where x is smaller, are far away. */
const farAway = { sizes: 1, least: 0.1 };

/**
 * Whether f, seen from far away, is a staircase: there its slope from afar is not the one at x. Stairs are told from
 * rounding by their height: their third differences, beside a smooth function, are far more than those of rounding
 * (8 halves of an ulp) and of the function itself (δ³ f‴).
 */
function isStairs({ g, where }: Case, { step, numerical }: Attempt): boolean {
  const near = Math.max(farAway.sizes * where.size, farAway.least);
  if (step <= near) return false;
  const slope = Math.abs(numerical);
  const starts = [step, -step];
  for (let start = near; start < step && starts.length < 16; start *= 16) starts.push(start, -start);
  return starts.some((start) => {
    // Any result may come from numbers near 1.
    const rounding = 2 * Math.max(where.explained, 4 * where.epsilon * Math.max(1, Math.abs(g(start))));
    for (let apart = Math.abs(start) / 64; slope * apart > rounding / 16; apart /= 8) {
      const allowed = rounding + 60 * slope * apart * (apart / start) ** 2;
      const values = Array.from({ length: 10 }, (_, i) => g(start + i * apart));
      for (let i = 3; i < values.length; i++) {
        const third = values[i] - 3 * values[i - 1] + 3 * values[i - 2] - values[i - 3];
        if (Math.abs(third) > allowed) return true;
      }
    }
    return false;
  });
}

/** The verdict of a good estimate; null where another step size has to confirm it first. */
function decided(it: Case, found: Attempt): Finding | null {
  const { analytic, attempts, where } = it;
  if (isContradicted(it, found) || isStairs(it, found)) return null;
  const agreed = agrees(it, found);
  if (agreed && !isDecisive(it, found)) return null;
  const confirms = (other: Attempt): boolean =>
    isGood(other, where) && areIndependent(found, other) && consistent(found, other);
  const confirmed = agreed ? found : attempts.find(confirms);
  if (confirmed === undefined) return null;
  const closer = closeUp(it, found);
  if (closer !== null) return closer;
  if (agreed) return { verdict: "ok", analytic, ...found };
  if ([found, confirmed].some((other) => !isGood(sober(it, other), where) || agrees(it, sober(it, other)))) return null;
  const sharper = found.estimate <= confirmed.estimate ? found : confirmed;
  return kinkFinding(it, where.step, found) ?? { verdict: "wrong", analytic, ...sharper };
}

/**
 * The verdict from as near as rounding allows, where that is not what was found from farther away: a staircase looks
 * like a slope from afar, a wave like a constant. Null where both agree, or where rounding hides f near the point.
 */
function closeUp(it: Case, found: Attempt): Finding | null {
  const { g, analytic, where } = it;
  const slope = Math.abs(found.numerical);
  // At a step of this size rounding is a thousandth of the slope. A power of 16, so that rows share values of f.
  const near = 16 ** Math.ceil(Math.log2((1e3 * (where.noise + where.epsilon * where.size * slope)) / slope) / 4);
  const flat = it.flat < found.step ? it.flat : 0;
  const isNearer = near < found.step / 64;
  const isStill = isNearer && Math.max(Math.abs(g(near) - g(0)), Math.abs(g(-near) - g(0))) <= where.noise;
  if (flat > 0 || isStill) {
    const zero = zeroFinding(it, Math.max(flat, isStill ? near : 0));
    if (zero?.verdict !== "unsure") return zero;
  }
  if (!isNearer || isStill || flat > near) return null;
  if (!(Math.abs((g(near) - g(-near)) / (2 * near) - found.numerical) > 0.05 * slope)) return null;
  const [close, closest] = [16 * near, 4 * near].map((step) => sober(it, attempt(it, step)));
  const apart = Math.abs(close.numerical - found.numerical);
  if (!(close.estimate < 0.05 * apart) || !consistent(close, closest) || close.moved <= close.noise) return null;
  if (hintsAtKink(g, close.step, close.noise)) return null;
  if (agrees(it, close)) return { verdict: isDecisive(it, close) ? "ok" : "unsure", analytic, ...close };
  const kink = kinkFinding(it, where.step, found);
  if (kink !== null) return kink;
  const isWrong = !agrees(it, closest) && !mayHide(it, close.step, Math.abs(analytic - close.numerical));
  return { verdict: isWrong ? "wrong" : "unsure", analytic, ...close };
}

/**
 * Whether values that are off by more than rounding explains may be those of a function that varies faster than the
 * step, and adds this to the slope: sin x at 1e10, whose values seem random.
 */
function mayHide({ g, where }: Case, step: number, slope: number): boolean {
  const height = Math.max(where.noise, scatter(g, step));
  return height > 16 * where.explained && slope * varying(where, 10 * where.step) <= fastest * height;
}

/**
 * The distance over which f is taken to vary: |x|, or the 1 that many functions vary over. f may be another one farther
 * away: what it does there does not bound its slope here.
 */
function varying({ size }: Circumstances, from0: number): number {
  return Math.min(1, size > 0 ? size : from0);
}

/** A rule's 0 at a point around which f does not move at all, beside entries around which it does. */
function isPlainZero(it: Case, step: number): boolean {
  const { analytic, where } = it;
  if (analytic !== 0 || where.largest === 0) return false;
  return hiddenNoise(it) / step <= nothing * where.largest;
}

/** Any result may come from numbers near 1, whose rounding may hide a change. */
function hiddenNoise({ g, where }: Case): number {
  return Math.max(where.noise, 4 * where.epsilon * Math.max(1, Math.abs(g(0))));
}

/**
 * The verdict of a flat stretch up to `from`: the derivative is 0, and the rule's value agrees or not; else `unsure`.
 */
function zeroFinding({ g, analytic, where }: Case, from: number): Finding | null {
  if (from === 0) return null;
  const sizes = Math.max(1, Math.abs(g(0)));
  const stretch: Flatness = flatness(g, {
    from,
    limit: 2 ** 40 * Math.max(where.step, ...where.otherSteps),
    noise: where.noise,
    // Zeros are moved by shares of 1 to measure the noise, and their rounding is in it.
    smallest: 1e-9 * where.epsilon,
    highest: Math.max(100 * where.noise, (where.epsilon > 1e-10 ? 1e3 : 1e6) * where.epsilon * sizes),
    narrowest: where.epsilon * Math.max(where.epsilon > 1e-10 ? 2 ** 10 : 2 ** 26, 64 * where.size),
  });
  const { beyond } = stretch;
  const local = varying(where, Math.max(from, 10 * where.step));
  const bound = stretch.height / Math.min(stretch.reach, local);
  const numbers = { analytic, numerical: 0, estimate: bound, tolerance: safety * bound + where.rounding };
  // Below its height a function may have any slope that varies fast enough: that of sin(1000 x) is hidden by 1e16.
  const excluded = fastest * bound + where.rounding;
  // What the rule adds up may cancel: then its value is rounding alone, as that of a softmax's shift.
  const isNoise = (): boolean =>
    Math.abs(analytic) <= 16 * where.shaken() + where.underflow || Math.abs(analytic) <= where.inside();
  if (Math.abs(analytic) > excluded && !isNoise()) return { verdict: "wrong", ...numbers };
  if (bound > nothing * Math.max(beyond, where.largest)) return { verdict: "unsure", ...numbers };
  const verdict = analytic === 0 || isNoise() ? "ok" : "unsure";
  return { verdict, ...numbers, ...(bound > nothing * beyond ? { beside: where.largest } : {}) };
}

/** No step size gave a good estimate twice. */
function undecided(it: Case): Finding {
  const { analytic, where } = it;
  const relative = ({ estimate, numerical }: Attempt): number => estimate / Math.abs(numerical);
  const byError = (a: Attempt, b: Attempt): number => relative(a) - relative(b);
  const attempts = it.attempts.filter((found) => !isContradicted(it, found)).sort(byError);
  if (attempts.length > 0 && isStairs(it, attempts[0])) {
    const { step } = attempts[0];
    attempts.splice(0, attempts.length, ...attempts.filter((found) => found.step < step && !isStairs(it, found)));
  }
  if (attempts.length === 0) {
    const nowhere = { analytic, numerical: Number.NaN, estimate: Number.POSITIVE_INFINITY, tolerance: 0 };
    const [seen] = it.hints;
    return (
      zeroFinding(it, it.flat) ??
      (seen === undefined
        ? { verdict: "undefined", ...nowhere }
        : (kinkFinding(it, seen.step, seen) ?? { verdict: "unsure", analytic, ...seen }))
    );
  }
  const [best, ...others] = attempts;
  const closer = closeUp(it, best);
  if (closer !== null) return closer;
  if (agrees(it, best) && isDecisive(it, best)) return { verdict: "ok", analytic, ...best };
  const zero = attempts.find((found) => isZero(it, found));
  if (zero !== undefined) return { verdict: "ok", analytic, ...zero };
  if (others.length > 0 && isExcluded(it)) {
    return kinkFinding(it, where.step, best) ?? { verdict: "wrong", analytic, ...best };
  }
  return kinkFinding(it, where.step, best) ?? { verdict: "unsure", analytic, ...best };
}

/**
 * Whether two step sizes exclude the gradient and agree, and nothing nearer says otherwise: from far away a function
 * may look flat or steep that is not.
 */
function isExcluded(it: Case): boolean {
  const { size, step } = it.where;
  // Farther away a term of bounded size, as the sine in x² + sin x, adds nothing to the slope.
  const isNear = (found: Attempt): boolean => found.step <= (size > 0 ? 10 * size : step);
  const near = it.attempts
    .filter(isNear)
    .sort((a, b) => a.step - b.step)
    .map((found) => sober(it, found));
  for (let i = 0; i < near.length; i++) {
    const found = near[i];
    const apart = Math.abs(it.analytic - found.numerical);
    // Too inexact to decide: try the next, larger step.
    if (agrees(it, found)) {
      if (safety * found.estimate < Math.abs(it.analytic)) return false;
      continue;
    }
    const others = near.slice(i + 1).filter((other) => areIndependent(found, other));
    const isExcludedBy = (other: Attempt): boolean => !agrees(it, other) && consistent(found, other) && apart > 0;
    return others.slice(0, 3).some(isExcludedBy) && !mayHide(it, found.step, apart);
  }
  return false;
}

/**
 * Whether the derivative is 0 within rounding, and the rule says so. The rule's value must be 0, or its own rounding
 * alone. The numerical one must be negligible beside the steepness of f around, at a distance of the size of x or at
 * any distance from 0.
 */
function isZero(it: Case, found: Attempt): boolean {
  const { analytic, where } = it;
  if (where.size > 0 && found.step > 10 * where.size) return false;
  // Where a side lies outside the domain, nothing is known of how f moves: NaN compares as false.
  const isNothing = ({ step, numerical, estimate, moved }: Attempt): boolean =>
    Math.abs(numerical) <= 2 * estimate && estimate <= nothing * (moved / step);
  return (
    (analytic === 0 || Math.abs(analytic) <= 16 * where.shaken()) && isNothing(found) && isNothing(sober(it, found))
  );
}

function kinkFinding({ line, r, g, analytic, where }: Case, step: number, found: Attempt): Finding | null {
  const slope = found.moved / found.step;
  const closest = finest * where.epsilon * where.size;
  const kink = kinkAt(g, step, (h) => where.noise + placeNoise(where, h, slope, 0), where.size, closest);
  if (kink === null) return null;
  const inexact = Math.max(kink.left.error, kink.right.error);
  const margin = safety * inexact + where.rounding;
  const { low, high } = rangeOfSlopes(line, r, kink, step, where);
  const between = analytic >= low - margin && analytic <= high + margin;
  const { numerical, estimate, tolerance } = found;
  // Nearer to x than rounding lets us see there may be a derivative, which is one of the slopes. And slopes that are
  // not known better than they differ, or that let too much pass, prove nothing.
  const apart = Math.max(low - analytic, analytic - high);
  const isProven =
    kink.jump !== 0 ||
    (kink.isAt &&
      Math.abs(kink.left.value - kink.right.value) > 2 * inexact &&
      apart <= share * Math.max(Math.abs(low), Math.abs(high)));
  if (!isProven && between) return { verdict: "unsure", analytic, numerical, estimate, tolerance };
  return { verdict: "kink", analytic, numerical, estimate, tolerance, kink: { ...kink, between } };
}

/**
 * The values that a rule may give at a kink: from one slope to the other. Where several results were added up, each
 * may choose its own value between its own slopes, so that their sum has a wider range.
 */
function rangeOfSlopes(line: Line, r: number, { left, right }: Kink, step: number, { noises }: Circumstances) {
  const range = { low: Math.min(left.value, right.value), high: Math.max(left.value, right.value) };
  const { vectors, size } = line.upstreams;
  if (vectors === null) return range;
  const h = step / 1e3;
  const [below, center, above] = [line.valuesAt(-h), line.valuesAt(0), line.valuesAt(h)];
  const sum = { low: 0, high: 0 };
  for (let o = 0; o < size; o++) {
    // Where both differ by no more than rounding, there is one slope.
    const isOne = Math.abs(above[o] + below[o] - 2 * center[o]) <= 20 * noises[o];
    const sides = isOne ? [(above[o] - below[o]) / (2 * h)] : [(center[o] - below[o]) / h, (above[o] - center[o]) / h];
    const slopes = sides.map((s) => s * vectors[r * size + o]);
    sum.low += Math.min(...slopes);
    sum.high += Math.max(...slopes);
  }
  return { low: Math.min(range.low, sum.low), high: Math.max(range.high, sum.high) };
}
