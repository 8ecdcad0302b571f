/** Group normalization: each sample brought to mean 0 and variance 1 over groups of its channels. */

import { add, asVariable, mul, reshape, type Variable, type VariableLike } from "@adjoint/autograd";
import { checkOptions, formatShape, ShapeError, sizeOf } from "@adjoint/tensor";
import { divisorsOf } from "./kind/fixes.ts";
import { type ForwardOptions, layerKind } from "./kind/layer-kind.ts";
import { count, described, epsilonBy } from "./kind/options.ts";
import {
  checkDivisor,
  checkParameter,
  epsilonOf,
  givenParameters,
  makeParameters,
  normalizationPlan,
  type OwnParameters,
  ownParameters,
  type ParameterLike,
} from "./kind/parameter.ts";
import { checkSeveral, type NormalizationOptions, normalized } from "./layer-normalization.ts";

/**
 * y = γ · (x − μ) / √(σ² + ε) + β, mean and variance over the pixels of a group of channels of each sample. One group is
 * layer normalization of images, as many as channels instance normalization.
 *
 * `new GroupNormalization(groups, gamma, beta)` takes its parameters: the scale γ and the shift β, [C].
 * `new GroupNormalization(groups, channels)` makes them, γ of ones and β of zeros.
 *
 * @throws ShapeError for parameters or groups that do not fit; SpecError for an epsilon that is not positive
 * Source: Wu and He 2018.
 */
export class GroupNormalization {
  readonly groups: number;
  gamma: Variable;
  beta: Variable;
  readonly epsilon: number;

  constructor(groups: number, gamma: ParameterLike, beta: ParameterLike, options?: NormalizationOptions);
  constructor(groups: number, channels: number, options?: NormalizationOptions & OwnParameters);
  constructor(
    groups: number,
    second: ParameterLike | number,
    third: ParameterLike | (NormalizationOptions & OwnParameters) = {},
    fourth: NormalizationOptions = {},
  ) {
    const isOwn = typeof second === "number";
    const options: NormalizationOptions & OwnParameters = isOwn ? (third as OwnParameters) : fourth;
    checkOptions("GroupNormalization", options, isOwn ? ["epsilon", ...ownParameters] : ["epsilon"]);
    this.epsilon = epsilonOf("GroupNormalization", options.epsilon ?? 1e-5);
    ({ gamma: this.gamma, beta: this.beta } = isOwn
      ? makeParameters("GroupNormalization", { groups, channels: second }, () => normalizationPlan([second]), options)
      : givenParameters("GroupNormalization", { gamma: second, beta: third }));
    this.groups = groups;
    const { size } = this.gamma;
    checkParameter("GroupNormalization", "gamma", this.gamma, [size], "gamma has one number for each channel.");
    checkParameter("GroupNormalization", "beta", this.beta, [size], "gamma and beta have one shape, [C].");
    checkDivisor("GroupNormalization", "groups", groups, size, "channels");
  }

  /** The parameters by name, for an optimizer. */
  get params(): Record<"gamma" | "beta", Variable> {
    return { gamma: this.gamma, beta: this.beta };
  }

  /**
   * @param x  [N, C, …]
   * @returns  the shape of x
   * @throws ShapeError when the channels differ, or to train (the default) on one value in each group
   */
  forward(x: VariableLike, options: ForwardOptions = {}): Variable {
    const input = asVariable("GroupNormalization", x);
    const [count, channels, ...pixels] = input.shape;
    if (input.ndim < 2 || channels !== this.gamma.size) {
      throw ShapeError.of("GroupNormalization", "x", formatShape(input.shape), `[N, ${this.gamma.size}, …]`, {
        problem: `an input of shape ${formatShape(input.shape)} does not fit gamma of shape ${formatShape(this.gamma.shape)}`,
        hint: "gamma and beta have one number for each channel, the second axis of x.",
      });
    }
    const perGroup = sizeOf(input.shape.slice(1)) / this.groups;
    const hint = `Fewer groups than ${this.groups} have more values each.`;
    checkSeveral("GroupNormalization", input, perGroup, options, "group", hint);
    const rows = reshape(input, [count, this.groups, perGroup]);
    const y = reshape(normalized(rows, [2], this.epsilon), input.shape);
    const perChannel = [channels, ...pixels.map(() => 1)];
    return add(mul(y, reshape(this.gamma, perChannel)), reshape(this.beta, perChannel));
  }
}

export const groupNormalization = layerKind({
  kind: "groupNormalization",
  words:
    "Normalizes groups of channels of each sample to mean 0 and variance 1, then scales by γ and shifts by β. Training needs two values or more in a group.",
  options: {
    groups: described(count(1), "Number of groups; divides the channels. As many as channels: instance normalization."),
    epsilon: epsilonBy("1e-5"),
  },
  prefix: "groupNorm",
  synonyms: "groupnorm gn",
  alone: ["groups", "number"],
  isTransparent: true,
  parameters: (_, [{ shape }]) => normalizationPlan([shape[0] ?? 1]),
  layer: ({ groups, epsilon = 1e-5 }, { parameters: { gamma, beta } }) =>
    new GroupNormalization(groups, gamma, beta, { epsilon }),
  fixes: ({ groups }, [{ shape }]) => divisorsOf(shape[0] ?? 1, groups).map((divisor) => ({ groups: divisor })),
});
