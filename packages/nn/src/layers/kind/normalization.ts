/** The shared parts of normalizations: γ and β, either of which may be left out, and what cannot be normalized. */
import { add, checkValue, div, mean, mul, sqrt, square, sub, type Variable } from "@adjoint/autograd";
import { checkOneOf, checkOptions, formatShape, type Shape, ShapeError, SpecError } from "@adjoint/tensor";
import type { ForwardOptions } from "./layer-kind.ts";
import { flag, optional } from "./options.ts";
import {
  checkParameter,
  epsilonOf,
  filled,
  givenParameters,
  makeParameters,
  type OwnParameters,
  ownParameters,
  type ParameterPlan,
} from "./parameter.ts";

/** Options of the normalizations of single samples. */
export interface NormalizationOptions {
  /** Added to the variance, so that a constant sample does not divide by 0. Default 1e-5. */
  readonly epsilon?: number;
}

/** Options of normalizations that make their own parameters. */
export interface OwnNormalization extends OwnParameters {
  /** Whether there is a scale γ. Default true. */
  readonly scale?: boolean;
  /** Whether there is a shift β. Default true. */
  readonly center?: boolean;
}

/** The names of what {@link OwnNormalization} adds to the options of parameters. */
const ownNormalization = ["scale", "center"] as const;

/** What a spec may say of γ and β. */
export const scaledAndCentered = {
  /** Whether the result is scaled by γ. Default true. */
  scale: optional(flag),
  /** Whether the result is shifted by β. Default true. */
  center: optional(flag),
};

/** The parameters of a normalization: γ of ones, β of zeros, those that there are. */
export function normalizationPlan(
  shape: Shape,
  { scale = true, center = true }: Pick<OwnNormalization, "scale" | "center"> = {},
): Readonly<Partial<Record<"gamma" | "beta", ParameterPlan>>> {
  return { ...(scale ? { gamma: filled(shape, 1) } : {}), ...(center ? { beta: filled(shape, 0) } : {}) };
}

/** What a layer that makes γ and β was given: sizes by name, and the shape that follows from them. */
interface Sizes {
  readonly sizes: Readonly<Record<string, unknown>>;
  readonly shape: Shape;
}

/** γ and β that a normalization makes. @throws SpecError for wrong sizes or options */
function ownScale(op: string, { sizes, shape }: Sizes, options: OwnNormalization): Partial<Record<string, Variable>> {
  for (const name of ownNormalization) {
    if (options[name] !== undefined) checkOneOf(op, name, options[name], [true, false]);
  }
  const plan = normalizationPlan(shape, options) as Readonly<Record<string, ParameterPlan>>;
  return makeParameters<string>(op, sizes, () => plan, options);
}

/** γ and β that a normalization was given. @throws ShapeError where they have different shapes */
function givenScale(op: string, given: Readonly<Record<"gamma" | "beta", unknown>>): Partial<Record<string, Variable>> {
  const entries = Object.entries(given).filter(([, x]) => x !== null);
  const made: Partial<Record<string, Variable>> = givenParameters<string>(op, Object.fromEntries(entries));
  if (made.gamma !== undefined && made.beta !== undefined) {
    checkParameter(op, "beta", made.beta, made.gamma.shape, "gamma and beta have one shape.");
  }
  return made;
}

/** A layer that normalizes, then scales by γ and shifts by β, either of which may be left out. */
export abstract class Normalization {
  gamma: Variable | null;
  beta: Variable | null;
  readonly epsilon: number;

  /**
   * @param names    the names of the layer's options besides those of γ and β
   * @param own      the sizes that γ and β are made from; null where they are given
   * @param options  the options, of which epsilon has the default `epsilon`
   */
  constructor(
    op: string,
    names: readonly string[],
    own: Sizes | null,
    given: Readonly<Record<"gamma" | "beta", unknown>>,
    options: NormalizationOptions & OwnNormalization,
    epsilon = 1e-5,
  ) {
    checkOptions(op, options, own === null ? names : [...names, ...ownNormalization, ...ownParameters]);
    this.epsilon = epsilonOf(op, options.epsilon ?? epsilon);
    const { gamma = null, beta = null } = own === null ? givenScale(op, given) : ownScale(op, own, options);
    this.gamma = gamma;
    this.beta = beta;
  }

  /** The parameters by name, for an optimizer. */
  get params(): Readonly<Partial<Record<"gamma" | "beta", Variable>>> {
    const { gamma, beta } = this;
    return { ...(gamma === null ? {} : { gamma }), ...(beta === null ? {} : { beta }) };
  }

  /** The shape of γ or β. @throws SpecError where there is neither, telling what to call instead */
  protected scaleShape(op: string, instead: string): Shape {
    const one = this.gamma ?? this.beta;
    if (one !== null) return one.shape;
    throw SpecError.of(op, "gamma", null, "gamma, beta or both", {
      problem: "gamma and beta are both null",
      hint: `Without either call ${instead}.`,
    });
  }

  /** γ · x + β, as far as they are there. @param shaped  gives a parameter the axes of x */
  protected scaled(x: Variable, shaped = (p: Variable): Variable => p): Variable {
    const y = this.gamma === null ? x : mul(x, shaped(this.gamma));
    return this.beta === null ? y : add(y, shaped(this.beta));
  }
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
