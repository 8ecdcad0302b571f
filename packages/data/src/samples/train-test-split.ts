/** Splits samples into some to learn from and some to be tested with. */
import { checkOptions, rng, ShapeError, SpecError, shown, type Tensor } from "@adjoint/tensor";
import { countSamples, rowMajor, takeRows } from "./rows.ts";

/** Options of {@link trainTestSplit}. */
export interface SplitOptions {
  /** Samples in `test`: an integer, or a fraction between 0 and 1 (rounded up). Default 0.25. */
  readonly testSize?: number;
  /** Seed of the shuffle. Default 0. */
  readonly seed?: number;
  /** Whether each label has its share in both parts; then `t` is a vector of labels. Default false. */
  readonly stratify?: boolean;
}

/**
 * How many of `counts[k]` samples of each class go into a part of `size`: proportional, rounded down, and what is left
 * goes to the classes that lost most by rounding (the method of largest remainders; the earlier class at a tie).
 */
function quotas(counts: ReadonlyMap<number, number>, size: number, total: number): Map<number, number> {
  const shares = [...counts]
    .sort(([a], [b]) => a - b)
    .map(([label, count]) => ({ label, share: (count * size) / total }));
  const quota = new Map(shares.map(({ label, share }) => [label, Math.floor(share)]));
  const left = size - [...quota.values()].reduce((sum, n) => sum + n, 0);
  const byRemainder = shares.toSorted((a, b) => (b.share % 1) - (a.share % 1));
  for (const { label } of byRemainder.slice(0, left)) quota.set(label, quota.get(label)! + 1);
  return quota;
}

/**
 * Rows of a split in shuffled order: one permutation, of which `test` takes the first rows, or with `labels` the first
 * of each class up to its quota, and `train` the others.
 */
export function splitRows(
  count: number,
  testSize: number,
  seed: number,
  labels?: ArrayLike<number>,
): { readonly train: number[]; readonly test: number[] } {
  const order = rowMajor(rng(seed).permutation(count));
  const classOf = (row: number): number => (labels === undefined ? 0 : labels[row]);
  const counts = new Map<number, number>();
  for (let row = 0; row < count; row++) counts.set(classOf(row), (counts.get(classOf(row)) ?? 0) + 1);
  const open = quotas(counts, testSize, count);
  const train: number[] = [];
  const test: number[] = [];
  for (const row of order) {
    const places = open.get(classOf(row))!;
    if (places > 0) open.set(classOf(row), places - 1);
    (places > 0 ? test : train).push(row);
  }
  return { train, test };
}

/**
 * Shuffles samples and splits them in two.
 *
 * @param x        inputs, [N, …]
 * @param t        targets, [N, …]
 * @param options  `testSize` (0.25): a fraction, or a number of samples, 1 … N − 1; `seed` (0); `stratify` (false): each
 *                 label of `t` [N] has its share in both parts
 * @returns        `{ train: { x, t }, test: { x, t } }`
 * @throws ShapeError when x and t have different numbers of rows, or `stratify` is asked for and t is not a vector
 * @throws SpecError  when one of the parts would be empty
 */
export function trainTestSplit<X extends Tensor, T extends Tensor>(
  x: X,
  t: T,
  options: SplitOptions = {},
): { readonly train: { readonly x: X; readonly t: T }; readonly test: { readonly x: X; readonly t: T } } {
  const op = "trainTestSplit";
  checkOptions(op, options, ["testSize", "seed", "stratify"]);
  const { testSize = 0.25, seed = 0, stratify = false } = options;
  const count = countSamples(op, x, t);
  const size = typeof testSize === "number" && testSize > 0 && testSize < 1 ? Math.ceil(testSize * count) : testSize;
  if (!Number.isInteger(size) || size < 1 || size >= count) {
    throw SpecError.of(op, "testSize", testSize, `a fraction between 0 and 1, or an integer from 1 to ${count - 1}`, {
      problem: `testSize is ${shown(testSize)} for ${count} samples`,
    });
  }
  if (stratify && t.ndim !== 1) {
    throw ShapeError.of(op, "t", t, `[${count}], a vector of labels, to stratify`, {
      argument: "stratify",
      hint: "Split the labels before one-hot encoding them.",
    });
  }
  const rows = splitRows(count, size, seed, stratify ? rowMajor(t as Tensor) : undefined);
  const part = (of: readonly number[]): { readonly x: X; readonly t: T } => ({
    x: takeRows(x as Tensor, of) as X,
    t: takeRows(t as Tensor, of) as T,
  });
  return { train: part(rows.train), test: part(rows.test) };
}
