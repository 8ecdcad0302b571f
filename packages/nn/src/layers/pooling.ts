/** Pooling: the largest value of each window. */
import { asVariable, im2col, max, reshape, transpose, type Variable, type VariableLike } from "@adjoint/autograd";
import { checkOptions, windowOf } from "@adjoint/tensor";

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
