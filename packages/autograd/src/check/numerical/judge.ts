/**
 * The verdict on one number: the gradient along a line against the numerical derivative, with as many step sizes as
 * it takes to be sure.
 */

import { hintsAtKink, type Kink, kinkAt } from "./kinks.ts";
import type { Line } from "./line.ts";
import { type Estimate, ridders } from "./ridders.ts";

/**
 * - `ok`: they agree within what can be known
 * - `wrong`: they do not, at two step sizes
 * - `kink`: there is no derivative; the gradient lies between the slopes of both sides, or not
 * - `unsure`: the numerical derivative is too inexact to tell a wrong gradient from a right one
 * - `undefined`: there is no numerical derivative: f is not finite near the point, or infinitely steep
 */
export type Verdict = "ok" | "wrong" | "kink" | "unsure" | "undefined";

/** What was found for one number. */
export interface Finding {
  readonly verdict: Verdict;
  readonly analytic: number;
  readonly numerical: number;
  /** How far the numerical value may be off. */
  readonly estimate: number;
  /** How far apart both may be. */
  readonly tolerance: number;
  readonly kink?: Kink & {
    readonly between: boolean;
    /** Outside, but only because several kinks meet: each op by itself is right. */
    readonly excused?: boolean;
  };
}

/** What a verdict needs to know beside the line and the gradient. */
export interface Circumstances {
  /** First step of the extrapolation. */
  readonly step: number;
  /** A first step for this entry alone, where it is far smaller than the others; else 0. */
  readonly ownStep: number;
  /** How far each value may be off by rounding. */
  readonly noise: number;
  /** How far the analytic value may be off by rounding. */
  readonly rounding: number;
  /** Relative rounding of the place along the line: ε |x|. */
  readonly place: number;
  /** The slope that would be natural: size of the values over size of the input. Far smaller ones count as 0. */
  readonly unit: number;
  /** The relative exactness at which an estimate is good. */
  readonly fine: number;
}

/** How much of the estimate callers allow, since it is an estimate. */
const safety = 10;

/** Smaller steps for functions that vary faster than x suggests, larger ones where rounding hides the differences. */
const ladder = [1, 2 ** -4, 2 ** -8, 2 ** -12, 2 ** -16, 2 ** -20, 2 ** -24, 2 ** 5, 2 ** 10];

function stepsFor({ step, ownStep }: Circumstances): number[] {
  const steps = ladder.map((scale) => step * scale);
  return ownStep === 0 ? steps : [...steps, ...ladder.slice(0, 3).map((scale) => ownStep * scale)];
}

interface Attempt {
  readonly numerical: number;
  readonly estimate: number;
  readonly tolerance: number;
}

/**
 * Compares `analytic` with the derivative of row r along the line.
 *
 * The first step size at which the estimate is good decides if both agree. If they do not, another step size has to
 * confirm the numerical value: at steps that are far too wide for the function, differences can be wrong and agree.
 */
export function judge(line: Line, r: number, analytic: number, where: Circumstances): Finding {
  const g = (t: number): number => line.at(t)[r];
  const attempts: Attempt[] = [];
  if (!Number.isFinite(analytic)) {
    const found = attempt(g, where.step, where);
    const verdict = Number.isFinite(found.numerical) ? "wrong" : "undefined";
    return { verdict, analytic, ...found };
  }
  for (const step of stepsFor(where)) {
    const found = attempt(g, step, where);
    if (step === where.step && hintsAtKink(g, step, where.noise)) {
      const kink = kinkFinding(line, r, step, analytic, found, where);
      if (kink !== null) return kink;
    }
    if (!Number.isFinite(found.estimate)) continue;
    const agrees = Math.abs(analytic - found.numerical) <= found.tolerance;
    if (isGood(found, where)) {
      if (agrees) return { verdict: "ok", analytic, ...found };
      const confirmed = attempts.find((other) => isGood(other, where) && consistent(found, other));
      if (confirmed !== undefined) {
        const close = closeUp(g, analytic, found, where);
        if (close !== null && Math.abs(analytic - close.numerical) <= close.tolerance) {
          return { verdict: "ok", analytic, ...close };
        }
        return (
          kinkFinding(line, r, where.step, analytic, found, where) ?? {
            verdict: "wrong",
            analytic,
            ...sharper(found, confirmed),
          }
        );
      }
    }
    attempts.push(found);
  }
  return undecided(line, r, attempts, analytic, where);
}

function attempt(g: (t: number) => number, step: number, { noise, rounding, place }: Circumstances): Attempt {
  const slope = Math.abs(g(step) - g(-step)) / (2 * step);
  const found: Estimate = ridders(g, step, noise + (Number.isFinite(slope) ? place * slope : 0));
  return { numerical: found.value, estimate: found.error, tolerance: safety * found.error + rounding };
}

