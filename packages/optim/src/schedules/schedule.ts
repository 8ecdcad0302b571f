/** A schedule: what becomes of the learning rate while a training runs. */
import { checkNumber } from "@adjoint/tensor";

/**
 * The factor of the learning rate by the number of updates done, from 0; or of epochs, if its options count epochs. It is
 * pure: a training that goes on from t goes on with the same rates.
 */
export type Schedule = (t: number) => number;

/** A schedule that refuses what is no number of updates. */
export function schedule(op: string, factorAt: Schedule): Schedule {
  return (t) => {
    checkNumber(op, "t", t, typeof t === "number" && t >= 0 && t < Number.POSITIVE_INFINITY, "a finite number ≥ 0");
    return factorAt(t);
  };
}

/** @throws SpecError unless it is a finite number ≥ 0, or > 0 where it is to be `positive` */
export function checkFactor(op: string, name: string, factor: unknown, positive = false): asserts factor is number {
  const ok = typeof factor === "number" && factor < Number.POSITIVE_INFINITY && (positive ? factor > 0 : factor >= 0);
  checkNumber(op, name, factor, ok, `a finite number ${positive ? ">" : "≥"} 0`);
}

/** From `a` at 0 to `b` at 1 in a straight line; exactly a and b at the ends. */
export const straight = (a: number, b: number, share: number): number => a * (1 - share) + b * share;

/** From `a` at 0 to `b` at 1 by half a period of the cosine; exactly a and b at the ends. */
export const byCosine = (a: number, b: number, share: number): number => {
  return straight(b, a, (1 + Math.cos(Math.PI * share)) / 2);
};
