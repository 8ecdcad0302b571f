/**
 * Random tensors as ops without inputs: what they draw follows from a key and a counter in their attributes, so that
 * a replay repeats it and a compiled program can draw anew.
 */
import {
  bernoulliAt,
  checkOptions,
  checkProbability,
  checkShape,
  DTypeError,
  formatShape,
  isDType,
  isFloat,
  normalAt,
  type RandomGenerator,
  type Shape,
  ShapeError,
  SpecError,
  sizeOf,
  uniformAt,
} from "@adjoint/tensor";
import { draw, loweredShape, raised } from "../core/interpreters.ts";
import { defineOp, type Op } from "../core/op.ts";
import type { Variable } from "../core/variable.ts";

interface RandomAttributes {
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
  // y = 1 with probability p, else 0 ⇒ no inputs
  // A source: there is no input that could get a gradient.
  // → shape; source: Salmon et al. 2011
});

const uniformPrimitive: Op<RandomAttributes> = defineOp<RandomAttributes>({
  name: "randomUniform",
  infer: (_, { shape, dtype }) => ({ shape, dtype }),
  forward: (_, { key, counter, shape, dtype }) => uniformAt(key, counter, shape, dtype),
  backward: [],
  saves: "none",
  // y ~ U[0, 1) ⇒ no inputs
  // A source: there is no input that could get a gradient.
  // → shape; source: Salmon et al. 2011
});

const normalPrimitive: Op<RandomAttributes> = defineOp<RandomAttributes>({
  name: "randomNormal",
  infer: (_, { shape, dtype }) => ({ shape, dtype }),
  forward: (_, { key, counter, shape, dtype }) => normalAt(key, counter, shape, dtype),
  backward: [],
  saves: "none",
  // y ~ N(0, 1) ⇒ no inputs
  // A source: there is no input that could get a gradient.
  // → shape; source: Salmon et al. 2011
});

/** Options of the random ops. */
export interface RandomOptions {
  /** Default float32. */
  readonly dtype?: "float32" | "float64";
}

/**
 * One draw. Inside vmap it is one draw for the whole batch, the batches of all vmaps around as its first axes, and each
 * example has its part of it.
 */
function drawn(
  op: string,
  rng: RandomGenerator,
  shape: Shape,
  options: RandomOptions,
  source: (attributes: RandomAttributes) => Variable,
): Variable {
  checkOptions(op, options, ["dtype"]);
  checkShape(op, shape);
  const { dtype = "float32" } = options;
  if (!isDType(dtype) || !isFloat(dtype)) {
    throw DTypeError.of(op, "dtype", dtype, "float32 or float64", {
      hint: "Draw integers with rng.integers(low, high, shape).",
    });
  }
  if (typeof rng?.take !== "function") {
    throw SpecError.of(op, "rng", rng, "a generator of random numbers", {
      hint: `Pass one first: ${op}(rng(42), [2, 3]${op === "randomBernoulli" ? ", 0.5" : ""}).`,
    });
  }
  const whole = loweredShape(shape);
  const count = sizeOf(whole);
  if (!Number.isSafeInteger(count)) {
    throw new ShapeError({ op, problem: `there is no room for shape ${formatShape(shape)}`, argument: "shape" });
  }
  return raised(source({ ...draw(rng, count), shape: whole, dtype }));
}

/**
 * 1 with probability p, else 0: a mask, drawn from `rng` (which moves on).
 *
 * Inside vmap every example draws numbers of its own: example i has element i of one draw of `[batch, ...shape]`.
 *
 * @throws SpecError unless p is a probability; ShapeError for what is no shape
 */
export function randomBernoulli(rng: RandomGenerator, shape: Shape, p: number, options: RandomOptions = {}): Variable {
  checkProbability("randomBernoulli", "p", p);
  return drawn("randomBernoulli", rng, shape, options, (attributes) => bernoulliPrimitive({ ...attributes, p }));
}

/**
 * Uniform numbers in [0, 1), drawn from `rng` (which moves on).
 *
 * Inside vmap every example draws numbers of its own: example i has element i of one draw of `[batch, ...shape]`.
 *
 * @throws ShapeError for what is no shape
 */
export function randomUniform(rng: RandomGenerator, shape: Shape, options: RandomOptions = {}): Variable {
  return drawn("randomUniform", rng, shape, options, uniformPrimitive);
}

/**
 * Normal numbers of mean 0 and standard deviation 1, drawn from `rng` (which moves on).
 *
 * Inside vmap every example draws numbers of its own: example i has element i of one draw of `[batch, ...shape]`.
 *
 * @throws ShapeError for what is no shape
 */
export function randomNormal(rng: RandomGenerator, shape: Shape, options: RandomOptions = {}): Variable {
  return drawn("randomNormal", rng, shape, options, normalPrimitive);
}

/** What the list of ops takes from this family. */
export default {
  primitives: {
    randomBernoulli: bernoulliPrimitive,
    randomUniform: uniformPrimitive,
    randomNormal: normalPrimitive,
  },
  methods: {},
};
