/**
 * Planted mistakes: for every differentiable primitive, wrong backward rules that the gradient law must catch. A law
 * that cannot fail proves nothing.
 */

import {
  abs,
  add,
  type BackwardRule,
  constant,
  cumsum,
  div,
  exp,
  flip,
  gt,
  log,
  mul,
  neg,
  type OpDefinition,
  type PrimitiveName,
  primitives,
  type RuleContext,
  repeat,
  reshape,
  sin,
  square,
  sub,
  swapAxes,
  transpose,
  type Variable,
  where,
} from "@adjoint/autograd";
import { ruleOf } from "@adjoint/autograd/internal";
import { kernels, type Shape } from "@adjoint/tensor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gradientLaw } from "../laws/gradient.ts";
import { LawError, subjectOf } from "../laws/subject.ts";
import { samples } from "../samples.ts";

/** Attributes are whatever the op has; a mutant knows them. */
// biome-ignore lint/suspicious/noExplicitAny: the table is over ops of all attributes
type Context = RuleContext<any>;

/** A wrong rule made of the right one. */
type Mutation = (right: (context: Context) => Variable, index: number) => (context: Context) => Variable;

function like(x: Variable, value: number): Variable {
  return constant(kernels.broadcastTo(constant(value, { dtype: x.dtype }).value, x.shape));
}

/** A context with another upstream gradient. */
function withGrad({ inputs, output, attributes }: Context, grad: Variable): Context {
  // Values are unpacked when they are read, so that none is read that the op does not save.
  return {
    grad,
    attributes,
    get inputs() {
      return inputs;
    },
    get output() {
      return output;
    },
  };
}

/** What goes wrong in any rule. */
const general: Readonly<Record<string, Mutation>> = {
  "its sign flipped": (right) => (context) => neg(right(context)),
  "twice too large": (right) => (context) => mul(right(context), 2),
  "no gradient at all": (right) => (context) => mul(right(context), 0),
  "the upstream gradient ignored": (right) => (context) => right(withGrad(context, like(context.grad, 1))),
};

/** A mutation that replaces the rule of one input. */
function rule(index: number, wrong: (context: Context) => Variable): Mutation {
  return (right, i) => (i === index ? wrong : right);
}

/** The elements of `grad` that lie at index 0 of the axes that were repeated: the first copy alone. */
function firstCopy(grad: Variable, shape: Shape): Variable {
  const lead = grad.ndim - shape.length;
  const value = kernels.slice(
    grad.value,
    grad.shape.map((n, i) => {
      const repeated = i < lead || (shape[i - lead] === 1 && n !== 1);
      return { start: 0, step: 1, length: repeated ? Math.min(1, n) : n };
    }),
  );
  if (value.size === 0) return like(constant(kernels.broadcastTo(constant(0, { dtype: grad.dtype }).value, shape)), 0);
  return reshape(constant(value), shape);
}

/** Writes instead of adding: of all contributions to one place the last one stays. */
function overwritten(fold: (col: Variable) => Variable, col: Variable): Variable {
  const counts = fold(like(col, 1)).value;
  const folded = fold(col).value;
  const alone = kernels.where(
    kernels.gt(counts, like(constant(counts), 1).value),
    like(constant(counts), 0).value,
    folded,
  );
  return constant(alone);
}

/** Constant between jumps: 0 times anything is the gradient. */
const isFlat: ReadonlySet<PrimitiveName> = new Set(["sign", "floor", "ceil", "round"]);

