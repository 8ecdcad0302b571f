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
  kernels,
  normalAt,
  type RandomGenerator,
  type Shape,
  ShapeError,
  SpecError,
  sizeOf,
  type Tensor,
  uniformAt,
} from "@adjoint/tensor";
import { apply } from "../core/apply.ts";
import { type Draw, interpreters, type Take } from "../core/interpreters.ts";
import { lifted, loweredShape } from "../core/levels.ts";
import { defineOp, type Op } from "../core/op.ts";
import type { ValueSpec, Variable } from "../core/variable.ts";

/** Takes `count` random numbers, as the interpreters say. */
function draw(rng: RandomGenerator, count: number, level = interpreters.length - 1): Draw {
  if (level < 0) return rng.take(count);
  const { [level]: top } = interpreters;
  const below: Take = (from, n) => draw(from, n, level - 1);
  return top.draw === undefined ? below(rng, count) : top.draw(rng, count, below);
}

/** Key and counter of the first number; counted from those of the input, [key, counter] in float64, where there is one. */
interface RandomAttributes {
  readonly key: number;
  readonly counter: number;
  readonly shape: Shape;
  readonly dtype: "float32" | "float64";
}

// The shape rule of all random ops, and that they have no inputs to have gradients. With definitions of plain properties
// and calls that are marked as pure, bundlers drop these ops, the only ones without methods, where nothing draws.
const infer = (_: unknown, { shape, dtype }: RandomAttributes): ValueSpec => ({ shape, dtype });
const backward = () => null;

/** Key and counter of the first number. */
function startOf([state]: readonly Tensor[], { key, counter }: RandomAttributes): [key: number, counter: number] {
  if (state === undefined) return [key, counter];
  const [base, from] = kernels.copy(state).data;
  return [base + key, from + counter];
}

const bernoulliPrimitive: Op<RandomAttributes & { readonly p: number }> = /* @__PURE__ */ defineOp<
  RandomAttributes & { readonly p: number }
>({
  name: "randomBernoulli",
  infer,
  forward: (inputs, { p, ...at }) => bernoulliAt(...startOf(inputs, at), at.shape, p, at.dtype),
  backward,
  saves: "none",
  // y = 1 with probability p, else 0 ⇒ no inputs
  // A source: there is no input that could get a gradient.
  // → shape; source: Salmon et al. 2011
});

const uniformPrimitive: Op<RandomAttributes> = /* @__PURE__ */ defineOp<RandomAttributes>({
  name: "randomUniform",
  infer,
  forward: (inputs, at) => uniformAt(...startOf(inputs, at), at.shape, at.dtype),
  backward,
  saves: "none",
  // y ~ U[0, 1) ⇒ no inputs
  // A source: there is no input that could get a gradient.
  // → shape; source: Salmon et al. 2011
});

const normalPrimitive: Op<RandomAttributes> = /* @__PURE__ */ defineOp<RandomAttributes>({
  name: "randomNormal",
  infer,
  forward: (inputs, at) => normalAt(...startOf(inputs, at), at.shape, at.dtype),
  backward,
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

/** One draw; inside vmap one for the batches of all vmaps around, of which each example has its part. */
function drawn<More extends object>(
  primitive: Op<RandomAttributes & More>,
  rng: RandomGenerator,
  shape: Shape,
  options: RandomOptions,
  more: More,
): Variable {
  const { name: op } = primitive.definition;
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
  const { state, ...start } = draw(rng, count);
  const attributes = { ...start, ...more, shape: whole, dtype };
  return lifted(apply(primitive.definition, state === undefined ? [] : [state], attributes as never));
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
  return drawn(bernoulliPrimitive, rng, shape, options, { p });
}

/**
 * Uniform numbers in [0, 1), drawn from `rng` (which moves on).
 *
 * Inside vmap every example draws numbers of its own: example i has element i of one draw of `[batch, ...shape]`.
 *
 * @throws ShapeError for what is no shape
 */
export function randomUniform(rng: RandomGenerator, shape: Shape, options: RandomOptions = {}): Variable {
  return drawn(uniformPrimitive, rng, shape, options, {});
}

/**
 * Normal numbers of mean 0 and standard deviation 1, drawn from `rng` (which moves on).
 *
 * Inside vmap every example draws numbers of its own: example i has element i of one draw of `[batch, ...shape]`.
 *
 * @throws ShapeError for what is no shape
 */
export function randomNormal(rng: RandomGenerator, shape: Shape, options: RandomOptions = {}): Variable {
  return drawn(normalPrimitive, rng, shape, options, {});
}

export const primitives = {
  randomBernoulli: bernoulliPrimitive,
  randomUniform: uniformPrimitive,
  randomNormal: normalPrimitive,
};
