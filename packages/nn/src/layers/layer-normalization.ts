/** Normalizations that look at one sample alone: over its last axes, or over groups of its channels. */
import {
  add,
  asVariable,
  div,
  mean,
  mul,
  reshape,
  sqrt,
  square,
  sub,
  type Variable,
  type VariableLike,
} from "@adjoint/autograd";
import { checkOptions, formatShape, ShapeError, sizeOf } from "@adjoint/tensor";
import { checkParameter, epsilonOf, type ParameterLike, parameter } from "./parameter.ts";

/** Options of the normalizations of single samples. */
export interface NormalizationOptions {
  /** Added to the variance, so that a constant sample does not divide by 0. Default 1e-5. */
  readonly epsilon?: number;
}

/** (x − μ) / √(σ² + ε), mean and (biased) variance over the axes. */
function normalized(x: Variable, axis: readonly number[], epsilon: number): Variable {
  const centered = sub(x, mean(x, { axis, keepDims: true }));
  return div(centered, sqrt(add(mean(square(centered), { axis, keepDims: true }), epsilon)));
}

/**
 * y = γ · (x − μ) / √(σ² + ε) + β, mean and variance over the last axes of each sample: those that γ and β have.
 *
 * @param gamma  scale, the shape of the axes normalized over
 * @param beta   shift, likewise
 * @throws ShapeError for parameters that do not fit; SpecError for an epsilon that is not positive
 * Source: Ba, Kiros and Hinton 2016.
 */
export class LayerNormalization {
  gamma: Variable;
  beta: Variable;
  readonly epsilon: number;

  constructor(gamma: ParameterLike, beta: ParameterLike, options: NormalizationOptions = {}) {
    checkOptions("LayerNormalization", options, ["epsilon"]);
    this.epsilon = epsilonOf("LayerNormalization", options.epsilon ?? 1e-5);
    this.gamma = parameter(gamma, "gamma");
    this.beta = parameter(beta, "beta");
    checkParameter("LayerNormalization", "beta", this.beta, this.gamma.shape, "gamma and beta have one shape.");
  }

  /** @param x  […, *gamma.shape]  @returns the shape of x  @throws ShapeError when the last axes differ */
  forward(x: VariableLike): Variable {
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
    const axes = shape.map((_, i) => lead + i);
    return add(mul(normalized(input, axes, this.epsilon), this.gamma), this.beta);
  }
}

/**
 * y = γ · (x − μ) / √(σ² + ε) + β, mean and variance over the pixels of a group of channels of each sample. One group is
 * layer normalization of images, as many as channels instance normalization.
 *
 * @param groups  a divisor of the number of channels
 * @param gamma   scale, [C]
 * @param beta    shift, [C]
 * @throws ShapeError for parameters or groups that do not fit; SpecError for an epsilon that is not positive
 * Source: Wu and He 2018.
 */
export class GroupNormalization {
  readonly groups: number;
  gamma: Variable;
  beta: Variable;
  readonly epsilon: number;

  constructor(groups: number, gamma: ParameterLike, beta: ParameterLike, options: NormalizationOptions = {}) {
    checkOptions("GroupNormalization", options, ["epsilon"]);
    this.epsilon = epsilonOf("GroupNormalization", options.epsilon ?? 1e-5);
    this.gamma = parameter(gamma, "gamma");
    this.beta = parameter(beta, "beta");
    this.groups = groups;
    const { size } = this.gamma;
    checkParameter("GroupNormalization", "gamma", this.gamma, [size], "gamma has one number for each channel.");
    checkParameter("GroupNormalization", "beta", this.beta, [size], "gamma and beta have one shape, [C].");
    if (!Number.isInteger(groups) || groups < 1 || size % groups !== 0) {
      throw new ShapeError({
        op: "GroupNormalization",
        problem: `groups are ${groups}, for ${size} channels`,
        argument: "groups",
        expected: "a divisor of the number of channels",
        received: String(groups),
        hint: "Every group has as many channels as the others.",
      });
    }
  }

  /** @param x  [N, C, …]  @returns the shape of x  @throws ShapeError when the channels differ */
  forward(x: VariableLike): Variable {
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
    const rows = reshape(input, [count, this.groups, sizeOf(input.shape.slice(1)) / this.groups]);
    const y = reshape(normalized(rows, [2], this.epsilon), input.shape);
    const perChannel = [channels, ...pixels.map(() => 1)];
    return add(mul(y, reshape(this.gamma, perChannel)), reshape(this.beta, perChannel));
  }
}
