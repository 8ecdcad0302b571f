/** Max pooling, and what all kinds that reduce windows share. */
import { asVariable, im2col, max, reshape, transpose, type Variable, type VariableLike } from "@adjoint/autograd";
import { bothOf, checkOptions, windowOf } from "@adjoint/tensor";
import { imageAxes } from "./kind/axes.ts";
import { windowFixes } from "./kind/fixes.ts";
import { type Fix, type Layer, layerKind, type SampleSpec } from "./kind/layer-kind.ts";
import { described, type OptionsOf, optional, type Pair, pair } from "./kind/options.ts";

/** Options of the pooling layers. */
export interface PoolingOptions {
  /** Distance between windows in pixels, ≥ 1. Default 1. */
  readonly stride?: number | readonly [number, number];
  /** Zeros added on every side, ≥ 0. Default 0. */
  readonly pad?: number | readonly [number, number];
}

/**
 * Max pooling: y[n, c, i, j] is the largest x of window (i, j); the gradient goes to the first largest.
 *
 * In the graph: im2col → reshape → max → reshape → transpose. Padding is with zeros, which count, as in the book. (The
 * book computes the output size without the pad, so that its Pooling works with pad 0 alone; here any pad does.)
 *
 * @param poolH  window height in pixels
 * @param poolW  window width in pixels
 * Source: Deep Learning from Scratch, 7.4.4 (common/layers.py).
 */
export class Pooling {
  readonly poolH: number;
  readonly poolW: number;
  readonly stride: number | readonly [number, number];
  readonly pad: number | readonly [number, number];

  constructor(poolH: number, poolW: number, options: PoolingOptions = {}) {
    checkOptions("Pooling", options, ["stride", "pad"]);
    this.poolH = poolH;
    this.poolW = poolW;
    this.stride = options.stride ?? 1;
    this.pad = options.pad ?? 0;
  }

  /**
   * @param x  images, [N, C, H, W]
   * @returns  [N, C, OH, OW], OH = ⌊(H + 2·pad − poolH)/stride⌋ + 1
   * @throws ShapeError when the window is larger than the padded image
   */
  forward(x: VariableLike): Variable {
    const input = asVariable("Pooling", x);
    const options = { stride: this.stride, pad: this.pad };
    const { outputH, outputW } = windowOf("Pooling", input.shape, this.poolH, this.poolW, options);
    const [images, channels] = input.shape;
    const area = this.poolH * this.poolW;
    const windows = reshape(im2col(input, this.poolH, this.poolW, options), [
      images * outputH * outputW * channels,
      area,
    ]);
    const y = reshape(max(windows, { axis: 1 }), [images, outputH, outputW, channels]);
    return transpose(y, [0, 3, 1, 2]);
  }
}

const windowOptions = {
  size: described(pair(1), "Height and width of a window in pixels."),
  stride: optional(pair(1), "Distance between windows. Default: the size, so that windows do not overlap."),
  pad: optional(pair(0), "Zeros added on every side. Default 0."),
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
  words: string,
  names: { readonly prefix: string; readonly synonyms: string },
  Pool: new (poolH: number, poolW: number, options: PoolingOptions) => Layer,
) {
  return layerKind({
    kind,
    words,
    options: windowOptions,
    ...names,
    axes: imageAxes,
    isTransparent: true,
    layer: ({ size, stride = size, pad = 0 }) => new Pool(...bothOf(size), { stride, pad }),
    fixes: poolingFixes,
  });
}

export const pooling = windowed(
  "pooling",
  "The largest value of each window: [C, H, W] → [C, OH, OW].",
  { prefix: "pool", synonyms: "pool maxpool maxpool2d maxpooling maxpooling2d" },
  Pooling,
);
