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
import { type Block, type Change, changed, moved, placeAt, placesFor } from "./changes.ts";

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

const blockOf = (x: Tensor): Block => ({ data: rowMajor(x), shape: x.shape });
const tensorOf = ({ data, shape }: Block): Tensor => new Tensor(data, [...shape]);

/** What the transforms of this file do, as data. */
const changes = new WeakMap<Transform, Change>();

/** What a transform of this file does, which a worker can do, too; undefined for any other. */
export const changeOf = (transform: Transform): Change | undefined => changes.get(transform);

/** A transform by what it does to samples, and what they are checked by. */
function changing(change: Change, check: (x: Tensor) => void): Transform {
  const transform: Transform = (x, draw) => {
    check(x);
    return tensorOf(changed(change, blockOf(x), draw));
  };
  changes.set(transform, change);
  return transform;
}

/** @throws ShapeError unless x is images, [N, channels, height, width] */
function checkImages(op: string, x: Tensor): void {
  if (x.ndim === 4) return;
  throw ShapeError.of(op, "x", x, "[N, channels, height, width]", { hint: "Load images as such: flatten: false." });
}

/** @throws SpecError unless it is one number, or one for each channel */
function checkPerChannel(op: string, argument: string, given: number | readonly number[], channels: number): void {
  if (typeof given === "number" || given.length === channels) return;
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
  return changing({ kind: "normalize", mean, std }, (x) => {
    if (x.ndim < 2) throw ShapeError.of(op, "x", x, "[N, channels, …]");
    for (const [argument, given] of Object.entries({ mean, std })) checkPerChannel(op, argument, given, x.shape[1]);
  });
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
  return changing({ kind: "flip", p, direction }, (x) => checkImages(op, x));
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
  return changing({ kind: "shift", by, fill }, (x) => checkImages(op, x));
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
  const change = { kind: "crop", size: [height, width], padding, fill } as const;
  const check = (x: Tensor): void => {
    checkImages(op, x);
    if (Math.min(...placesFor(change, x)) >= 1) return;
    throw ShapeError.of(op, "x", x, `images of ${height} × ${width} or more, with a padding of ${padding}`, {
      problem: `cannot cut ${height} × ${width} pixels of images of shape ${formatShape(x.shape.slice(1))}`,
    });
  };
  const middle = (x: Tensor): Tensor => {
    check(x);
    const [top, left] = placesFor(change, x).map((places) => Math.floor((places - 1) / 2) - padding);
    return tensorOf(moved(blockOf(x), change.size, () => placeAt(top, left), fill));
  };
  return Object.assign(changing(change, check), { fixed: middle });
}
