/** Normalizations that look at one sample alone: over its last axes, or over groups of its channels. */
import {
  add,
  asVariable,
  div,
  heldValue,
  mean,
  mul,
  reshape,
  sqrt,
  square,
  sub,
  type Variable,
  type VariableLike,
} from "@adjoint/autograd";
import { checkOptions, formatShape, type Shape, ShapeError, shown, sizeOf } from "@adjoint/tensor";
import type { ForwardOptions } from "../model/kinds/layer-kind.ts";
import { checkParameter, epsilonOf, type ParameterLike, parameter } from "./parameter.ts";
import { makeParameters, normalizationPlan, type OwnParameters, ownParameters } from "./parameter-plan.ts";

/** Options of the normalizations of single samples. */
export interface NormalizationOptions {
  /** Added to the variance, so that a constant sample does not divide by 0. Default 1e-5. */
  readonly epsilon?: number;
}

/**
 * Refuses to train where there is one value to normalize: it is its own mean, and becomes 0 whatever it is. Where only
 * shapes are known, nothing is trained.
 */
function checkSeveral(
  op: string,
  x: Variable,
  count: number,
  options: ForwardOptions,
  over: string,
  hint: string,
): void {
  checkOptions(op, options, ["train"]);
  if (count !== 1 || !(options.train ?? true) || heldValue(x) === null) return;
  throw new ShapeError({
    op,
    problem: `an input of shape ${formatShape(x.shape)} has one value in each ${over}, which becomes 0 whatever it is, so that nothing is learned`,
    argument: "x",
    expected: "two values or more to normalize over",
    received: formatShape(x.shape),
    hint,
  });
}

/** (x − μ) / √(σ² + ε), mean and (biased) variance over the axes. */
function normalized(x: Variable, axis: readonly number[], epsilon: number): Variable {
  const centered = sub(x, mean(x, { axis, keepDims: true }));
  return div(centered, sqrt(add(mean(square(centered), { axis, keepDims: true }), epsilon)));
}

/**
 * y = γ · (x − μ) / √(σ² + ε) + β, mean and variance over the last axes of each sample: those that γ and β have.
 *
 * `new LayerNormalization(gamma, beta)` takes its parameters: the scale γ, of the shape of the axes normalized over, and
 * the shift β. `new LayerNormalization(shape)` makes them, γ of ones and β of zeros; a number stands for one axis.
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
    if (isOwn) {
      const shape = [first as number | number[]].flat();
      const plan = () => normalizationPlan(shape);
      ({ gamma: this.gamma, beta: this.beta } = makeParameters("LayerNormalization", { shape }, plan, options));
    } else {
      this.gamma = parameter("LayerNormalization", first as ParameterLike, "gamma");
      this.beta = parameter("LayerNormalization", second as ParameterLike, "beta");
    }
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
      throw new ShapeError({
        op: "LayerNormalization",
        problem: `an input of shape ${formatShape(input.shape)} does not end in ${formatShape(shape)}, the shape of gamma`,
        argument: "x",
        expected: `[…, ${shape.join(", ")}]`,
        received: formatShape(input.shape),
        hint: "gamma has the axes that are normalized over, the last ones of x.",
      });
    }
    const hint = "Normalize over more axes, or leave the layer out.";
    checkSeveral("LayerNormalization", input, this.gamma.size, options, "sample", hint);
    const axes = shape.map((_, i) => lead + i);
    return add(mul(normalized(input, axes, this.epsilon), this.gamma), this.beta);
  }
}

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
    if (isOwn) {
      const plan = () => normalizationPlan([second]);
      ({ gamma: this.gamma, beta: this.beta } = makeParameters(
        "GroupNormalization",
        { groups, channels: second },
        plan,
        options,
      ));
    } else {
      this.gamma = parameter("GroupNormalization", second, "gamma");
      this.beta = parameter("GroupNormalization", third as ParameterLike, "beta");
    }
    this.groups = groups;
    const { size } = this.gamma;
    checkParameter("GroupNormalization", "gamma", this.gamma, [size], "gamma has one number for each channel.");
    checkParameter("GroupNormalization", "beta", this.beta, [size], "gamma and beta have one shape, [C].");
    if (!Number.isInteger(groups) || groups < 1 || size % groups !== 0) {
      throw new ShapeError({
        op: "GroupNormalization",
        problem: `groups are ${shown(groups)}, for ${size} channels`,
        argument: "groups",
        expected: "a divisor of the number of channels",
        received: shown(groups),
        hint: "Every group has as many channels as the others.",
      });
    }
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
      throw new ShapeError({
        op: "GroupNormalization",
        problem: `an input of shape ${formatShape(input.shape)} does not fit gamma of shape ${formatShape(this.gamma.shape)}`,
        argument: "x",
        expected: `[N, ${this.gamma.size}, …]`,
        received: formatShape(input.shape),
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
