/** Schedules that multiply the learning rate again and again. */
import { checkKind, checkOptions, SpecError } from "@adjoint/tensor";
import { checkFactor, type Schedule, schedule } from "./schedule.ts";

/** Options of {@link step}: either `every` or `at`. */
export interface StepOptions {
  /** After how many updates the rate is multiplied, again and again: a finite number > 0. */
  readonly every?: number;
  /** After which numbers of updates the rate is multiplied. */
  readonly at?: readonly number[];
  /** By what: a finite number ≥ 0. Default 0.1. */
  readonly factor?: number;
}

/**
 * Multiplies the rate by `factor` at every so many updates, or at given ones: factor^⌊t / every⌋, or factor to the number
 * of `at` that are ≤ t.
 *
 * @throws SpecError unless there is one of `every` and `at`, and for values out of range
 * Source: PyTorch, StepLR and MultiStepLR.
 */
export function step(options: StepOptions): Schedule {
  const op = "schedules.step";
  checkOptions(op, options, ["every", "at", "factor"]);
  const { every, at, factor = 0.1 } = options;
  if ((every === undefined) === (at === undefined)) {
    const received = every === undefined ? "neither every nor at" : "both every and at";
    throw SpecError.of(op, "options", received, "{ every } or { at }", {
      problem: `there is ${received}`,
      hint: "For example { every: 1000 }.",
    });
  }
  checkFactor(op, "factor", factor);
  if (every !== undefined) {
    checkFactor(op, "every", every, true);
    return schedule(op, (t) => factor ** Math.floor(t / every));
  }
  checkKind(op, "at", at, Array.isArray(at), "a list of numbers");
  const times = [...(at as readonly number[])];
  for (const time of times) checkFactor(op, "at", time);
  return schedule(op, (t) => factor ** times.filter((time) => time <= t).length);
}

/** Options of {@link exponential}. */
export interface ExponentialOptions {
  /** What each update multiplies the rate by: a finite number ≥ 0. */
  readonly factor: number;
}

/**
 * Multiplies the rate by `factor` at every update: factorᵗ.
 *
 * @throws SpecError for a factor out of range
 * Source: PyTorch, ExponentialLR.
 */
export function exponential(options: ExponentialOptions): Schedule {
  const op = "schedules.exponential";
  checkOptions(op, options, ["factor"]);
  const { factor } = options;
  checkFactor(op, "factor", factor);
  return schedule(op, (t) => factor ** t);
}
