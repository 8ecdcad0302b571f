/** What all networks are made with, and the checks of their options. */
import { checkDType, DTypeError, isFloat, SpecError } from "@adjoint/tensor";

/** Options of every network. */
export interface NetworkOptions {
  /** Seed of the initial weights and of dropout. Default 0. */
  readonly seed?: number;
  /** Element type of the parameters. Default float32. */
  readonly dtype?: "float32" | "float64";
}

/** @throws SpecError unless `value` is a whole number ≥ 1 */
export function checkCount(op: string, argument: string, value: unknown): asserts value is number {
  if (Number.isSafeInteger(value) && (value as number) >= 1) return;
  throw new SpecError({
    op,
    problem: `${argument} is ${JSON.stringify(value) ?? String(value)}`,
    argument,
    expected: "a whole number ≥ 1",
    received: String(value),
    hint: `${argument} must be a whole number, 1 or more.`,
  });
}

/** @throws SpecError unless `value` is a finite number ≥ 0 */
export function checkNotNegative(op: string, argument: string, value: number): void {
  if (typeof value === "number" && value >= 0 && Number.isFinite(value)) return;
  throw new SpecError({
    op,
    problem: `${argument} is ${String(value)}`,
    argument,
    expected: "a finite number ≥ 0",
    received: String(value),
    hint: `${argument} must be 0 or a positive number.`,
  });
}

/** @throws DTypeError unless the dtype is one that has gradients */
export function checkFloat(op: string, dtype: "float32" | "float64"): void {
  checkDType(op, dtype);
  if (isFloat(dtype)) return;
  throw new DTypeError({
    op,
    problem: `parameters cannot be ${String(dtype)}`,
    argument: "dtype",
    expected: "float32 or float64",
    received: String(dtype),
    hint: "Only real numbers have gradients.",
  });
}
