/** Schedules that take the learning rate down along a curve, within a number of updates. */
import { checkNumber, checkOptions } from "@adjoint/tensor";
import { byCosine, checkFactor, type Schedule, schedule, straight } from "./schedule.ts";

/** Options of {@link cosine}. */
export interface CosineOptions {
  /** Within how many updates: a finite number > 0. */
  readonly steps: number;
  /** The factor at the end: a finite number ≥ 0. Default 0. */
  readonly least?: number;
  /**
   * Begins anew after `steps` updates, each time after so many times more: a number ≥ 1. Default: it stays at `least`.
   */
  readonly restarts?: number;
}

/**
 * Takes the rate down by half a period of the cosine: least + (1 − least)·(1 + cos(π·t / steps)) / 2, and `least` from
 * t = steps on. With `restarts` k it begins anew there; the next period has k·steps updates, the one after it k²·steps.
 *
 * @throws SpecError for values out of range
 * Source: I. Loshchilov, F. Hutter, "SGDR: stochastic gradient descent with warm restarts", ICLR 2017; PyTorch,
 * CosineAnnealingLR and CosineAnnealingWarmRestarts.
 */
export function cosine(options: CosineOptions): Schedule {
  const op = "schedules.cosine";
  checkOptions(op, options, ["steps", "least", "restarts"]);
  const { steps, least = 0, restarts } = options;
  checkFactor(op, "steps", steps, true);
  checkFactor(op, "least", least);
  if (restarts === undefined) return schedule(op, (t) => byCosine(1, least, Math.min(t / steps, 1)));
  checkNumber(op, "restarts", restarts, restarts >= 1 && restarts < Infinity, "a finite number ≥ 1");
  return schedule(op, (t) => {
    let [start, length] = [0, steps];
    if (restarts === 1) start = steps * Math.floor(t / steps);
    else for (; t >= start + length; length *= restarts) start += length;
    return byCosine(1, least, (t - start) / length);
  });
}

/** Options of {@link linear}. */
export interface LinearOptions {
  /** Within how many updates: a finite number > 0. */
  readonly steps: number;
  /** The factor at the end: a finite number ≥ 0. Default 0. */
  readonly to?: number;
}

/**
 * Takes the rate to `to` in a straight line: 1 + (to − 1)·t / steps, and `to` from t = steps on.
 *
 * @throws SpecError for values out of range
 * Source: PyTorch, LinearLR.
 */
export function linear(options: LinearOptions): Schedule {
  const op = "schedules.linear";
  checkOptions(op, options, ["steps", "to"]);
  const { steps, to = 0 } = options;
  checkFactor(op, "steps", steps, true);
  checkFactor(op, "to", to);
  return schedule(op, (t) => straight(1, to, Math.min(t / steps, 1)));
}

/** Options of {@link polynomial}. */
export interface PolynomialOptions {
  /** Within how many updates: a finite number > 0. */
  readonly steps: number;
  /** The exponent: a finite number > 0. Default 2. */
  readonly power?: number;
}

/**
 * Takes the rate to 0 along a polynomial: (1 − t / steps)^power, and 0 from t = steps on.
 *
 * @throws SpecError for values out of range
 * Source: PyTorch, PolynomialLR.
 */
export function polynomial(options: PolynomialOptions): Schedule {
  const op = "schedules.polynomial";
  checkOptions(op, options, ["steps", "power"]);
  const { steps, power = 2 } = options;
  checkFactor(op, "steps", steps, true);
  checkFactor(op, "power", power, true);
  return schedule(op, (t) => (1 - Math.min(t / steps, 1)) ** power);
}
