/**
 * A distribution over time as a picture: a column for each step that is kept, a row for each bin. Only columns that are
 * new are painted.
 */
import { binAtDecade, binOf, medianSize, type SizeDistribution } from "../../src/training/distribution.ts";
import { channels } from "./colors.ts";

/**
 * The powers of ten that are shown; what is smaller or larger is in the first or last row. The marks beside strips
 * (style.css) follow from them.
 */
export const shown = { low: -10, high: 2 } as const;

const firstBin = binAtDecade(shown.low);
const bins = binAtDecade(shown.high) - firstBin;
/** Rows below the bins: a gap, and the share of zeros. */
const [gapRows, zeroRows] = [1, 3];
/** Rows of the picture. */
export const stripRows = bins + gapRows + zeroRows;

/** The row of a bin, from the top. */
function rowOf(bin: number): number {
  return bins - 1 - Math.max(0, Math.min(bins - 1, bin - firstBin));
}

/** The pixels of a column: red, green, blue, alpha from the top. */
export function columnOf(distribution: SizeDistribution | null, color: string, medianColor: string): Uint8ClampedArray {
  const pixels = new Uint8ClampedArray(4 * stripRows);
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
