/** What the transforms of the package do, as data over plain arrays, so that a worker can do it, too. */
import type { DataOf, DType } from "@adjoint/tensor";

/** A number for all channels, or one for each. */
export type PerChannel = number | readonly number[];

/** What a transform does. */
export type Change =
  | { readonly kind: "normalize"; readonly mean: PerChannel; readonly std: PerChannel }
  | { readonly kind: "flip"; readonly p: number; readonly direction: "horizontal" | "vertical" }
  | { readonly kind: "shift"; readonly by: number; readonly fill: number }
  | {
      readonly kind: "crop";
      readonly size: readonly [height: number, width: number];
      readonly padding: number;
      readonly fill: number;
    };

/** Samples, row by row. */
export interface Block {
  readonly data: DataOf<DType>;
  readonly shape: readonly number[];
}

/** `draw(n)` gives n numbers of [0, 1) for each sample. */
export type Draw = (perSample: number) => Float64Array;

/** Which pixels of an image become which: y[c, p, q] = x[c, top + p · down, left + q · right]. */
export interface Place {
  readonly top: number;
  readonly left: number;
  readonly down: number;
  readonly right: number;
}

/** A place that is neither flipped nor turned. */
export const placeAt = (top: number, left: number): Place => ({ top, left, down: 1, right: 1 });

/** An integer of low … low + count − 1 from a number of [0, 1). */
const integerOf = (draw: number, low: number, count: number): number => low + Math.floor(draw * count);

export function changed(change: Change, x: Block, draw: Draw): Block {
  if (change.kind === "normalize") return normalized(x, change.mean, change.std);
  const [, , height, width] = x.shape;
  switch (change.kind) {
    case "flip": {
      const draws = draw(1);
      const asIs = placeAt(0, 0);
      const flipped: Place =
        change.direction === "horizontal"
          ? { ...asIs, left: width - 1, right: -1 }
          : { ...asIs, top: height - 1, down: -1 };
      return moved(x, [height, width], (i) => (draws[i] < change.p ? flipped : asIs), 0);
    }
    case "shift": {
      const draws = draw(2);
      const offset = (k: number): number => integerOf(draws[k], -change.by, 2 * change.by + 1);
      const place = (i: number): Place => placeAt(offset(2 * i), offset(2 * i + 1));
      return moved(x, [height, width], place, change.fill);
    }
    case "crop": {
      const draws = draw(2);
      const { size, padding, fill } = change;
      const [rows, columns] = placesFor(change, x);
      const place = (i: number): Place =>
        placeAt(integerOf(draws[2 * i], -padding, rows), integerOf(draws[2 * i + 1], -padding, columns));
      return moved(x, size, place, fill);
    }
  }
}

/** How many places there are for a part of images, in each direction; below 1 where it is larger than the padded image. */
export function placesFor(
  { size, padding }: Pick<Extract<Change, { kind: "crop" }>, "size" | "padding">,
  { shape: [, , height, width] }: Pick<Block, "shape">,
): readonly [rows: number, columns: number] {
  return [height + 2 * padding - size[0] + 1, width + 2 * padding - size[1] + 1];
}

/** y = (x − mean) / std, by channel: the second axis. */
function normalized({ data, shape }: Block, means: PerChannel, deviations: PerChannel): Block {
  const channels = shape[1];
  const width = data.length / Math.max(1, shape[0] * channels);
  const y = new Float32Array(data.length);
  for (let begin = 0, plane = 0; begin < y.length; begin += width, plane++) {
    const channel = plane % channels;
    const [mean, deviation] = [means, deviations].map((of) => (typeof of === "number" ? of : of[channel]));
    for (let i = begin; i < begin + width; i++) y[i] = (data[i] - mean) / deviation;
  }
  return { data: y, shape };
}

/** Moves the pixels of image i by a place of its own; `fill` comes in from outside. */
export function moved(
  { data: source, shape }: Block,
  [newHeight, newWidth]: readonly [height: number, width: number],
  place: (i: number) => Place,
  fill: number,
): Block {
  const [count, channels, height, width] = shape;
  const y = new Float32Array(count * channels * newHeight * newWidth).fill(fill);
  for (let i = 0; i < count; i++) {
    const { top, left, down, right } = place(i);
    // The columns and rows that come from inside.
    const [begin, end] = right > 0 ? [-left, width - left] : [left - width + 1, left + 1];
    const [first, last] = [Math.max(0, begin), Math.min(newWidth, end)];
    const [upper, lower] = down > 0 ? [-top, height - top] : [top - height + 1, top + 1];
    const [above, below] = [Math.max(0, upper), Math.min(newHeight, lower)];
    if (first >= last || above >= below) continue;
    for (let c = 0; c < channels; c++) {
      const from = ((i * channels + c) * height + top) * width + left;
      const to = (i * channels + c) * newHeight * newWidth;
      if (down > 0 && right > 0 && width === newWidth) {
        // One block of memory, in which columns of the next row stand where none comes from inside.
        const [start, length] = [above * width + first, (below - 1 - above) * width + last - first];
        y.set(source.subarray(from + start, from + start + length), to + start);
        for (let p = above; p < below - 1; p++) {
          for (let q = last; q < first + width; q++) y[to + p * width + q] = fill;
        }
        continue;
      }
      for (let p = above; p < below; p++) {
        const [line, pixels] = [to + p * newWidth, from + p * down * width];
        for (let q = first; q < last; q++) y[line + q] = source[pixels + q * right];
      }
    }
  }
  return { data: y, shape: [count, channels, newHeight, newWidth] };
}
