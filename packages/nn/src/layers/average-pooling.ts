/** Average pooling: over windows, over the whole image, and to a size that is asked for. */
import {
  asVariable,
  constant,
  im2col,
  matmul,
  mean,
  reshape,
  transpose,
  type Variable,
  type VariableLike,
} from "@adjoint/autograd";
import { checkOptions, formatShape, type Shape, ShapeError, SpecError, shown, Tensor, windowOf } from "@adjoint/tensor";
import type { PoolingOptions } from "./pooling.ts";

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

function checkImages(op: string, shape: Shape): void {
  if (shape.length === 4) return;
  throw new ShapeError({
    op,
    problem: `got an input of shape ${formatShape(shape)}`,
    argument: "x",
    expected: "[N, C, H, W]",
    received: formatShape(shape),
    hint: "It needs [batch, channels, height, width].",
  });
}

/** The mean of every channel: [N, C, H, W] → [N, C]. Lin et al. 2014, Network in Network. */
export class GlobalAveragePooling {
  /** @throws ShapeError when x is not 4-D */
  forward(x: VariableLike): Variable {
    const input = asVariable("GlobalAveragePooling", x);
    checkImages("GlobalAveragePooling", input.shape);
    return mean(input, { axis: [2, 3] });
  }
}

/** A[o, i] = 1/n where pixel i is one of the n that output o averages: ⌊o·I/O⌋ … ⌈(o + 1)·I/O⌉ − 1. */
function averages(outputs: number, inputs: number, dtype: "float32" | "float64"): Variable {
  const data = dtype === "float64" ? new Float64Array(outputs * inputs) : new Float32Array(outputs * inputs);
  for (let o = 0; o < outputs; o++) {
    const start = Math.floor((o * inputs) / outputs);
    const end = Math.ceil(((o + 1) * inputs) / outputs);
    data.fill(1 / (end - start), o * inputs + start, o * inputs + end);
  }
  return constant(new Tensor(data, [outputs, inputs]));
}

/**
 * Means of windows that are chosen so that the output has the size asked for, whatever that of the input:
 * [N, C, H, W] → [N, C, outputH, outputW]. As two matrix products, Y = A_H X A_Wᵀ.
 */
export class AdaptiveAveragePooling {
  readonly outputH: number;
  readonly outputW: number;

  /** @throws SpecError unless both are integers ≥ 1 */
  constructor(outputH: number, outputW: number) {
    for (const n of [outputH, outputW]) {
      if (Number.isInteger(n) && n >= 1) continue;
      throw new SpecError({
        op: "AdaptiveAveragePooling",
        problem: `the output size is ${shown(outputH)} × ${shown(outputW)}`,
        expected: "integers ≥ 1",
        received: shown(n),
        hint: "Give the height and the width of the output in pixels.",
      });
    }
    this.outputH = outputH;
    this.outputW = outputW;
  }

  /** @throws ShapeError when x is not 4-D or has no pixels */
  forward(x: VariableLike): Variable {
    const input = asVariable("AdaptiveAveragePooling", x);
    checkImages("AdaptiveAveragePooling", input.shape);
    const [, , height, width] = input.shape;
    if (height === 0 || width === 0) checkImages("AdaptiveAveragePooling", [height, width]);
    const dtype = input.dtype === "float64" ? "float64" : "float32";
    const rows = matmul(averages(this.outputH, height, dtype), input);
    return matmul(rows, transpose(averages(this.outputW, width, dtype)));
  }
}