/**
 * The derivative from as near as rounding allows, where that is not what was found from farther away: a staircase looks
 * like a slope from afar, a wave like nothing. Null where both agree, or where it is too inexact to tell.
 */
function closeUp(g: (t: number) => number, analytic: number, found: Attempt, where: Circumstances): Attempt | null {
  const { step, noise, place } = where;
  const apart = Math.abs(analytic - found.numerical);
  // At steps of this size rounding is a thousandth of what is to be told apart.
  const near = (1e3 * (noise + place * Math.max(Math.abs(analytic), Math.abs(found.numerical)))) / apart;
  if (!(near * 16 < step / 1e3)) return null;
  const close = attempt(g, 16 * near, where);
  const decides = close.estimate < 0.05 * apart && Math.abs(close.numerical - found.numerical) > 0.5 * apart;
  return decides && !consistent(close, found) ? close : null;
}

function isGood({ numerical, estimate }: Attempt, { unit, fine }: Circumstances): boolean {
  return estimate <= fine * Math.abs(numerical) || estimate <= 1e-4 * fine * unit;
}

function consistent(a: Attempt, b: Attempt): boolean {
  return Math.abs(a.numerical - b.numerical) <= safety * (a.estimate + b.estimate);
}

function sharper(a: Attempt, b: Attempt): Attempt {
  return a.estimate <= b.estimate ? a : b;
}

/** No step size gave a good estimate twice: judge by the two best, and only what both exclude is wrong. */
function undecided(line: Line, r: number, attempts: Attempt[], analytic: number, where: Circumstances): Finding {
  if (attempts.length === 0) {
    return { verdict: "undefined", analytic, numerical: Number.NaN, estimate: Number.POSITIVE_INFINITY, tolerance: 0 };
  }
  const [best, next = best] = attempts.toSorted((a, b) => a.estimate - b.estimate);
  const close = closeUp((t) => line.at(t)[r], analytic, best, where);
  if (close !== null) {
    const agrees = Math.abs(analytic - close.numerical) <= close.tolerance;
    return { verdict: agrees ? "ok" : "wrong", analytic, ...close };
  }
  const excluded = [best, next].every((a) => Math.abs(analytic - a.numerical) > a.tolerance) && consistent(best, next);
  if (excluded && attempts.length > 1) {
    return kinkFinding(line, r, where.step, analytic, best, where) ?? { verdict: "wrong", analytic, ...best };
  }
  const sharp =
    best.tolerance <=
    Math.max(1e-3, 10 * where.fine) * Math.max(Math.abs(analytic), Math.abs(best.numerical), 1e-3 * where.unit);
  const agrees = Math.abs(analytic - best.numerical) <= best.tolerance;
  if (sharp && agrees) return { verdict: "ok", analytic, ...best };
  return kinkFinding(line, r, where.step, analytic, best, where) ?? { verdict: "unsure", analytic, ...best };
}

function kinkFinding(
  line: Line,
  r: number,
  step: number,
  analytic: number,
  found: Attempt,
  { noise, rounding, place }: Circumstances,
): Finding | null {
  const g = (t: number): number => line.at(t)[r];
  // Rounding of the place moves the value by its slope.
  const slope = (Math.abs(g(step / 1e2) - g(0)) + Math.abs(g(-step / 1e2) - g(0))) / (step / 1e2);
  const kink = kinkAt(g, step, noise + (Number.isFinite(slope) ? place * slope : 0));
  if (kink === null) return null;
  const margin = safety * Math.max(kink.left.error, kink.right.error) + rounding;
  const { low, high } = rangeOfSlopes(line, r, kink, step);
  const between = analytic >= low - margin && analytic <= high + margin;
  return { verdict: "kink", analytic, ...found, kink: { ...kink, between } };
}

/**
 * The values that a rule may give at a kink: from one slope to the other. Where several results were added up, each
 * may choose its own value between its own slopes, so that their sum has a wider range.
 */
function rangeOfSlopes(line: Line, r: number, { left, right }: Kink, step: number): { low: number; high: number } {
  const range = { low: Math.min(left.value, right.value), high: Math.max(left.value, right.value) };
  const { vectors, size } = line.upstreams;
  if (vectors === null) return range;
  const h = step / 1e3;
  const [below, center, above] = [line.valuesAt(-h), line.valuesAt(0), line.valuesAt(h)];
  const sum = { low: 0, high: 0 };
  for (let o = 0; o < size; o++) {
    const slopes = [(center[o] - below[o]) / h, (above[o] - center[o]) / h].map((s) => s * vectors[r * size + o]);
    sum.low += Math.min(...slopes);
    sum.high += Math.max(...slopes);
  }
  return { low: Math.min(range.low, sum.low), high: Math.max(range.high, sum.high) };
}
