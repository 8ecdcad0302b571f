/** Layer normalization: each sample brought to mean 0 and variance 1 over its last axes. */
import {
  add,
  asVariable,
  checkValue,
  div,
  mean,
  mul,
  sqrt,
  square,
  sub,
  type Variable,
  type VariableLike,
} from "@adjoint/autograd";
import { checkOptions, formatShape, type Shape, ShapeError } from "@adjoint/tensor";
import { type ForwardOptions, layerKind } from "./kind/layer-kind.ts";
import { count, epsilonBy, optional } from "./kind/options.ts";
import {
  checkParameter,
  epsilonOf,
  givenParameters,
  makeParameters,
  normalizationPlan,
  type OwnParameters,
  ownParameters,
  type ParameterLike,
} from "./kind/parameter.ts";

/** Options of the normalizations of single samples. */
export interface NormalizationOptions {
  /** Added to the variance, so that a constant sample does not divide by 0. Default 1e-5. */
  readonly epsilon?: number;
}

/**
 * Refuses to train where there is one value to normalize: it is its own mean, and becomes 0 whatever it is. Where only
 * shapes are known, nothing is trained.
 */
export function checkSeveral(
  op: string,
  x: Variable,
  count: number,
  options: ForwardOptions,
  over: string,
  hint: string,
): void {
  checkOptions(op, options, ["train"]);
  if (count !== 1 || !(options.train ?? true)) return;
  checkValue(x, () => {
    throw ShapeError.of(op, "x", formatShape(x.shape), "two values or more", {
      problem: `an input of shape ${formatShape(x.shape)} has one value in each ${over}, which normalization turns to 0`,
      hint,
    });
  });
}

/** (x − μ) / √(σ² + ε), mean and (biased) variance over the axes. */
export function normalized(x: Variable, axis: readonly number[], epsilon: number): Variable {
  const centered = sub(x, mean(x, { axis, keepDims: true }));
  return div(centered, sqrt(add(mean(square(centered), { axis, keepDims: true }), epsilon)));
}

/**
 * y = γ · (x − μ) / √(σ² + ε) + β, mean and variance over the last axes of each sample: those that γ and β have.
 *
 * `new LayerNormalization(gamma, beta)` takes its parameters: the scale γ, of the shape of the axes normalized over, and
 * the shift β. `new LayerNormalization(shape)` makes them, γ of ones and β of zeros; a number is the length of one axis.
 *
 * @throws ShapeError for parameters that do not fit; SpecError for an epsilon that is not positive
 * Source: Ba, Kiros and Hinton 2016.
 */
export class LayerNormalization {
  gamma: Variable;
  beta: Variable;
  readonly epsilon: number;

  constructor(gamma: ParameterLike, beta: ParameterLike, options?: NormalizationOptions);
  constructor(shape: number | Shape, options?: NormalizationOptions & OwnParameters);
  constructor(
    first: ParameterLike | number | Shape,
    second: ParameterLike | (NormalizationOptions & OwnParameters) = {},
    third: NormalizationOptions = {},
  ) {
    const isOwn = typeof first === "number" || Array.isArray(first);
    const options: NormalizationOptions & OwnParameters = isOwn ? (second as OwnParameters) : third;
    checkOptions("LayerNormalization", options, isOwn ? ["epsilon", ...ownParameters] : ["epsilon"]);
    this.epsilon = epsilonOf("LayerNormalization", options.epsilon ?? 1e-5);
    const shape = [first as number | number[]].flat();
    ({ gamma: this.gamma, beta: this.beta } = isOwn
      ? makeParameters("LayerNormalization", { shape }, () => normalizationPlan(shape), options)
      : givenParameters("LayerNormalization", { gamma: first, beta: second }));
    checkParameter("LayerNormalization", "beta", this.beta, this.gamma.shape, "gamma and beta have one shape.");
  }

  /** The parameters by name, for an optimizer. */
  get params(): Record<"gamma" | "beta", Variable> {
    return { gamma: this.gamma, beta: this.beta };
  }

  /**
   * @param x  […, *gamma.shape]
   * @returns  the shape of x
   * @throws ShapeError when the last axes differ, or to train (the default) on one value in each sample
   */
  forward(x: VariableLike, options: ForwardOptions = {}): Variable {
    const input = asVariable("LayerNormalization", x);
    const { shape } = this.gamma;
    const lead = input.ndim - shape.length;
    if (lead < 0 || shape.length === 0 || shape.some((n, i) => n !== input.shape[lead + i])) {
      throw ShapeError.of("LayerNormalization", "x", formatShape(input.shape), `[…, ${shape.join(", ")}]`, {
        problem: `an input of shape ${formatShape(input.shape)} does not end in ${formatShape(shape)}, the shape of gamma`,
        hint: "gamma has the axes that are normalized over, the last ones of x.",
      });
    }
    const hint = "Normalize over more axes, or leave the layer out.";
    checkSeveral("LayerNormalization", input, this.gamma.size, options, "sample", hint);
    const axes = shape.map((_, i) => lead + i);
    return add(mul(normalized(input, axes, this.epsilon), this.gamma), this.beta);
  }
}

export const layerNormalization = layerKind({
  kind: "layerNormalization",
  words:
    "Normalizes each sample to mean 0 and variance 1 over its last axes, then scales by γ and shifts by β. Training needs two values or more there.",
  options: {
    axes: optional(count(1), "Number of last axes to normalize over. Default 1."),
    epsilon: epsilonBy("1e-5"),
  },
  prefix: "layerNorm",
  synonyms: "layernorm ln",
  isTransparent: true,
  parameters: ({ axes = 1 }, [{ shape }]) => normalizationPlan(shape.slice(-axes)),
  layer: ({ epsilon = 1e-5 }, { parameters: { gamma, beta } }) => new LayerNormalization(gamma, beta, { epsilon }),
  fixes: (_, [{ shape }]) => [{ axes: shape.length }],
});
