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
import { bothOf, checkInteger, formatShape, ShapeError } from "@adjoint/tensor";
import type { WeightInit } from "../initializers.ts";
import { imageAxes } from "./kind/axes.ts";
import { groupFixes, windowFixes } from "./kind/fixes.ts";
import { layerKind } from "./kind/layer-kind.ts";
import { biased, count, optional, pair, weighted } from "./kind/options.ts";
import { type Padding, padded, padding } from "./kind/padding.ts";
import {
  CHANNELS_FIRST,
  channelsAreLast,
  checkDivisor,
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

/** Options of {@link Convolution}. */
export interface ConvolutionOptions {
  /** Distance between windows in pixels, ≥ 1. Default 1. */
  readonly stride?: number | readonly [number, number];
  /** Zeros added on every side, ≥ 0, on each side by itself, or "same" for ⌈H / stride⌉ windows. Default 0. */
  readonly pad?: Padding;
  /** Distance between the pixels that a filter reads, ≥ 1. Default 1. */
  readonly dilation?: number | readonly [number, number];
  /** Into how many groups channels and filters are split, each group of filters reading its own channels. Default 1. */
  readonly groups?: number;
}

/** The parameters of a convolution. */
export function convolutionPlan(
  channels: number,
  filters: number,
  size: number | readonly [number, number],
  groups: number,
  weightInit?: WeightInit,
) {
  const [height, width] = bothOf(size);
  const own = Math.floor(channels / groups);
  const area = height * width;
  return {
    W: drawn([filters, own, height, width], weightInit, own * area, (filters / groups) * area),
    b: filled([filters], 0),
  };
}

const recipe: ParameterRecipe<"W" | "b", ConvolutionOptions> = {
  parameters: ["W", "b"],
  sizes: ["channels", "filters", "size"],
  options: ["stride", "pad", "dilation", "groups"],
  plan: ([channels, filters, size], { groups = 1, weightInit }) => {
    checkSize("Convolution", size);
    checkInteger("Convolution", "groups", groups, 1);
    return convolutionPlan(channels, filters, size, groups, weightInit);
  },
};

/**
 * y[n, f, i, j] = b[f] + Σ_c,p,q W[f, c, p, q] · x[n, c, i·stride + p·dilation − pad, j·stride + q·dilation − pad].
 *
 * In the graph: im2col → matmul → reshape → transpose, each with its own rule. With groups the product is a batch of
 * products, one for each group.
 *
 * `new Convolution(W, b)` takes its parameters: filters W, [FN, C / groups, FH, FW], and a bias b, [FN].
 * `new Convolution(C, FN, size, { seed })` makes them: Xavier filters (`weightInit: "he"` before a ReLU) and a bias of zeros.
 *
 * @throws ShapeError when W is not 4-D, b does not fit it, or groups do not divide the channels or filters; SpecError for
 *         numbers or options that are not right
 * Source: Deep Learning from Scratch, 7.4.3 (common/layers.py).
 */
export class Convolution extends ParameterLayer<"W" | "b", ConvolutionOptions> {
  declare W: Variable;
  declare b: Variable;
  readonly stride: number | readonly [number, number];
  readonly pad: Padding;
  readonly dilation: number | readonly [number, number];
  readonly groups: number;

  constructor(W: ParameterLike, b: ParameterLike, options?: ConvolutionOptions);
  constructor(
    channels: number,
    filters: number,
    size: number | readonly [number, number],
    options?: ConvolutionOptions & OwnWeights,
  );
  constructor(...args: readonly unknown[]) {
    super("Convolution", recipe, args);
    const { stride = 1, pad = 0, dilation = 1, groups = 1 } = this.options;
    this.stride = stride;
    this.pad = pad;
    this.dilation = dilation;
    this.groups = groups;
    checkWeights("Convolution", this, "[filters, channels, height, width]", 0);
    checkDivisor("Convolution", "groups", groups, this.W.shape[0], "filters");
    if (typeof args[0] === "number") checkDivisor("Convolution", "groups", groups, args[0], "channels");
  }

  /**
   * @param x  images, [N, C, H, W]
   * @returns  [N, FN, OH, OW], OH = ⌊(H + 2·pad − dilation·(FH − 1) − 1)/stride⌋ + 1, or ⌈H / stride⌉ for pad "same"
   * @throws ShapeError when the channels differ or the filter is larger than the padded image
   */
  forward(x: VariableLike): Variable {
    return convolve(x, this.W, this.b, this);
  }
}

/** The convolution of x by filters W, with or without a bias. @throws ShapeError when they do not fit */
export function convolve(
  x: VariableLike,
  W: Variable,
  b: Variable | null,
  options: Required<ConvolutionOptions>,
): Variable {
  const input = asVariable("Convolution", x);
  const [filters, channels, filterH, filterW] = W.shape;
  const { stride, pad, dilation, groups } = options;
  const wanted = channels * groups;
  if (input.ndim === 4 && input.shape[1] !== wanted) {
    throw ShapeError.of("Convolution", "x", formatShape(input.shape), `[N, ${wanted}, H, W]`, {
      problem: `images of shape ${formatShape(input.shape)} have ${input.shape[1]} channel${input.shape[1] === 1 ? "" : "s"}, filters of shape ${formatShape(W.shape)} take ${channels}${groups === 1 ? "" : ` in each of ${groups} groups`}`,
      hint: channelsAreLast(input.shape, wanted)
        ? CHANNELS_FIRST
        : `The channels of W (its second axis)${groups === 1 ? "" : ", times the groups,"} must be those of the images.`,
    });
  }
  const images = padded("Convolution", input, [filterH, filterW], { stride, pad, dilation });
  const { outputH, outputW } = images;
  const col = im2col(images.x, filterH, filterW, images.options);
  const area = channels * filterH * filterW;
  let product: Variable;
  if (groups === 1) product = matmul(col, transpose(reshape(W, [filters, area])));
  else {
    const rows = col.shape[0];
    const byGroup = transpose(reshape(col, [rows, groups, area]), [1, 0, 2]);
    const weights = transpose(reshape(W, [groups, filters / groups, area]), [0, 2, 1]);
    product = reshape(transpose(matmul(byGroup, weights), [1, 0, 2]), [rows, filters]);
  }
  const y = b === null ? product : add(product, b);
  return transpose(reshape(y, [input.shape[0], outputH, outputW, filters]), [0, 3, 1, 2]);
}

export const filters = {
  /** Number of filters, and so of output channels. */
  filters: count(1),
  /** Height and width of a filter in pixels. */
  size: pair(1),
};

/** Filters slid over an image: [C, H, W] → [filters, OH, OW]. */
export const convolution = layerKind({
  kind: "convolution",
  options: {
    ...filters,
    /** Distance between windows, ≥ 1. Default 1. */
    stride: optional(pair(1)),
    /**
     * Zeros added on every side; two numbers for [vertical, horizontal], [[top, bottom], [left, right]] for each side,
     * or "same" for ⌈length / stride⌉ windows, what is odd of it at the lower right. Default 0.
     */
    pad: optional(padding),
    /** Distance between the pixels that a filter reads, ≥ 1. Default 1. */
    dilation: optional(pair(1)),
    /** Number of groups of channels, each with its own filters; divides channels and filters. Default 1. */
    groups: optional(count(1)),
    ...biased,
    ...weighted,
  },
  prefix: "conv",
  synonyms: "conv conv2d convolution2d convolutional",
  axes: imageAxes,
  parameters: ({ filters, size, groups = 1, bias, weightInit }, [{ shape }]) => {
    return weightAndBias(convolutionPlan(shape[0], filters, size, groups, weightInit), bias);
  },
  layer: (spec, { inputs: [{ shape }], parameters: { weight, bias } }) => {
    const { filters, stride = 1, pad = 0, dilation = 1, groups = 1 } = spec;
    checkDivisor("convolution", "groups", groups, shape[0], "channels");
    checkDivisor("convolution", "groups", groups, filters, "filters");
    const options = { stride, pad, dilation, groups };
    return bias ? new Convolution(weight, bias, options) : ([x]) => convolve(x, weight, null, options);
  },
  fixes: (spec, [{ shape }]) => [...windowFixes(spec), ...groupFixes(spec, shape[0])],
});
