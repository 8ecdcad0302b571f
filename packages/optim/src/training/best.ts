/** Which epoch was the best so far, and whether training goes on after epochs that were not. */
import { SpecError, type Tensor } from "@adjoint/tensor";
import type { Measured } from "./measure.ts";

/** The best epoch so far. */
export interface BestEpoch {
  /** Its number, from 1. */
  readonly epoch: number;
  /** What was measured after it, of the metric that counts. */
  readonly value: number;
  /** The state of the network after it, by name; empty unless the best network is kept. */
  readonly state: Readonly<Record<string, Tensor>>;
}

/** Larger is better: accuracy, top5Accuracy, class.accuracy. All others are losses and errors. */
export function isGain(metric: string): boolean {
  return /accuracy$/i.test(metric);
}

export class Best {
  /** The best epoch so far; null before the first. */
  found: BestEpoch | null = null;
  /** Epochs that were measured since. */
  since = 0;
  private readonly metric: string;

  constructor(metric: string) {
    this.metric = metric;
  }

  /**
   * Takes what was measured after an epoch. A number that is not finite is never the best.
   *
   * @param stateOf  gives the network's state, where it is kept
   * @throws SpecError when the metric was not measured
   */
  add(epoch: number, measured: Measured, stateOf: () => BestEpoch["state"]): void {
    const { metric } = this;
    if (!Object.hasOwn(measured, metric)) {
      const names = Object.keys(measured).join(", ");
      throw SpecError.of("Trainer", "bestBy", metric, names, {
        problem: `"${metric}" is not measured`,
        hint: "Add it to the metrics of the spec, or choose by another.",
      });
    }
    const value = measured[metric];
    const before = this.found?.value;
    const isBetter = before === undefined || (isGain(metric) ? value > before : value < before);
    this.since += 1;
    if (!isBetter || !Number.isFinite(value)) return;
    this.found = { epoch, value, state: stateOf() };
    this.since = 0;
  }
}