/** What is planted in a primitive beside what goes wrong in any. */
const plans: { readonly [N in PrimitiveName]?: Readonly<Record<string, Mutation>> } = {
  add: { "the second input forgotten": rule(1, ({ grad }) => mul(grad, 0)) },
  sub: { "the minus forgotten": rule(1, ({ grad }) => grad) },
  mul: { "the inputs not exchanged": rule(0, ({ grad, inputs: [a] }) => mul(grad, a)) },
  div: { "the minus forgotten": rule(1, ({ grad, inputs: [, b], output }) => mul(grad, mul(output, b))) },
  neg: {
    "the gradient passed on as it is":
      () =>
      ({ grad }) =>
        grad,
  },
  pow: { "the exponent not lowered": rule(0, ({ grad, inputs: [, b], output }) => mul(grad, mul(b, output))) },
  square: {
    "the 2 forgotten":
      () =>
      ({ grad, inputs: [x] }) =>
        mul(grad, x),
  },
  abs: {
    "the gradient passed on as it is":
      () =>
      ({ grad }) =>
        grad,
  },
  signed: { "the sign forgotten": rule(0, ({ grad }) => grad) },
  direction: {
    "x not divided": rule(0, ({ grad, inputs: [, x] }) => mul(grad, x)),
    "the minus forgotten": rule(2, ({ grad, inputs: [g, x, y] }) => div(mul(grad, mul(g, x)), square(y))),
  },
  norm: { "not divided by y": () => unscaled },
  sign: {
    "the gradient passed on as it is":
      () =>
      ({ grad }) =>
        grad,
  },
  sqrt: {
    "multiplied instead of divided":
      () =>
      ({ grad, output }) =>
        mul(grad, mul(output, 2)),
  },
  exp: {
    "the gradient passed on as it is":
      () =>
      ({ grad }) =>
        grad,
  },
  expm1: { "y instead of eˣ": (right) => (context) => sub(right(context), context.grad) },
  log: {
    "multiplied instead of divided":
      () =>
      ({ grad, inputs: [x] }) =>
        mul(grad, x),
  },
  log2: { "the base forgotten": (right) => (context) => mul(right(context), Math.LN2) },
  log10: { "the base forgotten": (right) => (context) => mul(right(context), Math.LN10) },
  remainder: { "the divisor left out": rule(1, ({ grad }) => mul(grad, 0)) },
  log1p: { "the 1 forgotten": (right) => (context) => add(right(context), context.grad) },
  sin: {
    "sin instead of cos":
      () =>
      ({ grad, inputs: [x] }) =>
        mul(grad, sin(x)),
  },
  cos: { "the minus forgotten": (right) => (context) => neg(right(context)) },
  tan: { "the 1 forgotten": (right) => (context) => sub(right(context), context.grad) },
  asin: { "the root forgotten": (right) => (context) => mul(right(context), right(context)) },
  acos: { "the minus forgotten": (right) => (context) => neg(right(context)) },
  atan: {
    "1 − x²":
      () =>
      ({ grad, inputs: [x] }) =>
        mul(grad, sub(1, square(x))),
  },
  sinh: {
    "y instead of cosh x":
      () =>
      ({ grad, output }) =>
        mul(grad, output),
  },
  cosh: { "a minus as in cos": (right) => (context) => neg(right(context)) },
  atan2: { "the operands exchanged": rule(0, ({ grad, inputs: [a, b] }) => mul(grad, mul(a, b))) },
  floor: {
    "the gradient passed on as it is":
      () =>
      ({ grad }) =>
        grad,
  },
  ceil: {
    "the gradient passed on as it is":
      () =>
      ({ grad }) =>
        grad,
  },
  round: {
    "the gradient passed on as it is":
      () =>
      ({ grad }) =>
        grad,
  },
  tanh: {
    "1 + y²":
      () =>
      ({ grad, output }) =>
        mul(grad, add(1, square(output))),
  },
  erf: {
    "2/√π forgotten":
      () =>
      ({ grad, inputs: [x] }) =>
        mul(grad, exp(neg(square(x)))),
  },
  erfc: { "the minus forgotten": (right) => (context) => neg(right(context)) },
  normalCdf: { "the density of erf": (right) => (context) => mul(right(context), right(context)) },
  gaussian: {
    "c forgotten":
      () =>
      ({ grad, inputs: [x], output }) =>
        mul(grad, mul(mul(x, output), -1)),
  },
  lgamma: {
    "the logarithm of x":
      () =>
      ({ grad, inputs: [x] }) =>
        mul(grad, log(x)),
  },
  polygamma: { "the sign of the next": (right) => (context) => mul(right(context), context.attributes.n + 2) },
  logisticDensity: { "the half forgotten": (right) => (context) => mul(right(context), 0.5) },
  sech2: { "the 2 forgotten": (right) => (context) => mul(right(context), 0.5) },
  softsign: {
    "not squared":
      () =>
      ({ grad, inputs: [x] }) =>
        div(grad, add(abs(x), 1)),
  },
  geluGate: {
    "the slope forgotten":
      () =>
      ({ grad, output }) =>
        mul(grad, mul(output, sub(1, output))),
  },
  softmax: {
    "each for itself":
      () =>
      ({ grad, output }) =>
        mul(grad, mul(output, sub(1, output))),
  },
  logSoftmax: {
    "the sum forgotten":
      () =>
      ({ grad, output }) =>
        mul(grad, sub(1, exp(output))),
  },
  logsumexp: { "shared alike": () => alike },
  sigmoid: {
    "y instead of y (1 − y)":
      () =>
      ({ grad, output }) =>
        mul(grad, output),
  },
  relu: {
    "the mask forgotten":
      () =>
      ({ grad }) =>
        grad,
  },
  leakyRelu: {
    "the slope forgotten":
      () =>
      ({ grad, inputs: [x] }) =>
        where(gt(x, 0), grad, 0),
    "the slope on the wrong side":
      () =>
      ({ grad, inputs: [x], attributes: { slope } }) =>
        where(gt(x, 0), mul(grad, slope), grad),
  },
  elu: {
    "α forgotten":
      () =>
      ({ grad, inputs: [x], output }) =>
        where(gt(x, 0), grad, mul(grad, add(output, 1))),
  },
  softplus: {
    "y instead of its derivative":
      () =>
      ({ grad, output }) =>
        mul(grad, output),
  },
  where: {
    "the branches exchanged": rule(1, ({ grad, inputs: [condition] }) => where(condition, 0, grad)),
    "the mask forgotten": rule(2, ({ grad }) => grad),
  },
  maximum: { "to the smaller": rule(0, ({ grad, inputs: [a, b] }) => where(gt(b, a), grad, 0)) },
  minimum: { "to the larger": rule(0, ({ grad, inputs: [a, b] }) => where(gt(a, b), grad, 0)) },
  max: { "to every element": () => spread },
  min: { "to every element": () => spread },
  repeat: {
    "the first copy only":
      () =>
      ({ grad, inputs: [x] }) =>
        firstCopy(grad, x.shape),
  },
  sum: { "to the first element only": () => toFirst },
  reshape: {
    "the elements in reverse": (right) => (context) => right(withGrad(context, flip(context.grad))),
  },
  transpose: {
    "the same permutation instead of the inverse": (right) => (context) => {
      const again = transpose(context.grad, context.attributes.axes);
      return again.shape.every((n, i) => n === context.inputs[0].shape[i]) ? again : right(context);
    },
    "reshaped instead of transposed":
      () =>
      ({ grad, inputs: [x] }) =>
        reshape(grad, x.shape),
  },
  flip: {
    "not flipped":
      () =>
      ({ grad }) =>
        grad,
  },
  slice: { "one element too far": (right) => (context) => shifted(right(context)) },
  padSlice: { "the elements in reverse": (right) => (context) => flip(right(context)) },
  concat: {
    "always the first part": (right, index) => (context) =>
      index > 0 && context.inputs[0].shape.join() === context.inputs[index].shape.join()
        ? (ruleOf(primitives.concat, 0) as unknown as BackwardRule<object>)(context)
        : right(context),
  },
  gather: { "repeated indices overwrite": (right, i) => (context) => withoutRepeats(right, context, i) },
  scatterAdd: { "the updates get everything": rule(2, ({ grad, inputs: [, , updates] }) => like(updates, grad.size)) },
  indexSelect: { "repeated indices overwrite": (right, i) => (context) => withoutRepeats(right, context, i) },
  indexAdd: { "the updates get nothing": rule(2, ({ inputs: [, , updates] }) => like(updates, 0)) },
  im2col: {
    "overlaps not added up": (right) => (context) => overwritten((col) => right(withGrad(context, col)), context.grad),
  },
  col2im: { "the columns in reverse": (right) => (context) => flip(right(context)) },
  matmul: {
    "b not transposed": rule(0, ({ grad, inputs: [a, b] }) => {
      const [k, n] = b.shape.slice(-2);
      return k === n ? matmulRule(0, grad, [a, swapAxes(b, -1, -2)]) : matmulRule(0, grad, [a, b]);
    }),
    "the other order": rule(1, ({ grad, inputs: [a, b] }) => {
      const right = matmulRule(1, grad, [a, b]);
      return right.shape.at(-1) === right.shape.at(-2) ? swapAxes(right, -1, -2) : right;
    }),
  },
  cumsum: {
    "not reversed":
      () =>
      ({ grad, attributes: { axis, reverse } }) =>
        cumsum(grad, { axis, reverse }),
  },
  tril: {
    "the triangle forgotten":
      () =>
      ({ grad }) =>
        grad,
  },
  triu: {
    "the triangle forgotten":
      () =>
      ({ grad }) =>
        grad,
  },
  identity: {
    "negative gradients cut":
      () =>
      ({ grad }) =>
        where(gt(grad, 0), grad, 0),
  },
  cast: { "negative gradients cut": (right) => (context) => where(gt(right(context), 0), right(context), 0) },
};

