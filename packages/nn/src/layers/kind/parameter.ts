/** Parameters of layers: given by the user, or made by the layer. */
import { Variable, variable } from "@adjoint/autograd";
import {
  calledAs,
  checkDType,
  checkInteger,
  checkKind,
  checkNumber,
  checkOptions,
  DTypeError,
  formatShape,
  full,
  isFloat,
  type RandomGenerator,
  rng,
  type Shape,
  ShapeError,
  SpecError,
  type Tensor,
} from "@adjoint/tensor";
import { initializeWeight, type WeightInit } from "../../initializers.ts";

/** A parameter as layers take it: a Variable is used itself, a Tensor becomes one. */
export type ParameterLike = Variable | Tensor;

/** A parameter of the layer `op` as a Variable, named if it has no name yet. */
export function parameter(op: string, value: ParameterLike, name: string): Variable {
  const x = value instanceof Variable ? value : calledAs(op, () => variable(value, { name }));
  x.name ??= name;
  return x;
}

/** Parameters that were given to the layer `op`, by name. */
export function givenParameters<Name extends string>(op: string, given: Readonly<Record<Name, unknown>>) {
  const entries = Object.entries(given).map(([name, value]) => [name, parameter(op, value as ParameterLike, name)]);
  return Object.fromEntries(entries) as Record<Name, Variable>;
}

/** @throws ShapeError unless `x` has the shape that the layer needs */
export function checkParameter(op: string, argument: string, x: Variable, shape: Shape, hint: string): void {
  if (x.ndim === shape.length && shape.every((n, i) => n === x.shape[i])) return;
  throw ShapeError.of(op, argument, x, formatShape(shape), { hint });
}

/**
 * @param axes     the names of the axes of W, such as `[inputs, outputs]`
 * @param outputs  the axis that the bias has a number for each of, which are `each`
 * @throws ShapeError unless W has these axes and b fits it
 */
export function checkWeights(
  op: string,
  { W, b }: Readonly<Record<"W" | "b", Variable>>,
  axes: string,
  outputs: 0 | 1,
  each = "filter",
): void {
  if (W.ndim !== axes.split(",").length) throw ShapeError.of(op, "W", W, axes);
  checkParameter(op, "b", b, [W.shape[outputs]], `Give one bias for each ${each}.`);
}

/** @throws SpecError unless `value` is a number for which `isRight` holds */
export function checkNumberThat(
  op: string,
  argument: string,
  value: unknown,
  isRight: (value: number) => boolean,
  expected: string,
): void {
  checkNumber(op, argument, value, typeof value === "number" && isRight(value), expected);
}

/** @throws ShapeError unless `parts` divides the number of what is split: groups of channels, heads of features */
export function checkDivisor(op: string, argument: string, parts: number, n: number, what: string): void {
  if (Number.isInteger(parts) && parts >= 1 && n % parts === 0) return;
  throw ShapeError.of(op, argument, parts, `a divisor of the ${n} ${what}`);
}

/** Whether images have their channels last, as other frameworks keep them. */
export const channelsAreLast = ({ length, 1: first, 3: last }: Shape, channels: number): boolean =>
  length === 4 && first !== channels && last === channels;

/** What to do about such images. */
export const CHANNELS_FIRST = "Images are [N, channels, height, width]: pass transpose(x, [0, 3, 1, 2]).";

/** The number added to a variance. @throws SpecError unless it is positive */
export function epsilonOf(op: string, epsilon: number): number {
  checkNumberThat(op, "epsilon", epsilon, (x) => x > 0 && x < Infinity, "a finite number > 0");
  return epsilon;
}

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

/** Options of layers that create their parameters. */
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

/** The names of {@link OwnParameters} and {@link OwnWeights}. */
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
    for (const length of Array.isArray(size) && size.length > 0 ? size : [size]) checkInteger(op, argument, length, 1);
  }
  const generator = calledAs(op, () => rng(seed));
  const made = (Object.entries(plan()) as [Name, ParameterPlan][]).map(([key, of]): [Name, Variable] => {
    const value = calledAs(op, () => initialValue(of, false, dtype, generator));
    return [key, variable(value, { name: name === undefined ? key : `${name}.${key}` })];
  });
  return Object.fromEntries(made) as Record<Name, Variable>;
}

/** How a layer takes its parameters, or makes its own. */
export interface ParameterRecipe<Name extends string, Options> {
  /** The parameters, in the order of the arguments and of drawing. */
  readonly parameters: readonly Name[];
  /** The sizes that they are made from, in the order of the arguments. */
  readonly sizes: readonly string[];
  /** The names of the layer's own options. */
  readonly options?: readonly string[];
  /** The parameters for sizes that are integers ≥ 1. */
  readonly plan: (
    sizes: readonly number[],
    options: Partial<Options> & OwnWeights,
  ) => Readonly<Record<Name, ParameterPlan>>;
}

/** A layer that is made with its parameters, `new Layer(W, b, options)`, or with sizes, `new Layer(D, M, options)`. */
export abstract class ParameterLayer<Name extends string, Options extends object = object> {
  protected readonly options: Partial<Options> & OwnWeights;
  readonly #names: readonly Name[];

  /** @throws SpecError for wrong sizes or options */
  constructor(op: string, recipe: ParameterRecipe<Name, Options>, args: readonly unknown[]) {
    const { parameters, sizes, options: names = [], plan } = recipe;
    const isOwn = typeof args[0] === "number";
    const { [isOwn ? sizes.length : parameters.length]: options = {} } = args as readonly ParameterLayer<
      Name,
      Options
    >["options"][];
    checkOptions(op, options, isOwn ? [...names, ...ownWeights] : names);
    const byName = (of: readonly string[]) => Object.fromEntries(of.map((name, i) => [name, args[i]]));
    const made = isOwn
      ? makeParameters(op, byName(sizes), () => plan(args as readonly number[], options), options)
      : givenParameters(op, byName(parameters));
    Object.assign(this, made);
    this.options = options;
    this.#names = parameters;
  }

  /** The parameters by name, for an optimizer. */
  get params(): Record<Name, Variable> {
    const own = this as unknown as Readonly<Record<Name, Variable>>;
    return Object.fromEntries(this.#names.map((name) => [name, own[name]])) as Record<Name, Variable>;
  }
}

/** The parameters of weights and a bias by the names of specs. */
export const weightAndBias = ({ W, b }: Readonly<Record<"W" | "b", ParameterPlan>>, bias = true) => ({
  weight: W,
  ...(bias ? { bias: b } : {}),
});

/** @throws SpecError for a size that is a list, but not of two: height and width */
export function checkSize(op: string, size: unknown): void {
  if (!Array.isArray(size) || size.length === 2) return;
  throw SpecError.of(op, "size", size, "an integer ≥ 1, or two of them: [height, width]");
}

/** @throws DTypeError unless the dtype is one that has gradients */
export function checkFloat(op: string, dtype: "float32" | "float64"): void {
  checkDType(op, dtype);
  if (isFloat(dtype)) return;
  throw DTypeError.of(op, "dtype", dtype, "float32 or float64", {
    problem: `parameters cannot be ${dtype}`,
    hint: "Only real numbers have gradients.",
  });
}
