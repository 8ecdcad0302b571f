/** A schedule that looks at a measure: the learning rate is reduced when learning comes to a stop. */
import { checkInteger, checkNumber, checkOneOf, checkOptions, SpecError, shown } from "@adjoint/tensor";
import { checkFactor } from "./schedule.ts";

/** Options of {@link plateau}. */
export interface PlateauOptions {
  /** Whether small measures are good, such as losses, or large ones, such as accuracies. Default "min". */
  readonly mode?: "min" | "max";
  /** What the rate is multiplied by: a number ≥ 0 and < 1. Default 0.1. */
  readonly factor?: number;
  /** After how many measures that are no better than the best it is not yet reduced. Default 10. */
  readonly patience?: number;
  /** How much better a measure has to be: a finite number ≥ 0. Default 0.0001. */
  readonly threshold?: number;
  /** Whether the threshold is a share of the best measure, or a difference from it. Default "relative". */
  readonly thresholdMode?: "relative" | "absolute";
  /** How many measures after a reduction do not count against it. Default 0. */
  readonly cooldown?: number;
  /** The least factor: a finite number ≥ 0. Default 0. */
  readonly least?: number;
}

/** What a plateau has seen, as plain numbers that can be saved. */
export interface PlateauState {
  /** The factor of the learning rate. */
  readonly factor: number;
  /** The best measure; null before the first one. */
  readonly best: number | null;
  /** How many measures in a row were no better. */
  readonly waited: number;
  /** How many measures of the cool-down are left. */
  readonly cooling: number;
}

/** A schedule that looks at a measure. It has no state of its own. */
export interface Plateau {
  /** What it has seen at first: nothing. */
  readonly start: PlateauState;
  /** What it has seen after another measure, with the factor from now on. */
  next(state: PlateauState, measure: number): PlateauState;
}

/**
 * A plateau from its options; measures that are gains, such as accuracies, are better when they are larger unless the
 * options say otherwise.
 */
export function plateauFrom(options: Plateau | PlateauOptions, isGain: boolean): Plateau {
  if ("next" in options) return options;
  return plateau({ mode: isGain ? "max" : "min", ...options });
}

/**
 * Multiplies the rate by `factor` once more than `patience` measures in a row were no better than the best.
 *
 * ```ts
 * const plateau = schedules.plateau({ patience: 5 });
 * let seen = plateau.start;
 * // after each epoch
 * seen = plateau.next(seen, testLoss);
 * optimizer.lrFactor = seen.factor;
 * ```
 *
 * @throws SpecError for values out of range, and for a measure that is no finite number
 * Source: PyTorch, ReduceLROnPlateau.
 */
export function plateau(options: PlateauOptions = {}): Plateau {
  const op = "schedules.plateau";
  checkOptions(op, options, ["mode", "factor", "patience", "threshold", "thresholdMode", "cooldown", "least"]);
  const { mode = "min", factor = 0.1, patience = 10, threshold = 1e-4, thresholdMode = "relative" } = options;
  const { cooldown = 0, least = 0 } = options;
  checkOneOf(op, "mode", mode, ["min", "max"]);
  checkNumber(op, "factor", factor, factor >= 0 && factor < 1, "a number ≥ 0 and < 1");
  checkInteger(op, "patience", patience, 0);
  checkFactor(op, "threshold", threshold);
  checkOneOf(op, "thresholdMode", thresholdMode, ["relative", "absolute"]);
  checkInteger(op, "cooldown", cooldown, 0);
  checkFactor(op, "least", least);
  const sign = mode === "min" ? -1 : 1;
  const toBeat = (best: number): number => {
    return thresholdMode === "relative" ? best * (1 + sign * threshold) : best + sign * threshold;
  };
  const isBetter = (measure: number, best: number | null): boolean => {
    return best === null || sign * measure > sign * toBeat(best);
  };
  return {
    start: { factor: 1, best: null, waited: 0, cooling: 0 },
    next(state, measure) {
      if (!Number.isFinite(measure)) {
        throw SpecError.of(op, "measure", measure, "a finite number", {
          problem: `the measure is ${shown(measure)}`,
          hint: 'Pass the loss of an epoch, or an accuracy with mode: "max".',
        });
      }
      const better = isBetter(measure, state.best);
      const best = better ? measure : state.best;
      const isCooling = state.cooling > 0;
      const waited = better || isCooling ? 0 : state.waited + 1;
      const cooling = isCooling ? state.cooling - 1 : 0;
      if (waited <= patience) return { ...state, best, waited, cooling };
      return { factor: Math.max(state.factor * factor, least), best, waited: 0, cooling: cooldown };
    },
  };
}