/** ȳ to every element along the axis, not to the one that was chosen. */
function spread({ grad, inputs: [x], attributes: { axis, keepDims } }: Context): Variable {
  const kept = keepDims ? grad.value : kernels.unsqueeze(grad.value, axis);
  return constant(kernels.broadcastTo(kept, x.shape));
}

/** ȳ · x, as for the sum of squares. */
function unscaled({ grad, inputs: [x], attributes: { axes } }: Context): Variable {
  const kept = x.shape.map((n, i) => (axes.includes(i) ? 1 : n));
  return mul(repeat(reshape(grad, kept), x.shape), mul(x, 2));
}

/** ȳ to all elements along the axis, whatever they are. */
function alike({ grad, inputs: [x], attributes: { axis } }: Context): Variable {
  return mul(repeat(grad, x.shape), 1 / Math.max(1, x.shape[axis]));
}

/** ȳ to the first element along the axes, not repeated along them. */
function toFirst({ grad, inputs: [x], attributes: { axes, keepDims } }: Context): Variable {
  const one = x.shape.map((n, i) => (axes.includes(i) ? Math.min(1, n) : n));
  if (x.size === 0) return like(x, 0);
  const part = reshape(keepDims ? grad : reshape(grad, one), one);
  return constant(
    kernels.padSlice(
      part.value,
      x.shape,
      one.map((length) => ({ start: 0, step: 1, length })),
    ),
  );
}

