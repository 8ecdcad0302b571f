/** What all networks are made with, and the checks of their options. */
import { SpecError, shown } from "@adjoint/tensor";

/** Options of every network. */
export interface NetworkOptions {
  /** Seed of the initial weights and of dropout. Default 0. */
  readonly seed?: number;
  /** Element type of the parameters. Default float32. */
  readonly dtype?: "float32" | "float64";
}

/** @throws SpecError unless `value` is a finite number ≥ 0 */
export function checkNotNegative(op: string, argument: string, value: number): void {
  if (typeof value === "number" && value >= 0 && Number.isFinite(value)) return;
  throw new SpecError({
    op,
    problem: `${argument} is ${shown(value)}`,
    argument,
    expected: "a finite number ≥ 0",
    received: shown(value),
    hint: `${argument} must be 0 or a positive number.`,
  });
}
