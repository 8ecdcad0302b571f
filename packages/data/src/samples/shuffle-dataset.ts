/** Shuffles samples and hands them out in batches. */
import { checkInteger, checkOptions, rng, type Tensor } from "@adjoint/tensor";
import { countSamples, rowMajor, takeRows } from "./rows.ts";

/**
 * Shuffles inputs and targets along their first axis with one permutation, so that they still belong together.
 *
 * @param x        inputs, [N, …]
 * @param t        targets, [N, …]
 * @param options  `seed` (0): the same seed gives the same order
 * @returns        `{ x, t }`, new tensors
 * @throws ShapeError when x and t have different numbers of rows
 * Source: Deep Learning from Scratch, 6.5.2 (common/util.py `shuffle_dataset`).
 */
export function shuffleDataset<X extends Tensor, T extends Tensor>(
  x: X,
  t: T,
  options: { readonly seed?: number } = {},
): { readonly x: X; readonly t: T } {
  checkOptions("shuffleDataset", options, ["seed"]);
  const rows = rowMajor(rng(options.seed ?? 0).permutation(countSamples("shuffleDataset", x, t)));
  return { x: takeRows(x as Tensor, rows) as X, t: takeRows(t as Tensor, rows) as T };
}

/** Options of {@link batches}. */
export interface BatchOptions {
  /** Samples in a batch, at least 1. */
  readonly batchSize: number;
  /** Seed of the order; give each epoch its own. Default 0. */
  readonly seed?: number;
  /** Whether to leave out a last batch that is smaller than the others. Default false. */
  readonly dropLast?: boolean;
}

/**
 * Goes through all samples once, in shuffled order, in batches.
 *
 * @param x        inputs, [N, …]
 * @param t        targets, [N, …]
 * @param options  `batchSize`; `seed` (0); `dropLast` (false)
 * @returns        an iterator of `{ x, t }` with `batchSize` rows each, the last one possibly with fewer
 * @throws ShapeError when x and t have different numbers of rows
 * @throws SpecError  when `batchSize` is not an integer ≥ 1
 */
export function batches<X extends Tensor, T extends Tensor>(
  x: X,
  t: T,
  options: BatchOptions,
): IterableIterator<{ readonly x: X; readonly t: T }> {
  checkOptions("batches", options, ["batchSize", "seed", "dropLast"]);
  const { batchSize, seed = 0, dropLast = false } = options;
  const count = countSamples("batches", x, t);
  checkInteger("batches", "batchSize", batchSize, 1);
  const rows = rowMajor(rng(seed).permutation(count));
  // The checks above run at once, not at the first step of the iterator.
  return (function* () {
    for (let start = 0; start < (dropLast ? count - batchSize + 1 : count); start += batchSize) {
      const batch = rows.subarray(start, start + batchSize);
      yield { x: takeRows(x as Tensor, batch) as X, t: takeRows(t as Tensor, batch) as T };
    }
  })();
}
