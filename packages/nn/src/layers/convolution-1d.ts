/** Convolution in one dimension: filters slid over time. */
import { reshape, type Variable, type VariableLike } from "@adjoint/autograd";
import { checkInteger } from "@adjoint/tensor";
import type { WeightInit } from "../initializers.ts";
import { convolutionPlan, convolve, filters } from "./convolution.ts";
import { sequenceAxes } from "./kind/axes.ts";
import { groupFixes, timeFixes } from "./kind/fixes.ts";
import { layerKind } from "./kind/layer-kind.ts";
import { biased, count, optional, weighted } from "./kind/options.ts";
import {
  checkDivisor,
  checkWeights,
  type OwnWeights,
  ParameterLayer,
  type ParameterLike,
  type ParameterRecipe,
  weightAndBias,
} from "./kind/parameter.ts";
import { rowImages, rowWindow, sequencesOf, type TimeWindow, timeWindow } from "./kind/sequence-windows.ts";

/** Options of {@link Convolution1d}. */
export interface Convolution1dOptions extends TimeWindow {
  /** Into how many groups features and filters are split, each group of filters reading its own features. Default 1. */
  readonly groups?: number;
}

/** The parameters of a convolution over time. */
function convolution1dPlan(features: number, filters: number, size: number, groups: number, weightInit?: WeightInit) {
  const { W, b } = convolutionPlan(features, filters, [1, size], groups, weightInit);
  const [count, own] = W.shape;
  return { W: { ...W, shape: [count, own, size] }, b };
}

const recipe: ParameterRecipe<"W" | "b", Convolution1dOptions> = {
  parameters: ["W", "b"],
  sizes: ["features", "filters", "size"],
  options: ["stride", "pad", "dilation", "groups"],
  plan: ([features, filters, size], { groups = 1, weightInit }) => {
    checkInteger("Convolution1d", "groups", groups, 1);
    return convolution1dPlan(features, filters, size, groups, weightInit);
  },
};

/**
 * y[n, t, f] = b[f] + Σ_c,k W[f, c, k] · x[n, t·stride + k·dilation − pad, c], 0 outside: a convolution over the time of
 * sequences, whose features come last.
 *
 * In the graph it is a convolution of images of one row.
 *
 * `new Convolution1d(W, b)` takes its parameters: filters W, [FN, D / groups, size], and a bias b, [FN].
 * `new Convolution1d(D, FN, size, { seed })` makes them: Xavier filters (`weightInit: "he"` before a ReLU) and a bias of
 * zeros.
 *
 * @throws ShapeError when W is not 3-D, b does not fit it, or groups do not divide the features or filters; SpecError for
 *         numbers or options that are not right
 */
export class Convolution1d extends ParameterLayer<"W" | "b", Convolution1dOptions> {
  declare W: Variable;
  declare b: Variable;

  constructor(W: ParameterLike, b: ParameterLike, options?: Convolution1dOptions);
  constructor(features: number, filters: number, size: number, options?: Convolution1dOptions & OwnWeights);
  constructor(...args: readonly unknown[]) {
    super("Convolution1d", recipe, args);
    const { groups = 1 } = this.options;
    if (typeof args[0] === "number") checkDivisor("Convolution1d", "groups", groups, args[0], "features");
    checkWeights("Convolution1d", this, "[filters, features, size]", 0);
    checkDivisor("Convolution1d", "groups", groups, this.W.shape[0], "filters");
  }

  /**
   * @param x  sequences, [N, T, D]
   * @returns  [N, T′, FN], T′ = ⌊(T + 2·pad − dilation·(size − 1) − 1)/stride⌋ + 1, or ⌈T / stride⌉ for pad "same"
   * @throws ShapeError when the features differ or the window is longer than the padded sequence
   */
  forward(x: VariableLike): Variable {
    return convolveSequences(x, this.W, this.b, this.options);
  }
}

/** The convolution of sequences by filters W, with or without a bias. @throws ShapeError when they do not fit */
function convolveSequences(
  x: VariableLike,
  W: Variable,
  b: Variable | null,
  { groups = 1, ...window }: Convolution1dOptions,
): Variable {
  const [count, own, size] = W.shape;
  const images = rowImages("Convolution1d", x, own * groups);
  const { options } = rowWindow("Convolution1d", images, size, window);
  return sequencesOf(convolve(images, reshape(W, [count, own, 1, size]), b, { ...options, groups }));
}

/** Filters slid over time: [T, D] → [T′, filters]. */
export const convolution1d = layerKind({
  kind: "convolution1d",
  options: {
    filters: filters.filters,
    ...timeWindow,
    /** Distance between the steps that a filter reads, ≥ 1. Default 1. */
    dilation: optional(count(1)),
    /** Number of groups of features, each with its own filters; divides features and filters. Default 1. */
    groups: optional(count(1)),
    ...biased,
    ...weighted,
  },
  prefix: "conv",
  synonyms: "conv1d temporalconvolution tcn",
  axes: sequenceAxes,
  parameters: ({ filters, size, groups = 1, bias, weightInit }, [{ shape }]) => {
    return weightAndBias(convolution1dPlan(shape[1], filters, size, groups, weightInit), bias);
  },
  layer: (
    { filters, stride = 1, pad = 0, dilation = 1, groups = 1 },
    { inputs: [{ shape }], parameters: { weight, bias } },
  ) => {
    checkDivisor("convolution1d", "groups", groups, shape[1], "features");
    checkDivisor("convolution1d", "groups", groups, filters, "filters");
    const options = { stride, pad, dilation, groups };
    return bias ? new Convolution1d(weight, bias, options) : ([x]) => convolveSequences(x, weight, null, options);
  },
  fixes: (spec, [{ shape }]) => [...timeFixes(spec), ...groupFixes(spec, shape[1])],
});