/** The elements in reverse unless that changes nothing. */
function shifted(x: Variable): Variable {
  return x.ndim === 0 ? mul(x, 2) : flip(x);
}

/** Zero where an index occurs twice: the second write does not add. */
function withoutRepeats(right: (context: Context) => Variable, context: Context, index: number): Variable {
  return index === 0 ? overwritten((grad) => right(withGrad(context, grad)), context.grad) : right(context);
}

function matmulRule(index: number, grad: Variable, inputs: readonly Variable[]): Variable {
  const right = ruleOf(primitives.matmul, index) as unknown as (context: Context) => Variable;
  return right({ grad, inputs, output: grad, attributes: {} });
}

function mutant(name: PrimitiveName, mutation: Mutation): OpDefinition<never> {
  const original = primitives[name];
  const backward = (index: number): BackwardRule<never> | null => {
    const right = ruleOf(original, index) as ((context: Context) => Variable) | null;
    return right === null ? null : (mutation(right, index) as unknown as BackwardRule<never>);
  };
  // A rule may look at more than the right one does.
  return { ...original, backward, saves: "both" };
}

/** Whether the gradient law catches the mutant: it must be the law that objects, not a crash. */
function isCaught(name: PrimitiveName, mutation: Mutation, numRuns = 200): boolean {
  const wrong = mutant(name, mutation);
  const result = fc.check(
    fc.property(samples[name], (sample) => {
      gradientLaw(subjectOf(wrong, sample));
    }),
    { numRuns, seed: 1, endOnFailure: true },
  );
  if (result.failed && !(result.errorInstance instanceof LawError)) throw result.errorInstance;
  return result.failed;
}

/** The primitives that a gradient flows through. */
const differentiable = (Object.keys(primitives) as PrimitiveName[]).filter((name) => {
  const { backward } = primitives[name];
  return typeof backward === "function" ? backward(0) !== null : backward.some((one) => one !== null);
});

describe("the gradient law catches every planted mistake", () => {
  it.each(differentiable)("%s", (name) => {
    // The derivative of sign is 0: so is −1 times it, 2 times it, and its product with any upstream gradient.
    const mutations = { ...(isFlat.has(name) ? {} : general), ...plans[name] };
    const missed = Object.keys(mutations).filter((what) => !isCaught(name, mutations[what]));
    expect(missed).toEqual([]);
  });
});

it("does not object to the right rules", () => {
  const identical: Mutation = (right) => right;
  expect(differentiable.filter((name) => isCaught(name, identical, 10))).toEqual([]);
});
