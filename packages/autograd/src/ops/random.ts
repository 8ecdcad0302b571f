/**
 * Random tensors as ops without inputs: what they draw follows from a key and a counter in their attributes, so that
 * a replay repeats it and a compiled program can draw anew.
 */
import { bernoulliAt, type Generator, normalAt, type Shape, sizeOf, uniformAt } from "@adjoint/tensor";
import { ambient } from "../modes.ts";
import { defineOp, type Op } from "../op.ts";
import type { Variable } from "../variable.ts";

/** @internal */
export interface RandomAttributes {
  readonly key: number;
  readonly counter: number;
  readonly shape: Shape;
  readonly dtype: "float32" | "float64";
}

const bernoulliPrimitive: Op<RandomAttributes & { readonly p: number }> = defineOp<
  RandomAttributes & { readonly p: number }
>({
  name: "randomBernoulli",
  infer: (_, { shape, dtype }) => ({ shape, dtype }),
  forward: (_, { key, counter, shape, p, dtype }) => bernoulliAt(key, counter, shape, p, dtype),
  backward: [],
  saves: "none",
  math: { forward: "y = 1 with probability p, else 0", backward: "no inputs" },
  words: "A source: there is no input that could get a gradient.",
  reference: { shapes: "→ shape", source: "Salmon et al. 2011" },
});

const uniformPrimitive: Op<RandomAttributes> = defineOp<RandomAttributes>({
  name: "randomUniform",
  infer: (_, { shape, dtype }) => ({ shape, dtype }),
  forward: (_, { key, counter, shape, dtype }) => uniformAt(key, counter, shape, dtype),
  backward: [],
  saves: "none",
  math: { forward: "y ~ U[0, 1)", backward: "no inputs" },
  words: "A source: there is no input that could get a gradient.",
  reference: { shapes: "→ shape", source: "Salmon et al. 2011" },
});

const normalPrimitive: Op<RandomAttributes> = defineOp<RandomAttributes>({
  name: "randomNormal",
  infer: (_, { shape, dtype }) => ({ shape, dtype }),
  forward: (_, { key, counter, shape, dtype }) => normalAt(key, counter, shape, dtype),
  backward: [],
  saves: "none",
  math: { forward: "y ~ N(0, 1)", backward: "no inputs" },
  words: "A source: there is no input that could get a gradient.",
  reference: { shapes: "→ shape", source: "Salmon et al. 2011" },
});

/** Options of the random ops. */
export interface RandomOptions {
  /** Default float32. */
  readonly dtype?: "float32" | "float64";
}

function drawn(rng: Generator, shape: Shape, options: RandomOptions): RandomAttributes {
  const count = sizeOf(shape);
  const draw = ambient.take === null ? rng.take(count) : ambient.take(rng, count);
  return { ...draw, shape, dtype: options.dtype ?? "float32" };
}

/** 1 with probability p, else 0: a mask, drawn from `rng` (which moves on). */
export function randomBernoulli(rng: Generator, shape: Shape, p: number, options: RandomOptions = {}): Variable {
  return bernoulliPrimitive({ ...drawn(rng, shape, options), p });
}

/** Uniform numbers in [0, 1), drawn from `rng` (which moves on). */
export function randomUniform(rng: Generator, shape: Shape, options: RandomOptions = {}): Variable {
  return uniformPrimitive(drawn(rng, shape, options));
}

/** Normal numbers of mean 0 and standard deviation 1, drawn from `rng` (which moves on). */
export function randomNormal(rng: Generator, shape: Shape, options: RandomOptions = {}): Variable {
  return normalPrimitive(drawn(rng, shape, options));
}

/** The primitives of this file. */
export const randomPrimitives = {
  randomBernoulli: bernoulliPrimitive,
  randomUniform: uniformPrimitive,
  randomNormal: normalPrimitive,
};
