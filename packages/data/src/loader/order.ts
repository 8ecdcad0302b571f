/** Which samples each epoch takes, and in which order: numbers that depend on the seed and the epoch alone. */
import { RandomGenerator, uniformAt } from "@adjoint/tensor";
import { rowMajor } from "../samples/rows.ts";

/** What the generators of an epoch are for; each has numbers of its own. */
const ORDER = 0;
/** Generators of an epoch: its order, and up to a thousand transforms. */
const perEpoch = 1024;

/** A generator of an epoch: 0 is for the order, 1 + k for transform k. */
export function generatorOf(seed: number, epoch: number, purpose: number): RandomGenerator {
  return new RandomGenerator(seed, epoch * perEpoch + purpose).split();
}

export function transformGenerator(seed: number, epoch: number, k: number): RandomGenerator {
  return generatorOf(seed, epoch, 1 + k);
}

export const mostTransforms: number = perEpoch - 1;

/** The rows of one epoch in order: all of them, shuffled or not; or as many as there are, drawn by weights. */
export function epochRows(
  count: number,
  epoch: number,
  options: { readonly seed: number; readonly shuffle: boolean; readonly cumulative: Float64Array | null },
): Int32Array {
  const { seed, shuffle, cumulative } = options;
  if (cumulative === null) {
    return shuffle
      ? rowMajor(generatorOf(seed, epoch, ORDER).permutation(count))
      : Int32Array.from({ length: count }, (_, i) => i);
  }
  const { key, counter } = generatorOf(seed, epoch, ORDER).state;
  const total = cumulative[count - 1];
  const draws = uniformAt(key, counter, [count], "float64").data;
  return Int32Array.from(draws, (draw) => firstAbove(cumulative, draw * total));
}

/** The first index whose number is larger than `value`. */
function firstAbove(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
