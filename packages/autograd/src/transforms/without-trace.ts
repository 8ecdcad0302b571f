/** Functions that leave no trace in what they read. */
import { RandomGenerator } from "@adjoint/tensor";
import { inside } from "../core/interpreters.ts";
import { type Effects, withEffects } from "../core/variable.ts";

/** No effects at all: values can be read, and nothing changes. */
export const noEffects: Effects = {
  canRead: () => true,
  assign: () => {},
  gradient: (_, own) => own,
  setGradient: () => {},
};

/**
 * Runs `fn` as if it did not happen: `assign` and `backward` take no effect, and random ops draw what they would draw
 * next without moving their generators on, so that it draws the same each time.
 */
export function withoutTrace<Result>(fn: () => Result): Result {
  const copies = new Map<RandomGenerator, RandomGenerator>();
  const draw = (rng: RandomGenerator, count: number): ReturnType<RandomGenerator["take"]> => {
    const copy = copies.get(rng) ?? RandomGenerator.fromState(rng.state);
    copies.set(rng, copy);
    return copy.take(count);
  };
  return withEffects(noEffects, () => inside("withoutTrace", { draw }, fn));
}
