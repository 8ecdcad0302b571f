/**
 * A distribution over time as a picture: a column for each step that is kept, a row for each bin. Only columns that are
 * new are painted.
 */
import {
  binAtDecade,
  binOf,
  binsPerDecade,
  medianSize,
  type SizeDistribution,
} from "../../src/training/distribution.ts";
import { quantities, type TrainingSnapshot } from "../../src/training/record.ts";
import { channels } from "./colors.ts";

/** The powers of ten that strips reach from and to; what is smaller or larger is in the first or last row. */
export interface Decades {
  readonly low: number;
  readonly high: number;
}

/** Where nothing is known yet. */
const atFirst: Decades = { low: -4, high: 2 };

/** The logarithms of the least and the greatest median of each snapshot, which does not change. */
const known = new WeakMap<TrainingSnapshot, readonly [least: number, greatest: number]>();

function mediansOf(snapshot: TrainingSnapshot): readonly [least: number, greatest: number] {
  const found = known.get(snapshot);
  if (found !== undefined) return found;
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const layer of snapshot.layers) {
    for (const quantity of quantities) {
      const distribution = layer[quantity];
      const median = distribution === null ? 0 : medianSize(distribution);
      if (!(median > 0)) continue;
      least = Math.min(least, Math.log10(median));
      greatest = Math.max(greatest, Math.log10(median));
    }
  }
  known.set(snapshot, [least, greatest]);
  return [least, greatest];
}

/** The powers of ten around all medians of some snapshots, with one more on either side: the same for all strips. */
export function decadesOf(snapshots: readonly TrainingSnapshot[]): Decades {
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const snapshot of snapshots) {
    const [low, high] = mediansOf(snapshot);
    least = Math.min(least, low);
    greatest = Math.max(greatest, high);
  }
  if (least > greatest) return atFirst;
  return { low: Math.floor(least) - 1, high: Math.ceil(greatest) + 1 };
}

/** Rows below the bins: a gap, and the share of zeros. */
const [gapRows, zeroRows] = [1, 3];

const binsOf = ({ low, high }: Decades): number => (high - low) * binsPerDecade;

/** Rows of the picture. */
export function rowsOf(decades: Decades): number {
  return binsOf(decades) + gapRows + zeroRows;
}

/** The middle of the rows for zeros, as a share of a strip's height from the top. */
export function zerosAt(decades: Decades): number {
  return 1 - zeroRows / 2 / rowsOf(decades);
}

/** The least distance of two marks, and from a mark to either end of the bins, as shares of a strip's height. */
const [apart, fromTop, fromBottom] = [0.25, 0.04, 0.24];

/** The powers of ten that are written beside strips, the largest first, each with its distance from the top as a share. */
export function marksOf(decades: Decades): { readonly exponent: number; readonly at: number }[] {
  const rows = rowsOf(decades);
  const each = Math.ceil((apart * rows) / binsPerDecade);
  const marks: { exponent: number; at: number }[] = [];
  for (let exponent = decades.high; exponent >= decades.low; exponent--) {
    const at = ((decades.high - exponent) * binsPerDecade) / rows;
    if (at < fromTop || at > 1 - fromBottom || exponent % each !== 0) continue;
    marks.push({ exponent, at });
  }
  return marks;
}

/** The pixels of a column: red, green, blue, alpha from the top. */
export function columnOf(
  distribution: SizeDistribution | null,
  decades: Decades,
  color: string,
  medianColor: string,
): Uint8ClampedArray {
  const [bins, firstBin] = [binsOf(decades), binAtDecade(decades.low)];
  const rowOf = (bin: number): number => bins - 1 - Math.max(0, Math.min(bins - 1, bin - firstBin));
  const pixels = new Uint8ClampedArray(4 * rowsOf(decades));
  if (distribution === null) return pixels;
  const { count, zeros, first, counts } = distribution;
  const [red, green, blue] = channels(color);
  const paint = (row: number, alpha: number): void => pixels.set([red, green, blue, alpha], 4 * row);
  const shares = new Float64Array(bins);
  counts.forEach((within, i) => {
    shares[rowOf(first + i)] += within;
  });
  const most = Math.max(...shares);
  // The root: bins with a hundredth of the largest one are still to be seen.
  for (let row = 0; row < bins; row++) if (shares[row] > 0) paint(row, 40 + 190 * Math.sqrt(shares[row] / most));
  for (let row = 0; row < zeroRows; row++) if (zeros > 0) paint(bins + gapRows + row, 30 + (225 * zeros) / count);
  const median = medianSize(distribution);
  if (median > 0) pixels.set([...channels(medianColor), 255], 4 * rowOf(binOf(median)));
  return pixels;
}
