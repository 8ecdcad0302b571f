/** What a kind of layer is: everything that models need to know of it, in one place. */
import type { Variable, VariableLike } from "@adjoint/autograd";
import type { Generator, Shape } from "@adjoint/tensor";
import { z } from "zod";
import type { WeightInit } from "../../initializers.ts";
import type { ForwardOptions } from "../../layers/dropout.ts";
import type { Pair } from "../spec.ts";

/** What a layer is made with. */
export interface LayerContext {
  /** Name of the layer, the prefix of its parameters' names. */
  readonly name: string;
  /** Shape of one sample that comes in. */
  readonly input: Shape;
  /** The activation that comes next: what initial weights should fit. */
  readonly next: "relu" | "other";
  readonly generator: Generator;
  readonly dtype: "float32" | "float64";
}

/** A layer that can run. */
export interface LayerInstance {
  /** By the last part of their names: weight, bias, gamma, beta. */
  readonly parameters: Readonly<Record<string, Variable>>;
  /** What is saved besides and not learned: running statistics. */
  readonly statistics: Readonly<Record<string, Variable>>;
  readonly forward: (x: VariableLike, options: Required<ForwardOptions>) => Variable;
}

/** A kind of layer. */
export interface LayerKind<Spec> {
  /** What default names start with: conv, pool, affine. */
  readonly prefix: string;
  /** The form of its specs. */
  readonly schema: z.ZodType<Spec>;
  /** Shape of one sample that goes out. @throws ShapeError for an input that does not fit */
  readonly outputShape: (spec: Spec, input: Shape, name: string) => Shape;
  /** Multiplications with additions for one sample; of layers without weights they are not counted. */
  readonly multiplyAdds: (spec: Spec, input: Shape, output: Shape) => number;
  /** Shapes of the parameters, by the last part of their names: known before any is made. */
  readonly parameterShapes: (spec: Spec, input: Shape) => Readonly<Record<string, Shape>>;
  readonly create: (spec: Spec, context: LayerContext) => LayerInstance;
}

/** A whole number ≥ least. */
export function count(least: number): z.ZodType<number> {
  const error = `must be a whole number ≥ ${least}`;
  return z.int({ error }).min(least, { error });
}

/** A number for which `test` holds; `range` says so to people, for example "0 ≤ ratio < 1". */
export const numberIn = (range: string, test: (value: number) => boolean): z.ZodType<number> =>
  z.custom<number>((value) => typeof value === "number" && test(value), { error: `must be a number, ${range}` });

/** A whole number ≥ least, or two of them. */
export const pair = (least: number): z.ZodType<Pair> =>
  z.union([count(least), z.tuple([count(least), count(least)])], {
    error: `must be a whole number ≥ ${least}, or two of them`,
  });

/** How initial weights are spread. */
export const weightInit: z.ZodType<WeightInit> = z.union(
  [z.enum(["he", "relu", "xavier", "sigmoid"]), z.number().nonnegative()],
  { error: 'must be "he", "relu", "xavier", "sigmoid", or a standard deviation ≥ 0' },
);

const nameRule = "must be a name of up to 64 letters, digits, _ and -, starting with a letter";
/** The name of a layer: it becomes part of the names of parameters, which a point divides. */
export const layerName = z.string({ error: nameRule }).regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, { error: nameRule });

/** A layer without parameters. */
export function withoutParameters(forward: LayerInstance["forward"]): LayerInstance {
  return { parameters: {}, statistics: {}, forward };
}
