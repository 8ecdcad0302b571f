/** Convolution: filters slid over images. */
import {
  add,
  asVariable,
  im2col,
  matmul,
  reshape,
  transpose,
  type Variable,
  type VariableLike,
} from "@adjoint/autograd";
import { checkOptions, formatShape, ShapeError, windowOf } from "@adjoint/tensor";
import { checkParameter, type ParameterLike, parameter } from "./parameter.ts";

/** Options of {@link Convolution}. */
export interface ConvolutionOptions {
  /** Distance between windows in pixels, ≥ 1. Default 1. */
  readonly stride?: number | readonly [number, number];
  /** Zeros added on every side, ≥ 0. Default 0. */
  readonly pad?: number | readonly [number, number];
}

/**
 * y[n, f, i, j] = b[f] + Σ_c,p,q W[f, c, p, q] · x[n, c, i·stride + p − pad, j·stride + q − pad].
 *
 * In the graph: im2col → matmul → reshape → transpose, each with its own rule.
 *
 * @param W  filters, [FN, C, FH, FW]
 * @param b  bias, [FN]
 * @throws ShapeError when W is not 4-D or b does not fit it
 * Source: Deep Learning from Scratch, 7.4.3 (common/layers.py).
 */
export class Convolution {
  W: Variable;
  b: Variable;
  readonly stride: number | readonly [number, number];
  readonly pad: number | readonly [number, number];

  constructor(W: ParameterLike, b: ParameterLike, options: ConvolutionOptions = {}) {
    checkOptions("Convolution", options, ["stride", "pad"]);
    this.W = parameter(W, "W");
    this.b = parameter(b, "b");
    this.stride = options.stride ?? 1;
    this.pad = options.pad ?? 0;
    if (this.W.ndim !== 4) {
      throw new ShapeError({
        op: "Convolution",
        problem: `W has shape ${formatShape(this.W.shape)}`,
        argument: "W",
        expected: "[filters, channels, height, width]",
        received: formatShape(this.W.shape),
        hint: "Filters are 4-D, also for one channel.",
      });
    }
    checkParameter("Convolution", "b", this.b, [this.W.shape[0]], "Give one bias for each filter.");
  }

  /**
   * @param x  images, [N, C, H, W]
   * @returns  [N, FN, OH, OW], OH = ⌊(H + 2·pad − FH)/stride⌋ + 1
   * @throws ShapeError when the channels differ or the filter is larger than the padded image
   */
  forward(x: VariableLike): Variable {
    const input = asVariable("Convolution", x);
    const [filters, channels, filterH, filterW] = this.W.shape;
    const options = { stride: this.stride, pad: this.pad };
    const { outputH, outputW } = windowOf("Convolution", input.shape, filterH, filterW, options);
    if (input.shape[1] !== channels) {
      throw new ShapeError({
        op: "Convolution",
        problem: `images of shape ${formatShape(input.shape)} have ${input.shape[1]} channel${input.shape[1] === 1 ? "" : "s"}, filters of shape ${formatShape(this.W.shape)} take ${channels}`,
        argument: "x",
        expected: `[N, ${channels}, H, W]`,
        received: formatShape(input.shape),
        hint: "The channels of W (its second axis) must be those of the images.",
      });
    }
    const col = im2col(input, filterH, filterW, options);
    const colW = transpose(reshape(this.W, [filters, channels * filterH * filterW]));
    const y = add(matmul(col, colW), this.b);
    return transpose(reshape(y, [input.shape[0], outputH, outputW, filters]), [0, 3, 1, 2]);
  }
}
