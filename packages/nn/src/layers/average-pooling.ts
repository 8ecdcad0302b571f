/** Average pooling: the mean of each window. */
import { asVariable, im2col, mean, reshape, transpose, type Variable, type VariableLike } from "@adjoint/autograd";
import { checkOptions, windowOf } from "@adjoint/tensor";
import { type PoolingOptions, windowed } from "./pooling.ts";

/**
 * y[n, c, i, j] is the mean of window (i, j); zeros of the padding count.
 *
 * @param poolH  window height in pixels
 * @param poolW  window width in pixels
 */
export class AveragePooling {
  readonly poolH: number;
  readonly poolW: number;
  private readonly options: PoolingOptions;

  constructor(poolH: number, poolW: number, options: PoolingOptions = {}) {
    checkOptions("AveragePooling", options, ["stride", "pad"]);
    this.poolH = poolH;
    this.poolW = poolW;
    this.options = options;
  }

  /**
   * @param x  images, [N, C, H, W]
   * @returns  [N, C, OH, OW], OH = ⌊(H + 2·pad − poolH)/stride⌋ + 1
   * @throws ShapeError when the window is larger than the padded image
   */
  forward(x: VariableLike): Variable {
    const input = asVariable("AveragePooling", x);
    const { poolH, poolW, options } = this;
    const { outputH, outputW } = windowOf("AveragePooling", input.shape, poolH, poolW, options);
    const [images, channels] = input.shape;
    const windows = reshape(im2col(input, poolH, poolW, options), [images, outputH, outputW, channels, poolH * poolW]);
    return transpose(mean(windows, { axis: 4 }), [0, 3, 1, 2]);
  }
}

export const averagePooling = windowed(
  "averagePooling",
  "The mean of each window, zeros of the padding counted: [C, H, W] → [C, OH, OW].",
  { prefix: "averagePool", synonyms: "avgpool avgpool2d avgpooling averagepool averagepooling2d" },
  AveragePooling,
);
