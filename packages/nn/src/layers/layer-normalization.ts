/** Layer normalization: each sample brought to mean 0 and variance 1 over its last axes. */
import { asVariable, type Variable, type VariableLike } from "@adjoint/autograd";
import { formatShape, type Shape, ShapeError, sizeOf } from "@adjoint/tensor";
import { type ForwardOptions, layerKind } from "./kind/layer-kind.ts";
import {
  checkSeveral,
  Normalization,
  type NormalizationOptions,
  normalizationPlan,
  normalized,
  type OwnNormalization,
  scaledAndCentered,
} from "./kind/normalization.ts";
import { count, epsilon, optional } from "./kind/options.ts";
import type { ParameterLike } from "./kind/parameter.ts";

/**
 * y = γ · (x − μ) / √(σ² + ε) + β, mean and variance over the last axes of each sample: those that γ and β have.
 *
 * `new LayerNormalization(gamma, beta)` takes its parameters: the scale γ, of the shape of the axes normalized over, and
 * the shift β; null for one of them leaves it out. `new LayerNormalization(shape)` makes them, γ of ones and β of zeros,
 * or with `{ scale: false }` and `{ center: false }` leaves them out; a number is the length of one axis.
 *
 * @throws ShapeError for parameters that do not fit; SpecError for an epsilon that is not positive, or without both
 *         parameters and a shape
 * Source: Ba, Kiros and Hinton 2016.
 */
export class LayerNormalization extends Normalization {
  private readonly shape: Shape;

  constructor(gamma: ParameterLike | null, beta: ParameterLike | null, options?: NormalizationOptions);
  constructor(shape: number | Shape, options?: NormalizationOptions & OwnNormalization);
  constructor(
    first: ParameterLike | number | Shape | null,
    second: ParameterLike | (NormalizationOptions & OwnNormalization) | null = {},
    third: NormalizationOptions = {},
  ) {
    const op = "LayerNormalization";
    const isOwn = typeof first === "number" || Array.isArray(first);
    const shape = [first as number | number[]].flat();
    const own = isOwn ? { sizes: { shape }, shape } : null;
    super(op, ["epsilon"], own, { gamma: first, beta: second }, isOwn ? (second as OwnNormalization) : third);
    this.shape = isOwn ? shape : this.scaleShape(op, "new LayerNormalization(shape, { scale: false, center: false })");
  }

  /**
   * @param x  […, *gamma.shape]
   * @returns  the shape of x
   * @throws ShapeError when the last axes differ, or to train (the default) on one value in each sample
   */
  forward(x: VariableLike, options: ForwardOptions = {}): Variable {
    const input = asVariable("LayerNormalization", x);
    const { shape } = this;
    const lead = input.ndim - shape.length;
    if (lead < 0 || shape.length === 0 || shape.some((n, i) => n !== input.shape[lead + i])) {
      throw ShapeError.of("LayerNormalization", "x", formatShape(input.shape), `[…, ${shape.join(", ")}]`, {
        problem: `an input of shape ${formatShape(input.shape)} does not end in ${formatShape(shape)}, the shape of gamma`,
        hint: "gamma has the axes that are normalized over, the last ones of x.",
      });
    }
    const hint = "Normalize over more axes, or leave the layer out.";
    checkSeveral("LayerNormalization", input, sizeOf(shape), options, "sample", hint);
    const axes = shape.map((_, i) => lead + i);
    return this.scaled(normalized(input, axes, this.epsilon));
  }
}

/**
 * Normalizes each sample to mean 0 and variance 1 over its last axes, then scales by γ and shifts by β. Training needs
 * two values or more there.
 */
export const layerNormalization = layerKind({
  kind: "layerNormalization",
  options: {
    /** Number of last axes to normalize over. Default 1. */
    axes: optional(count(1)),
    /** Added to the variance, > 0. Default 1e-5. */
    epsilon,
    ...scaledAndCentered,
  },
  prefix: "layerNorm",
  synonyms: "layernorm ln",
  isTransparent: true,
  parameters: ({ axes = 1, ...options }, [{ shape }]) => normalizationPlan(shape.slice(-axes), options),
  layer: ({ axes = 1, epsilon = 1e-5 }, { inputs: [{ shape }], parameters: { gamma = null, beta = null } }) =>
    gamma === null && beta === null
      ? new LayerNormalization(shape.slice(-axes), { epsilon, scale: false, center: false })
      : new LayerNormalization(gamma, beta, { epsilon }),
  fixes: (_, [{ shape }]) => [{ axes: shape.length }],
});
