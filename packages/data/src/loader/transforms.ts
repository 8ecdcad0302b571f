/** Changes of samples on their way into a batch: scaling, and random ones that make more of few images. */
import {
  checkFinite,
  checkInteger,
  checkKind,
  checkOneOf,
  checkOptions,
  checkProbability,
  formatShape,
  kernels,
  ShapeError,
  SpecError,
  Tensor,
} from "@adjoint/tensor";
import { rowMajor } from "../samples/rows.ts";

/**
 * What changes the samples of a batch. Random numbers are drawn by place in the epoch, so that they do not depend on the
 * size of batches.
 */
export interface Transform {
  /**
   * @param x     samples, [N, …]
   * @param draw  `draw(n)` gives n numbers of [0, 1) for each sample: those of sample i begin at i · n
   */
  (x: Tensor, draw: (perSample: number) => Float64Array): Tensor;
  /** What a random transform does to samples that are measured, such as cutting their middle. Default: nothing. */
  readonly fixed?: (x: Tensor) => Tensor;
}

/** Thrown where a transform draws a number and there is none. */
const chance = Symbol("chance");

/** Samples changed by a transform, unless it is random: then by what it does in its place. */
export function withoutChance(transform: Transform, x: Tensor): Tensor {
  if (transform.fixed !== undefined) return transform.fixed(x);
  try {
    return transform(x, () => {
      throw chance;
    });
  } catch (thrown) {
    if (thrown === chance) return x;
    throw thrown;
  }
}

/** @throws ShapeError unless x is images, [N, channels, height, width] */
function checkImages(op: string, x: Tensor): readonly [number, number, number, number] {
  if (x.ndim === 4) return x.shape as readonly [number, number, number, number];
  throw ShapeError.of(op, "x", x, "[N, channels, height, width]", {
    hint: "Load images as such: flatten: false.",
  });
}

/** One number, or one for each channel. */
function perChannel(
  op: string,
  argument: string,
  given: number | readonly number[],
  channels: number,
): readonly number[] {
  const values = typeof given === "number" ? new Array<number>(channels).fill(given) : given;
  if (values.length === channels) return values;
  throw SpecError.of(op, argument, given, `one number, or ${channels}, one for each channel`);
}

/**
 * y = (x − mean) / std, by channel: the second axis.
 *
 * @param options  `mean` and `std`: a number, or one for each channel; `channelStatistics` gives those of samples
 * @throws SpecError when a number is not finite, a deviation not above 0, or their count is not that of the channels
 */
export function normalize(options: {
  readonly mean: number | readonly number[];
  readonly std: number | readonly number[];
}): Transform {
  const op = "normalize";
  checkOptions(op, options, ["mean", "std"]);
  const { mean, std } = options;
  for (const [argument, given] of Object.entries({ mean, std })) {
    for (const value of [given].flat()) {
      checkFinite(op, argument, value);
      if (argument === "std" && value <= 0) throw SpecError.of(op, argument, value, "a number above 0");
    }
  }
  return (x) => {
    if (x.ndim < 2) throw ShapeError.of(op, "x", x, "[N, channels, …]");
    const [means, deviations] = [perChannel(op, "mean", mean, x.shape[1]), perChannel(op, "std", std, x.shape[1])];
    const source = rowMajor(x);
    const width = x.size / Math.max(1, x.shape[0] * x.shape[1]);
    const y = new Float32Array(x.size);
    for (let begin = 0, plane = 0; begin < y.length; begin += width, plane++) {
      const channel = plane % x.shape[1];
      const [channelMean, deviation] = [means[channel], deviations[channel]];
      for (let i = begin; i < begin + width; i++) y[i] = (source[i] - channelMean) / deviation;
    }
    return new Tensor(y, x.shape);
  };
}

/**
 * Mean and standard deviation √(Σ (x − mean)² / n) of every channel, the second axis, over all samples.
 *
 * @param x  samples, [N, channels, …]
 * @returns  what {@link normalize} takes; a deviation of 0 is given as 1
 * @throws ShapeError for samples without channels, or none
 */
export function channelStatistics(x: Tensor): { readonly mean: readonly number[]; readonly std: readonly number[] } {
  const op = "channelStatistics";
  checkKind(op, "x", x, x instanceof Tensor, "a Tensor");
  if (x.ndim < 2 || x.size === 0) throw ShapeError.of(op, "x", x, "[N, channels, …], not empty");
  const axes = x.shape.map((_, axis) => axis).filter((axis) => axis !== 1);
  const wide = kernels.cast(x, "float64");
  const n = x.size / x.shape[1];
  const average = (values: Tensor): Tensor =>
    kernels.div(kernels.sum(values, axes, true), new Tensor(Float64Array.of(n), []));
  const mean = average(wide);
  const off = kernels.sub(wide, mean);
  const std = kernels.sqrt(average(kernels.mul(off, off)));
  const numbers = (values: Tensor): number[] => Array.from(rowMajor(values));
  return { mean: numbers(mean), std: numbers(std).map((value) => value || 1) };
}

/**
 * Moves the pixels of image i by places of their own: y[i, c, p, q] = x[i, c, row(p), column(q)], `fill` outside.
 */
