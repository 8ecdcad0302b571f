/** Transposed convolution: the adjoint of a convolution, which makes images larger. */
import {
  add,
  asVariable,
  col2im,
  matmul,
  reshape,
  slice,
  transpose,
  type Variable,
  type VariableLike,
} from "@adjoint/autograd";
import { bothOf, formatShape, ShapeError, shown } from "@adjoint/tensor";
import type { WeightInit } from "../initializers.ts";
import { filters } from "./convolution.ts";
import { imageAxes } from "./kind/axes.ts";
import { neighbours } from "./kind/fixes.ts";
import { layerKind } from "./kind/layer-kind.ts";
import { biased, optional, type Pair, pair, weighted } from "./kind/options.ts";
import { type Padding, padding, sameSides, sidesOf } from "./kind/padding.ts";
import {
  CHANNELS_FIRST,
  channelsAreLast,
  checkSize,
  checkWeights,
  drawn,
  filled,
  type OwnWeights,
  ParameterLayer,
  type ParameterLike,
  type ParameterRecipe,
  weightAndBias,
} from "./kind/parameter.ts";

/** Options of {@link TransposedConvolution}: those of the convolution whose adjoint it is. */
export interface TransposedConvolutionOptions {
  /** Distance between windows in pixels, ≥ 1. Default 1. */
  readonly stride?: number | readonly [number, number];
  /** Pixels cut off on every side, ≥ 0, on each side by itself, or "same" for an output of H · stride. Default 0. */
  readonly pad?: Padding;
  /** Distance between the pixels that a filter writes, ≥ 1. Default 1. */
  readonly dilation?: number | readonly [number, number];
  /** Rows and columns added at the lower right, where the convolution would round down; below the stride. Default 0. */
  readonly outputPad?: number | readonly [number, number];
}

/** The parameters of a transposed convolution. */
function transposedConvolutionPlan(
  channels: number,
  filters: number,
  size: number | readonly [number, number],
  weightInit?: WeightInit,
) {
  const [height, width] = bothOf(size);
  const area = height * width;
  return {
    W: drawn([channels, filters, height, width], weightInit, channels * area, filters * area),
    b: filled([filters], 0),
  };
}

const recipe: ParameterRecipe<"W" | "b", TransposedConvolutionOptions> = {
  parameters: ["W", "b"],
  sizes: ["channels", "filters", "size"],
  options: ["stride", "pad", "dilation", "outputPad"],
  plan: ([channels, filters, size], { weightInit }) => {
    checkSize("TransposedConvolution", size);
    return transposedConvolutionPlan(channels, filters, size, weightInit);
  },
};

/**
 * Every pixel of x writes a filter, scaled by it, into the output; overlaps add up. The gradient of a convolution with
 * respect to its images, as a layer.
 *
 * In the graph: transpose → matmul → col2im, the convolution's own ops backwards.
 *
 * `new TransposedConvolution(W, b)` takes its parameters: filters W, [C, FN, FH, FW] (channels that come in first, as the
 * convolution's filters seen from behind), and a bias b, [FN]. `new TransposedConvolution(C, FN, size, { seed })` makes
 * them: Xavier filters (`weightInit: "he"` before a ReLU) and a bias of zeros.
 *
 * @throws ShapeError when W is not 4-D or b does not fit it; SpecError for wrong numbers or options
 * Source: Zeiler et al. 2010, Deconvolutional Networks; PyTorch's ConvTranspose2d, whose sizes these are.
 */
export class TransposedConvolution extends ParameterLayer<"W" | "b", TransposedConvolutionOptions> {
  declare W: Variable;
  declare b: Variable;

  constructor(W: ParameterLike, b: ParameterLike, options?: TransposedConvolutionOptions);
  constructor(
    channels: number,
    filters: number,
    size: number | readonly [number, number],
    options?: TransposedConvolutionOptions & OwnWeights,
  );
  constructor(...args: readonly unknown[]) {
    super("TransposedConvolution", recipe, args);
    checkWeights("TransposedConvolution", this, "[channels, filters, height, width]", 1);
  }

  /**
   * @param x  images, [N, C, H, W]
   * @returns  [N, FN, OH, OW], OH = (H − 1)·stride − 2·pad + dilation·(FH − 1) + 1 + outputPad, or H·stride for pad "same"
   * @throws ShapeError when the channels differ, or nothing would be left
   */
  forward(x: VariableLike): Variable {
    return convolveTransposed(x, this.W, this.b, this.options);
  }
}

