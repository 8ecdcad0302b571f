/**
 * A tensor as the page shows it: a picture, a histogram, a summary and its first numbers. Plain data, which a worker
 * can send.
 */
import type { Tensor } from "@adjoint/tensor";
import type { Summary } from "../../src/drawing/painting/appearance.ts";
import { elementsOf, type Picture, pictureOf, storedIn, summaryOf } from "../../src/drawing/values.ts";
import type { ValueHistogram } from "../../src/training/distribution.ts";

export interface TensorView {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly summary: Summary;
  readonly picture: Picture | null;
  readonly histogram: ValueHistogram | null;
  /** The elements in row-major order: at most `mostElements`. */
  readonly elements: readonly number[];
}

function histogramOf(data: ArrayLike<number>, { min, max, size }: Summary): ValueHistogram | null {
  if (size < 8 || !(max > min)) return null;
  const counts = new Array<number>(24).fill(0);
  for (let i = 0; i < data.length; i++) {
    const value = Number(data[i]);
    if (!Number.isFinite(value)) continue;
    counts[Math.min(counts.length - 1, Math.floor(((value - min) / (max - min)) * counts.length))] +=
      size / data.length;
  }
  return { low: min, high: max, counts };
}

/** A tensor as the page shows it. */
export function viewOf(x: Tensor): TensorView {
  const data = storedIn(x);
  const summary = summaryOf(x, data);
  return {
    shape: x.shape,
    dtype: x.dtype,
    summary,
    picture: pictureOf(x, 96),
    histogram: histogramOf(data as ArrayLike<number>, summary),
    elements: elementsOf(x),
  };
}