function moved(
  x: Tensor,
  size: readonly [height: number, width: number],
  place: (i: number) => { readonly top: number; readonly left: number; readonly down: number; readonly right: number },
  fill: number,
): Tensor {
  const [count, channels, height, width] = x.shape;
  const [newHeight, newWidth] = size;
  const source = rowMajor(x);
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
  return new Tensor(y, [count, channels, newHeight, newWidth]);
}

/** An integer of low … low + count − 1 from a number of [0, 1). */
const integerOf = (draw: number, low: number, count: number): number => low + Math.floor(draw * count);

/**
 * Mirrors each image with probability `p`.
 *
 * @param options  `p` (0.5); `direction` ("horizontal"): left and right change places, or "vertical": top and bottom
 * @throws SpecError when `p` is no probability; ShapeError for samples that are not [N, channels, height, width]
 */
export function randomFlip(
  options: { readonly p?: number; readonly direction?: "horizontal" | "vertical" } = {},
): Transform {
  const op = "randomFlip";
  checkOptions(op, options, ["p", "direction"]);
  const { p = 0.5, direction = "horizontal" } = options;
  checkProbability(op, "p", p);
  checkOneOf(op, "direction", direction, ["horizontal", "vertical"]);
  return (x, draw) => {
    const [, , height, width] = checkImages(op, x);
    const draws = draw(1);
    const place = (i: number) => {
      const isFlipped = draws[i] < p;
      return isFlipped && direction === "horizontal"
        ? { top: 0, left: width - 1, down: 1, right: -1 }
        : isFlipped
          ? { top: height - 1, left: 0, down: -1, right: 1 }
          : { top: 0, left: 0, down: 1, right: 1 };
    };
    return moved(x, [height, width], place, 0);
  };
}

/**
 * Moves each image by up to so many pixels in each direction, all distances equally likely.
 *
 * @param options  `by`: the most pixels, an integer ≥ 0; `fill` (0): the value of pixels that come in
 * @throws SpecError when `by` is no such integer; ShapeError for samples that are not [N, channels, height, width]
 */
export function randomShift(options: { readonly by: number; readonly fill?: number }): Transform {
  const op = "randomShift";
  checkOptions(op, options, ["by", "fill"]);
  const { by, fill = 0 } = options;
  checkInteger(op, "by", by, 0);
  checkFinite(op, "fill", fill);
  return (x, draw) => {
    const [, , height, width] = checkImages(op, x);
    const draws = draw(2);
    const offset = (draw: number): number => integerOf(draw, -by, 2 * by + 1);
    const place = (i: number) => ({ top: offset(draws[2 * i]), left: offset(draws[2 * i + 1]), down: 1, right: 1 });
    return moved(x, [height, width], place, fill);
  };
}

/**
 * Cuts a random part of each image, after adding pixels around it; of images that are measured the middle.
 *
 * @param options  `size`: height and width of the part, or one number for both; `padding` (0): pixels added on each side;
 *                 `fill` (0): their value
 * @throws SpecError when a number is no integer in range, ShapeError when the part is larger than the padded image, or
 *                   samples are not [N, channels, height, width]
 */
export function randomCrop(options: {
  readonly size: number | readonly [height: number, width: number];
  readonly padding?: number;
  readonly fill?: number;
}): Transform {
  const op = "randomCrop";
  checkOptions(op, options, ["size", "padding", "fill"]);
  const { size, padding = 0, fill = 0 } = options;
  const isPair = Array.isArray(size) && size.length === 2;
  checkKind(op, "size", size, typeof size === "number" || isPair, "a number, or [height, width]");
  const [height, width] = typeof size === "number" ? [size, size] : size;
  for (const length of [height, width]) checkInteger(op, "size", length, 1);
  checkInteger(op, "padding", padding, 0);
  checkFinite(op, "fill", fill);
  /** How many places there are for the part, in each direction. */
  const placesIn = (x: Tensor): readonly [rows: number, columns: number] => {
    const [, , inHeight, inWidth] = checkImages(op, x);
    const [rows, columns] = [inHeight + 2 * padding - height + 1, inWidth + 2 * padding - width + 1];
    if (rows < 1 || columns < 1) {
      throw ShapeError.of(op, "x", x, `images of ${height} × ${width} or more, with a padding of ${padding}`, {
        problem: `cannot cut ${height} × ${width} pixels of images of shape ${formatShape(x.shape.slice(1))}`,
      });
    }
    return [rows, columns];
  };
  const crop: Transform = (x, draw) => {
    const [rows, columns] = placesIn(x);
    const draws = draw(2);
    const place = (i: number) => ({
      top: integerOf(draws[2 * i], -padding, rows),
      left: integerOf(draws[2 * i + 1], -padding, columns),
      down: 1,
      right: 1,
    });
    return moved(x, [height, width], place, fill);
  };
  const middle = (x: Tensor): Tensor => {
    const [top, left] = placesIn(x).map((places) => Math.floor((places - 1) / 2) - padding);
    return moved(x, [height, width], () => ({ top, left, down: 1, right: 1 }), fill);
  };
  return Object.assign(crop, { fixed: middle });
}
