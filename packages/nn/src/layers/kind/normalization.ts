/** The shared parts of normalizations: γ and β, either of which may be left out, and what cannot be normalized. */
import { add, checkValue, div, mean, mul, sqrt, square, sub, type Variable } from "@adjoint/autograd";
import { checkOneOf, checkOptions, formatShape, type Shape, ShapeError, SpecError } from "@adjoint/tensor";
import type { ForwardOptions } from "./layer-kind.ts";
import { flag, optional } from "./options.ts";
import {
  checkParameter,
  filled,
  givenParameters,
  makeParameters,
  type OwnParameters,
  type ParameterLike,
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
export const ownNormalization = ["scale", "center"] as const;

/** What a spec may say of γ and β. */
export const scaledAndCentered = {
  scale: optional(flag, "Whether the result is scaled by γ. Default true."),
  center: optional(flag, "Whether the result is shifted by β. Default true."),
};

/** The parameters of a normalization: γ of ones, β of zeros, those that there are. */
export function normalizationPlan(
  shape: Shape,
  { scale = true, center = true }: Pick<OwnNormalization, "scale" | "center"> = {},
): Readonly<Partial<Record<"gamma" | "beta", ParameterPlan>>> {
  return { ...(scale ? { gamma: filled(shape, 1) } : {}), ...(center ? { beta: filled(shape, 0) } : {}) };
}

/** The scale γ and the shift β of a normalization; null where there is none. */
export interface ScaleAndShift {
  readonly gamma: Variable | null;
  readonly beta: Variable | null;
}

/** γ and β that a normalization makes. @throws SpecError for wrong sizes or options */
export function ownScale(
  op: string,
  sizes: Readonly<Record<string, unknown>>,
  shape: Shape,
  options: OwnNormalization,
): ScaleAndShift {
  for (const name of ownNormalization) {
    if (options[name] !== undefined) checkOneOf(op, name, options[name], [true, false]);
  }
  const plan = normalizationPlan(shape, options) as Readonly<Record<string, ParameterPlan>>;
  const { gamma = null, beta = null } = makeParameters<string>(op, sizes, () => plan, options);
  return { gamma, beta };
}

/** γ and β that a normalization was given. @throws ShapeError where they have different shapes */
export function givenScale(op: string, gamma: ParameterLike | null, beta: ParameterLike | null): ScaleAndShift {
  const given = Object.entries({ gamma, beta }).filter(([, x]) => x !== null);
  const made: Partial<Record<string, Variable>> = givenParameters<string>(op, Object.fromEntries(given));
  if (made.gamma !== undefined && made.beta !== undefined) {
    checkParameter(op, "beta", made.beta, made.gamma.shape, "gamma and beta have one shape.");
  }
  return { gamma: made.gamma ?? null, beta: made.beta ?? null };
}

/** The shape of γ or β. @throws SpecError where there is neither, telling what to call instead */
export function shapeOf(op: string, { gamma, beta }: ScaleAndShift, instead: string): Shape {
  const one = gamma ?? beta;
  if (one !== null) return one.shape;
  throw SpecError.of(op, "gamma", null, "gamma, beta or both", {
    problem: "gamma and beta are both null",
    hint: `Without either call ${instead}.`,
  });
}

/** The parameters that there are, by name. */
export function paramsOf({ gamma, beta }: ScaleAndShift): Readonly<Partial<Record<"gamma" | "beta", Variable>>> {
  return { ...(gamma === null ? {} : { gamma }), ...(beta === null ? {} : { beta }) };
}

/** γ · x + β, as far as they are there. @param shaped  gives a parameter the axes of x */
export function scaled(x: Variable, { gamma, beta }: ScaleAndShift, shaped = (p: Variable): Variable => p): Variable {
  const y = gamma === null ? x : mul(x, shaped(gamma));
  return beta === null ? y : add(y, shaped(beta));
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
