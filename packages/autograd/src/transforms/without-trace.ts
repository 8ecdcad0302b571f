/** Functions that leave no trace in what they read. */
import type { RandomGenerator } from "@adjoint/tensor";
import { type Draw, inside, type Take } from "../core/interpreters.ts";
import { type Effects, effectsNow, withEffects } from "../core/variable.ts";

/** No effects at all: values can be read, and nothing changes. */
export const noEffects: Effects = {
  canRead: () => true,
  assign: () => {},
  gradient: (_, own) => own,
  setGradient: () => {},
};

/** No effects, and reading as it is outside. */
function readingAs(outer: Effects): Effects {
  const { unreadable } = outer;
  return {
    ...noEffects,
    canRead: (x) => outer.canRead(x),
    ...(unreadable && { unreadable: (x) => unreadable.call(outer, x) }),
    gradient: (x, own) => outer.gradient(x, own),
    dependsOn: (of, read) => outer.dependsOn?.(of, read),
  };
}

/**
 * Runs `fn` as if it did not happen: `assign` and `backward` take no effect, and random ops draw what they would draw
 * next without moving their generators on, so that it draws the same each time.
 */
export function withoutTrace<Result>(fn: () => Result): Result {
  const taken = new Map<RandomGenerator, number>();
  const draw = (rng: RandomGenerator, count: number, below: Take): Draw => {
    const before = taken.get(rng) ?? 0;
    taken.set(rng, before + count);
    const { counter, ...start } = below(rng, 0);
    return { ...start, counter: counter + before };
  };
  const outer = effectsNow();
  const effects = outer === null ? noEffects : readingAs(outer);
  return withEffects(effects, () => inside("withoutTrace", { draw }, fn));
}
