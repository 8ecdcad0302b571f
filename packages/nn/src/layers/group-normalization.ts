/** Group normalization: each sample brought to mean 0 and variance 1 over groups of its channels. */
import { asVariable, reshape, type Variable, type VariableLike } from "@adjoint/autograd";
import { formatShape, ShapeError, sizeOf } from "@adjoint/tensor";
import { divisorsOf } from "./kind/fixes.ts";
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
import { count, epsilon } from "./kind/options.ts";
import { checkDivisor, checkParameter, type ParameterLike } from "./kind/parameter.ts";

/**
 * y = γ · (x − μ) / √(σ² + ε) + β, mean and variance over the pixels of a group of channels of each sample. One group is
 * layer normalization of images, as many as channels instance normalization.
 *
 * `new GroupNormalization(groups, gamma, beta)` takes its parameters: the scale γ and the shift β, [C]; null for one of
 * them leaves it out. `new GroupNormalization(groups, channels)` makes them, γ of ones and β of zeros, or with
 * `{ scale: false }` and `{ center: false }` leaves them out.
 *
 * @throws ShapeError for parameters or groups that do not fit; SpecError for an epsilon that is not positive, or without
 *         both parameters and the number of channels
 * Source: Wu and He 2018.
 */
export class GroupNormalization extends Normalization {
  readonly groups: number;
  private readonly channels: number;

  constructor(groups: number, gamma: ParameterLike | null, beta: ParameterLike | null, options?: NormalizationOptions);
  constructor(groups: number, channels: number, options?: NormalizationOptions & OwnNormalization);
  constructor(
    groups: number,
    second: ParameterLike | number | null,
    third: ParameterLike | (NormalizationOptions & OwnNormalization) | null = {},
    fourth: NormalizationOptions = {},
  ) {
    const op = "GroupNormalization";
    const isOwn = typeof second === "number";
    const own = isOwn ? { sizes: { groups, channels: second }, shape: [second] } : null;
    super(op, ["epsilon"], own, { gamma: second, beta: third }, isOwn ? (third as OwnNormalization) : fourth);
    this.groups = groups;
    const instead = "new GroupNormalization(groups, channels, { scale: false, center: false })";
    const shape = isOwn ? [second] : this.scaleShape(op, instead);
    this.channels = sizeOf(shape);
    for (const [name, x] of Object.entries(this.params)) {
      checkParameter(op, name, x, [this.channels], `${name} has one number for each channel.`);
    }
    checkDivisor(op, "groups", groups, this.channels, "channels");
  }

  /**
   * @param x  [N, C, …]
   * @returns  the shape of x
   * @throws ShapeError when the channels differ, or to train (the default) on one value in each group
   */
  forward(x: VariableLike, options: ForwardOptions = {}): Variable {
    const input = asVariable("GroupNormalization", x);
    const [count, channels, ...pixels] = input.shape;
    if (input.ndim < 2 || channels !== this.channels) {
      throw ShapeError.of("GroupNormalization", "x", formatShape(input.shape), `[N, ${this.channels}, …]`, {
        problem: `an input of shape ${formatShape(input.shape)} does not fit ${this.channels} channels`,
        hint: "gamma and beta have one number for each channel, the second axis of x.",
      });
    }
    const perGroup = sizeOf(input.shape.slice(1)) / this.groups;
    const hint = `Fewer groups than ${this.groups} have more values each.`;
    checkSeveral("GroupNormalization", input, perGroup, options, "group", hint);
    const rows = reshape(input, [count, this.groups, perGroup]);
    const y = reshape(normalized(rows, [2], this.epsilon), input.shape);
    const perChannel = [channels, ...pixels.map(() => 1)];
    return this.scaled(y, (p) => reshape(p, perChannel));
  }
}

/**
 * Normalizes groups of channels of each sample to mean 0 and variance 1, then scales by γ and shifts by β. Training
 * needs two values or more in a group.
 */
export const groupNormalization = layerKind({
  kind: "groupNormalization",
  options: {
    /** Number of groups; divides the channels. As many as channels: instance normalization. */
    groups: count(1),
    /** Added to the variance, > 0. Default 1e-5. */
    epsilon,
    ...scaledAndCentered,
  },
  prefix: "groupNorm",
  synonyms: "groupnorm gn instancenorm instancenorm2d instancenormalization",
  alone: ["groups", "number"],
  isTransparent: true,
  parameters: (options, [{ shape }]) => normalizationPlan([shape[0] ?? 1], options),
  layer: ({ groups, epsilon = 1e-5 }, { inputs: [{ shape }], parameters: { gamma = null, beta = null } }) =>
    gamma === null && beta === null
      ? new GroupNormalization(groups, shape[0] ?? 1, { epsilon, scale: false, center: false })
      : new GroupNormalization(groups, gamma, beta, { epsilon }),
  fixes: ({ groups }, [{ shape }]) => divisorsOf(shape[0] ?? 1, groups).map((divisor) => ({ groups: divisor })),
});
