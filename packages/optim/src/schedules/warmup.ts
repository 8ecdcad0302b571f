/** Schedules that begin with small learning rates. */

import { checkNumber, checkOneOf, checkOptions } from "@adjoint/tensor";
import { checkFunction } from "@adjoint/tensor/internal";
import { byCosine, checkFactor, type Schedule, schedule, straight } from "./schedule.ts";

/** Options of {@link warmup}. */
export interface WarmupOptions {
  /** Within how many updates the rate is reached: a finite number > 0. */
  readonly steps: number;
  /** The factor at first: a finite number ≥ 0. Default 1 / steps. */
  readonly from?: number;
  /** The schedule afterwards, whose updates are counted from the end of the warm-up on. Default: the rate stays. */
  readonly followedBy?: Schedule;
}

/**
 * Lets the rate grow to its full size in a straight line: from + (1 − from)·t / steps, and followedBy(t − steps) from t = steps
 * on.
 *
 * @throws SpecError for values out of range
 * Source: P. Goyal et al., "Accurate, large minibatch SGD", 2017; PyTorch, LinearLR and SequentialLR.
 */
export function warmup(options: WarmupOptions): Schedule {
  const op = "schedules.warmup";
  checkOptions(op, options, ["steps", "from", "followedBy"]);
  const { steps, followedBy = () => 1 } = options;
  checkFactor(op, "steps", steps, true);
  const { from = 1 / steps } = options;
  checkFactor(op, "from", from);
  checkFunction(op, followedBy, "followedBy");
  return schedule(op, (t) => (t < steps ? straight(from, 1, t / steps) : followedBy(t - steps)));
}

/** Options of {@link oneCycle}. */
export interface OneCycleOptions {
  /** How many updates there are: a finite number > 2. */
  readonly steps: number;
  /** The share of them in which the rate grows, between 0 and 1. Default 0.3. */
  readonly warmup?: number;
  /** The factor at first: a finite number ≥ 0. Default 0.04. */
  readonly from?: number;
  /** The factor of the last update: a finite number ≥ 0. Default 4e-6. */
  readonly to?: number;
  /** How it goes up and down. Default "cosine". */
  readonly shape?: "cosine" | "linear";
}

/**
 * Takes the rate up to its full size, and down to next to nothing: `from` in the first update, 1 at
 * t = warmup·steps − 1, `to` in the last update and beyond.
 *
 * @throws SpecError for values out of range
 * Source: L. Smith, N. Topin, "Super-convergence", 2018; PyTorch, OneCycleLR.
 */
export function oneCycle(options: OneCycleOptions): Schedule {
  const op = "schedules.oneCycle";
  checkOptions(op, options, ["steps", "warmup", "from", "to", "shape"]);
  const { steps, warmup: share = 0.3, from = 0.04, to = 4e-6, shape = "cosine" } = options;
  checkNumber(op, "steps", steps, steps > 2 && steps < Infinity, "a finite number > 2");
  checkNumber(op, "warmup", share, share > 0 && share < 1, "a number between 0 and 1");
  checkFactor(op, "from", from);
  checkFactor(op, "to", to);
  checkOneOf(op, "shape", shape, ["cosine", "linear"]);
  const along = shape === "cosine" ? byCosine : straight;
  const last = steps - 1;
  const top = Math.max(share * steps - 1, 0);
  return schedule(op, (t) => {
    if (t < top) return along(from, 1, t / top);
    return along(1, to, Math.min((t - top) / (last - top), 1));
  });
}
