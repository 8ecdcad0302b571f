/** Parameters before they are made, and the making of them: for models, and for layers that make their own. */
import { type Variable, variable } from "@adjoint/autograd";
import {
  calledAs,
  checkDType,
  checkKind,
  DTypeError,
  full,
  isFloat,
  type RandomGenerator,
  rng,
  type Shape,
  SpecError,
  shown,
  type Tensor,
} from "@adjoint/tensor";
import { initializeWeight, type WeightInit } from "../../initializers.ts";

/** A parameter before it is made. */
export interface ParameterPlan {
  readonly shape: Shape;
  /** Weights: how they are spread (undefined: by what comes next), with the inputs that each output adds up. Or a number for all. */
  readonly init:
    | { readonly weight: WeightInit | undefined; readonly fanIn: number; readonly fanOut: number }
    | { readonly fill: number };
}

/** A number for all entries of a parameter: biases, γ, β. */
export const filled = (shape: Shape, fill: number): ParameterPlan => ({ shape, init: { fill } });

/** A weight that is drawn at random. */
export const drawn = (shape: Shape, weight: WeightInit | undefined, fanIn: number, fanOut: number): ParameterPlan => ({
  shape,
  init: { weight, fanIn, fanOut },
});

/** The parameters of a normalization: γ of ones, β of zeros. */
export const normalizationPlan = (shape: Shape) => ({ gamma: filled(shape, 1), beta: filled(shape, 0) });

/** The value that a parameter starts from. @param isRectified  whether a rectifier comes next: then He, else Xavier */
export function initialValue(
  { shape, init }: ParameterPlan,
  isRectified: boolean,
  dtype: "float32" | "float64",
  generator: RandomGenerator,
): Tensor {
  if ("fill" in init) return full(shape, init.fill, { dtype });
  const weight = init.weight ?? (isRectified ? "he" : "xavier");
  return initializeWeight(shape, init.fanIn, weight, generator, dtype, init.fanOut);
}

/** Options of layers that make their own parameters. */
export interface OwnParameters {
  /** Element type of the parameters. Default float32. */
  readonly dtype?: "float32" | "float64";
  /** The layer's name: its parameters are called `name.W` in drawings. Default: `W` alone. */
  readonly name?: string;
}

/** Options of layers that draw their own weights. */
export interface OwnWeights extends OwnParameters {
  /** Seed of the weights. Default 0: give every layer a seed of its own. */
  readonly seed?: number;
  /** How the weights are spread. The default is each layer's; `"he"` fits before a ReLU. */
  readonly weightInit?: WeightInit;
}

/** The names of {@link OwnParameters}, and of {@link OwnWeights}, for checks of options. */
export const ownParameters = ["dtype", "name"] as const;
export const ownWeights = [...ownParameters, "seed", "weightInit"] as const;

/**
 * The parameters of a layer that makes its own.
 *
 * @param sizes  what the layer was given, by name
 * @param plan   the parameters for sizes that are right, in the order in which they are drawn
 * @throws SpecError unless every size is an integer ≥ 1
 */
export function makeParameters<Name extends string>(
  op: string,
  sizes: Readonly<Record<string, unknown>>,
  plan: () => Readonly<Record<Name, ParameterPlan>>,
  { dtype = "float32", name, seed = 0 }: OwnWeights,
): Record<Name, Variable> {
  checkFloat(op, dtype);
  checkKind(op, "name", name, name === undefined || typeof name === "string", "a string");
  for (const [argument, size] of Object.entries(sizes)) {
    for (const length of Array.isArray(size) && size.length > 0 ? size : [size]) checkCount(op, argument, length);
  }
  const generator = calledAs(op, () => rng(seed));
  const made = (Object.entries(plan()) as [Name, ParameterPlan][]).map(([key, of]): [Name, Variable] => [
    key,
    variable(
      calledAs(op, () => initialValue(of, false, dtype, generator)),
      { name: name === undefined ? key : `${name}.${key}` },
    ),
  ]);
  return Object.fromEntries(made) as Record<Name, Variable>;
}

/** @throws SpecError for a list that is not one of two: height and width */
export function checkPair(op: string, argument: string, value: unknown): void {
  if (!Array.isArray(value) || value.length === 2) return;
  throw new SpecError({
    op,
    problem: `${argument} is ${shown(value)}`,
    argument,
    expected: "an integer ≥ 1, or two of them: [height, width]",
    received: shown(value),
    hint: `${argument} must be one integer, or two: [height, width].`,
  });
}

/** @throws SpecError unless `value` is an integer ≥ 1 */
export function checkCount(op: string, argument: string, value: unknown): asserts value is number {
  if (Number.isSafeInteger(value) && (value as number) >= 1) return;
  throw new SpecError({
    op,
    problem: `${argument} is ${shown(value)}`,
    argument,
    expected: "an integer ≥ 1",
    received: shown(value),
    hint: `${argument} must be an integer, 1 or more.`,
  });
}

/** @throws DTypeError unless the dtype is one that has gradients */
export function checkFloat(op: string, dtype: "float32" | "float64"): void {
  checkDType(op, dtype);
  if (isFloat(dtype)) return;
  throw new DTypeError({
    op,
    problem: `parameters cannot be ${dtype}`,
    argument: "dtype",
    expected: "float32 or float64",
    received: dtype,
    hint: "Only real numbers have gradients.",
  });
}
