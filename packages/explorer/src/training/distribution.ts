/**
 * How the numbers of a tensor are spread, as plain data: over powers of ten, where vanishing and exploding show, and
 * over their range.
 */
import type { Tensor } from "@adjoint/tensor";
import { elementAt } from "../drawing/values.ts";

/** Bins in each power of ten. */
export const binsPerDecade = 3;

/** Bin 0 starts at 10 to this power. */
const originDecade = -12;

/** The bin that starts at a power of ten. */
export function binAtDecade(decade: number): number {
  return (decade - originDecade) * binsPerDecade;
}

/** The bin of an absolute value that is neither 0 nor infinite. */
export function binOf(size: number): number {
  return Math.floor(binAtDecade(Math.log10(size)));
}

/** The bins of the least and the greatest float64: every size has a bin of its own, none stands for larger ones. */
const [leastBin, greatestBin] = [binOf(Number.MIN_VALUE), binOf(Number.MAX_VALUE)];

/** Numbers by their size: how many absolute values lie in each bin of a logarithmic scale. */
export interface SizeDistribution {
  /** How many numbers were counted. */
  readonly count: number;
  /** How many of them are exactly 0, which has no logarithm. */
  readonly zeros: number;
  /** How many of them are NaN or infinite. */
  readonly notFinite: number;
  /** The bin of `counts[0]`; below 0 for sizes under 10^-12. */
  readonly first: number;
  /** Numbers in bin `first` and those after it: in bin k those of 10^(k/3 − 12) ≤ |v| < 10^((k + 1)/3 − 12). */
  readonly counts: readonly number[];
}

/** Numbers by their place between the least and the greatest: how many lie in each of equally wide bins. */
export interface ValueHistogram {
  readonly low: number;
  readonly high: number;
  readonly counts: readonly number[];
}

/** The most numbers of one tensor that are counted; of more, evenly spaced ones. */
const mostCounted = 65_536;

/** Calls `use` with the numbers of a tensor, in row-major order, or with evenly spaced ones of them. */
function forSome(x: Tensor, use: (value: number) => void): void {
  const { data, offset, size, isContiguous } = x;
  const stride = Math.ceil(size / mostCounted);
  for (let place = 0; place < size; place += stride) {
    use(isContiguous ? Number(data[offset + place]) : elementAt(x, place));
  }
}

/** The numbers of a tensor by their size. Of more than 65,536, evenly spaced ones are counted. */
export function distributionOf(x: Tensor): SizeDistribution {
  const all = new Uint32Array(greatestBin - leastBin + 1);
  let [count, zeros, notFinite] = [0, 0, 0];
  forSome(x, (value) => {
    count++;
    if (value === 0) zeros++;
    else if (!Number.isFinite(value)) notFinite++;
    else all[binOf(Math.abs(value)) - leastBin]++;
  });
  let first = 0;
  while (first < all.length && all[first] === 0) first++;
  let end = all.length;
  while (end > first && all[end - 1] === 0) end--;
  return { count, zeros, notFinite, first: end === first ? 0 : first + leastBin, counts: [...all.slice(first, end)] };
}

/**
 * The median of the absolute values of all numbers but 0, read off the bins: right to a third of a power of ten. 0 where
 * all are 0, NaN where there are none that are finite.
 */
export function medianSize({ count, zeros, notFinite, first, counts }: SizeDistribution): number {
  const half = (count - notFinite - zeros) / 2;
  if (half === 0) return zeros > 0 ? 0 : Number.NaN;
  let below = 0;
  for (const [i, within] of counts.entries()) {
    if (below + within >= half) {
      const share = (half - below) / within;
      return 10 ** (originDecade + (first + i + share) / binsPerDecade);
    }
    below += within;
  }
  return Number.NaN;
}

/** The numbers of a tensor by their place in their range, NaN and infinite ones left out. */
export function histogramOf(x: Tensor, bins = 24): ValueHistogram {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  forSome(x, (value) => {
    if (!Number.isFinite(value)) return;
    if (value < low) low = value;
    if (value > high) high = value;
  });
  const counts = new Array<number>(bins).fill(0);
  if (low > high) return { low: 0, high: 0, counts };
  const width = high - low;
  forSome(x, (value) => {
    if (!Number.isFinite(value)) return;
    counts[width === 0 ? 0 : Math.min(bins - 1, Math.floor(((value - low) / width) * bins))]++;
  });
  return { low, high, counts };
}