/** The transposed convolution of x by filters W, with or without a bias. @throws ShapeError when they do not fit */
export function convolveTransposed(
  x: VariableLike,
  W: Variable,
  b: Variable | null,
  options: TransposedConvolutionOptions,
): Variable {
  const op = "TransposedConvolution";
  const input = asVariable(op, x);
  const [channels, filters, filterH, filterW] = W.shape;
  if (input.ndim !== 4 || input.shape[1] !== channels) {
    throw ShapeError.of(op, "x", formatShape(input.shape), `[N, ${channels}, H, W]`, {
      problem: `images of shape ${formatShape(input.shape)} do not fit filters of shape ${formatShape(W.shape)}`,
      hint: channelsAreLast(input.shape, channels)
        ? CHANNELS_FIRST
        : "The first axis of W must be the channels of the images.",
    });
  }
  const [images, , height, width] = input.shape;
  const { stride = 1, pad = 0, dilation = 1, outputPad = 0 } = options;
  const [steps, gaps, more] = [stride, dilation, outputPad].map(bothOf);
  const spans = [filterH, filterW].map((size, axis) => gaps[axis] * (size - 1) + 1);
  // "same" leaves H · stride: it cuts off what the convolution that this is the adjoint of would pad.
  const cut = pad === "same" ? steps.map((step, axis) => sameSides(step, spans[axis], step)) : sidesOf(op, pad);
  // With "same", windows further apart than they are long end before their stride does.
  const ends = pad === "same" ? spans.map((span, axis) => Math.max(0, steps[axis] - span)) : more;
  const whole = [height, width].map((length, axis) => (length - 1) * steps[axis] + spans[axis] + ends[axis]);
  const [outputH, outputW] = whole.map((length, axis) => length - cut[axis][0] - cut[axis][1]);
  const isWrong = more.some((n, axis) => !Number.isInteger(n) || n < 0 || n >= steps[axis]);
  if (isWrong || outputH < 1 || outputW < 1 || (pad === "same" && more.some((n) => n > 0))) {
    const size = pad === "same" ? '0 where pad is "same"' : "0 ≤ outputPad < stride, and a size of 1 × 1 at least";
    throw ShapeError.of(op, "outputPad", shown(outputPad), size, {
      problem: `images of shape ${formatShape(input.shape)} would become ${outputH} × ${outputW} (stride ${stride}, pad ${typeof pad === "number" ? pad : shown(pad)}, outputPad ${shown(outputPad)})`,
      hint: pad === "same" ? "Leave outputPad out." : "Pad less, or choose an outputPad below the stride.",
    });
  }
  const rows = reshape(transpose(input, [0, 2, 3, 1]), [images * height * width, channels]);
  const col = matmul(rows, reshape(W, [channels, filters * filterH * filterW]));
  // col2im cuts off the same on both sides; else all is written, and the rest cut off.
  const isEven = cut.every(([before, after]) => before === after);
  const [cutH, cutW] = cut.map(([before]) => (isEven ? before : 0));
  const [fullH, fullW] = isEven ? [outputH, outputW] : whole;
  const window = { stride, pad: [cutH, cutW], dilation } as const;
  const full = col2im(col, [images, filters, fullH, fullW], filterH, filterW, window);
  const [[top], [left]] = cut;
  const part = { start: [0, 0, top, left], stop: [images, filters, top + outputH, left + outputW] };
  const y = isEven ? full : slice(full, part);
  return b === null ? y : add(y, reshape(b, [1, filters, 1, 1]));
}

const sizesNear = (size: Pair): Pair[] =>
  typeof size === "number" ? [size + 1, size - 1].filter((n) => n >= 1) : neighbours(size, 1);

/** The adjoint of a convolution, which makes images larger: [C, H, W] → [filters, OH, OW]. */
export const transposedConvolution = layerKind({
  kind: "transposedConvolution",
  options: {
    ...filters,
    /** Distance between the windows that are written, ≥ 1. Default 1. */
    stride: optional(pair(1)),
    /**
     * Pixels cut off on every side; two numbers for [vertical, horizontal], [[top, bottom], [left, right]] for each
     * side, or "same" for an output of length · stride. Default 0.
     */
    pad: optional(padding),
    /** Distance between the pixels that a filter writes, ≥ 1. Default 1. */
    dilation: optional(pair(1)),
    /** Rows and columns added at the lower right, less than the stride. Default 0. */
    outputPad: optional(pair(0)),
    ...biased,
    ...weighted,
  },
  prefix: "transposedConv",
  synonyms: "conv2dtranspose convtranspose convtranspose2d deconvolution deconv transposedconv2d",
  axes: imageAxes,
  parameters: ({ filters, size, bias, weightInit }, [{ shape }]) => {
    return weightAndBias(transposedConvolutionPlan(shape[0], filters, size, weightInit), bias);
  },
  layer: ({ stride = 1, pad = 0, dilation = 1, outputPad = 0 }, { parameters: { weight, bias = null } }) => {
    return ([x]) => convolveTransposed(x, weight, bias, { stride, pad, dilation, outputPad });
  },
  fixes: ({ size, stride = 1, pad, outputPad }) => [
    ...(typeof outputPad === "number" && bothOf(stride).some((n) => n <= outputPad) ? [{ stride: outputPad + 1 }] : []),
    ...sizesNear(size).map((near) => ({ size: near })),
    ...(outputPad === undefined ? [{ outputPad: 1 }] : [{ outputPad: 0 }, { outputPad: 1 }]),
    ...(pad === undefined ? [] : [{ pad: 0 }]),
    { pad: 1 },
  ],
});
