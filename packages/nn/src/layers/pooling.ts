/** Max pooling, and what all kinds that reduce windows share. */
import { asVariable, im2col, max, reshape, transpose, type Variable, type VariableLike } from "@adjoint/autograd";
import { bothOf, checkOneOf, checkOptions } from "@adjoint/tensor";
import { imageAxes } from "./kind/axes.ts";
import { windowFixes } from "./kind/fixes.ts";
import { type Fix, type Layer, layerKind, type SampleSpec } from "./kind/layer-kind.ts";
import { flag, type OptionsOf, optional, type Pair, pair } from "./kind/options.ts";
import { type Padding, padded, padding } from "./kind/padding.ts";

/** Options of the pooling layers. */
export interface PoolingOptions {
  /** Distance between windows in pixels, ≥ 1. Default 1. */
  readonly stride?: number | readonly [number, number];
  /** Pixels added on every side, ≥ 0, on each side by itself, or "same" for ⌈H / stride⌉ windows. Default 0. */
  readonly pad?: Padding;
  /**
   * Whether the padding counts, as zeros. Otherwise each window is reduced over the pixels of the image alone, as other
   * frameworks do it. Default true, as in the book, but false where pad is "same".
   */
  readonly countPad?: boolean;
}

/** How the windows of images [N, C, H, W] are reduced: [N, C, OH, OW]. */
type Reduce = (
  op: string,
  x: VariableLike,
  size: readonly [number, number],
  options: Required<PoolingOptions>,
) => Variable;

/** A layer that reduces windows of images. */
export abstract class Windows {
  readonly poolH: number;
  readonly poolW: number;
  readonly stride: number | readonly [number, number];
  readonly pad: Padding;
  readonly countPad: boolean;
  readonly #reduce: (x: VariableLike) => Variable;

  /** @throws SpecError for unknown or wrong options */
  constructor(op: string, reduce: Reduce, poolH: number, poolW: number, options: PoolingOptions = {}) {
    checkOptions(op, options, ["stride", "pad", "countPad"]);
    const { stride = 1, pad = 0, countPad = pad !== "same" } = options;
    checkOneOf(op, "countPad", countPad, [true, false]);
    this.poolH = poolH;
    this.poolW = poolW;
    this.stride = stride;
    this.pad = pad;
    this.countPad = countPad;
    this.#reduce = (x) => reduce(op, x, [poolH, poolW], { stride, pad, countPad });
  }

  /**
   * @param x  images, [N, C, H, W]
   * @returns  [N, C, OH, OW], OH = ⌊(H + 2·pad − poolH)/stride⌋ + 1, or ⌈H / stride⌉ for pad "same"
   * @throws ShapeError when the window is larger than the padded image, or outside of it where the padding does not count
   */
  forward(x: VariableLike): Variable {
    return this.#reduce(x);
  }
}

/** The largest number of each window. */
export const largestOf: Reduce = (op, x, [poolH, poolW], { countPad, ...options }) => {
  const input = asVariable(op, x);
  const images = padded(op, input, [poolH, poolW], options, countPad ? 0 : Number.NEGATIVE_INFINITY);
  const { outputH, outputW } = images;
  const [count, channels] = input.shape;
  const col = im2col(images.x, poolH, poolW, images.options);
  const windows = reshape(col, [count * outputH * outputW * channels, poolH * poolW]);
  const y = reshape(max(windows, { axis: 1 }), [count, outputH, outputW, channels]);
  return transpose(y, [0, 3, 1, 2]);
};

/**
 * Max pooling, [N, C, H, W] → [N, C, OH, OW]: y[n, c, i, j] is the largest x of window (i, j); the gradient goes to the
 * first largest.
 *
 * In the graph: im2col → reshape → max → reshape → transpose. Padding is with zeros, which count, as in the book; with
 * `countPad: false` it is with −∞, which no window takes. (The book computes the output size without the pad, so that its
 * Pooling works with pad 0 alone; here any pad does.)
 *
 * @param poolH  window height in pixels
 * @param poolW  window width in pixels
 * Source: Deep Learning from Scratch, 7.4.4 (common/layers.py).
 */
export class Pooling extends Windows {
  constructor(poolH: number, poolW: number, options?: PoolingOptions) {
    super("Pooling", largestOf, poolH, poolW, options);
  }
}

/** Whether padding counts. */
export const countedPad = {
  /**
   * Whether the padding counts, as zeros; else windows are reduced over the pixels of the image alone. Default true, as
   * in the book, but false where pad is a word such as "same".
   */
  countPad: optional(flag),
};

const windowOptions = {
  /** Height and width of a window in pixels. */
  size: pair(1),
  /** Distance between windows. Default: the size, so that windows do not overlap. */
  stride: optional(pair(1)),
  /**
   * Pixels added on every side; two numbers for [vertical, horizontal], [[top, bottom], [left, right]] for each side,
   * or "same" for ⌈length / stride⌉ windows, what is odd of it at the lower right. Default 0.
   */
  pad: optional(padding),
  ...countedPad,
};

/** A window larger than an unpadded image was probably meant to cover all of it. */
function poolingFixes(spec: OptionsOf<typeof windowOptions>, [{ shape }]: readonly SampleSpec[]): Fix[] {
  const whole = Math.min(shape[1], shape[2]);
  const [height, width] = bothOf(spec.size);
  const isTooLarge = spec.pad === undefined && Math.max(height, width) > whole;
  // Padding beyond half a window would make windows of padding alone.
  const most = Math.min(height, width) / 2;
  const fixes = windowFixes(spec).filter(({ pad }) => pad === undefined || Math.max(...bothOf(pad as Pair)) <= most);
  return [...(isTooLarge ? [{ size: whole }] : []), ...fixes];
}

/** A kind of layer that reduces windows. */
export function windowed<const Kind extends string>(
  kind: Kind,
  names: { readonly prefix: string; readonly synonyms: string },
  Pool: new (poolH: number, poolW: number, options: PoolingOptions) => Layer,
) {
  return layerKind({
    kind,
    options: windowOptions,
    ...names,
    axes: imageAxes,
    isTransparent: true,
    layer: ({ kind: _, name: __, from: ___, size, ...options }) =>
      new Pool(...bothOf(size), { stride: size, ...options }),
    fixes: poolingFixes,
  });
}

/** The largest value of each window: [C, H, W] → [C, OH, OW]. */
export const pooling = windowed(
  "pooling",
  { prefix: "pool", synonyms: "pool maxpool maxpool2d maxpooling maxpooling2d" },
  Pooling,
);
