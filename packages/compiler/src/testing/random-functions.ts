/**
 * Random functions with effects: what compiled programs are tried on. Data first, so that a counterexample can be read,
 * and made as often as wanted, each time with Variables and generators of its own.
 */
import * as ops from "@adjoint/autograd";
import { constant, type Variable, variable } from "@adjoint/autograd";
import { kernels, type RandomGenerator, rng, type Shape, Tensor } from "@adjoint/tensor";
import fc from "fast-check";

/** What a step may do: from two values of shape [n, m] (and what lives outside) to another one. */
const steps: Readonly<Record<string, (a: Variable, b: Variable, world: World) => Variable>> = {
  add: ops.add,
  sub: ops.sub,
  mul: ops.mul,
  div: (a, b) => ops.div(a, ops.add(ops.square(b), 1)),
  tanh: (a) => ops.tanh(a),
  exp: (a) => ops.exp(ops.tanh(a)),
  log: (a) => ops.log(ops.add(ops.square(a), 0.5)),
  relu: (a) => ops.relu(a),
  sigmoid: (a) => ops.sigmoid(a),
  erf: (a) => ops.erf(a),
  softplus: (a) => ops.softplus(a),
  elu: (a) => ops.elu(a, { alpha: 0.5 }),
  gelu: (a) => ops.gelu(a),
  softmax: (a) => (a.size === 0 ? a : ops.softmax(a, { axis: -1 })),
  maximum: (a, b) => ops.maximum(a, b),
  where: (a, b) => ops.where(ops.gt(a, b), a, b),
  clip: (a) => ops.clip(a, { min: -0.5, max: 2 }),
  detach: (a, b) => ops.mul(ops.detach(a), b),
  product: (a, b) => ops.tanh(ops.matmul(ops.matmul(a, ops.transpose(b)), a)),
  row: (a, b) => ops.add(a, ops.sum(b, { axis: 0 })),
  column: (a, b) => ops.sub(a, ops.sum(b, { axis: 1, keepDims: true })),
  norm: (a, b) => ops.div(a, ops.add(ops.norm(b, { axis: 1, keepDims: true }), 1)),
  clipped: (a, b) => ops.div(a, ops.add(ops.cast(ops.norm(ops.cast(b, "float64")), a.dtype), 1)),
  heads: (a, b) =>
    ops
      .tanh(ops.reshape(ops.matmul(ops.stack([a, b]), ops.stack([ops.transpose(b), ops.transpose(a)])), [-1]))
      .sum()
      .mul(a),
  total: (a, b) => ops.mul(a, ops.tanh(ops.sum(b))),
  largest: (a, b) => (a.size === 0 ? b : ops.mul(ops.max(a, { axis: 0, keepDims: true }), b)),
  flip: (a) => (a.size === 0 ? a : ops.flip(a, { axis: 0 })),
  halves: (a, b) =>
    ops.add(ops.slice(ops.concat([a, b], { axis: 1 }), { start: [0, 1], stop: [a.shape[0], a.shape[1] + 1] }), 0.25),
  turned: (a) => ops.reshape(ops.transpose(ops.transpose(a)), a.shape),
  integers: (a, b) => ops.add(a, ops.cast(ops.cast(ops.where(ops.lt(ops.abs(b), 9), b, 0), "int32"), a.dtype)),
  dropout: (a, _, { generator }) => ops.mul(a, ops.randomBernoulli(generator, a.shape, 0.5, { dtype: float(a) })),
  noise: (a, _, { generator }) => ops.add(a, ops.randomNormal(generator, a.shape, { dtype: float(a) })),
  parameter: (a, _, { parameters: [p] }) => ops.add(a, p),
  scaled: (a, _, { parameters }) => ops.mul(a, parameters[parameters.length - 1]),
  running: (a, b, { running }) => {
    ops.noGrad(() => running.assign(ops.add(ops.mul(running, 0.5), ops.mean(ops.add(ops.sum(a), 0)))));
    // A copy: eager rules refuse a value that is assigned to again before they read it.
    return ops.mul(b, ops.add(running, 0));
  },
  itself: (a, _, { running }) => {
    // Ops that have nothing to do give the Variable, which has another value later.
    const same = ops.cast(ops.sumTo(ops.repeat(running, []), []), running.dtype);
    ops.noGrad(() => running.assign(ops.mul(running, 0.5)));
    return ops.mul(a, ops.add(same, 0));
  },
  gradient: (a, b) => ops.grad((x) => ops.sum(ops.mul(ops.tanh(x), b)))(a),
};

function float({ dtype }: Variable): "float32" | "float64" {
  return dtype as "float32" | "float64";
}

/** What lives outside of the function. */
export interface World {
  readonly parameters: readonly Variable[];
  readonly running: Variable;
  readonly generator: RandomGenerator;
}

/** A random function, and what it is called with. */
export interface Recipe {
  readonly dtype: "float32" | "float64";
  /** The shape of its arguments, [n, m]. */
  readonly shape: Shape;
  /** The shapes of the parameters, all of which broadcast to that. */
  readonly parameters: readonly Shape[];
  readonly steps: readonly { readonly op: string; readonly a: number; readonly b: number }[];
  /** How often the function goes through its steps, and what it does at the end of each time. */
  readonly rounds: number;
  readonly forgets: boolean;
  readonly descends: boolean;
  /** Whether arguments are views of larger tensors. */
  readonly views: boolean;
  readonly seed: number;
}

/** Random functions of up to ten steps. */
export function recipes(): fc.Arbitrary<Recipe> {
  const length = fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 1, max: 9 }) }, fc.constant(1), fc.constant(0));
  return fc.tuple(length, length).chain(([n, m]) =>
    fc.record({
      dtype: fc.constantFrom("float32" as const, "float64" as const),
      shape: fc.constant([n, m]),
      parameters: fc.array(fc.constantFrom<Shape>([n, m], [m], [n, 1], [1, m], []), { minLength: 1, maxLength: 3 }),
      steps: fc.array(fc.record({ op: fc.constantFrom(...Object.keys(steps)), a: fc.nat(100), b: fc.nat(100) }), {
        minLength: 1,
        maxLength: 10,
      }),
      rounds: fc.integer({ min: 1, max: 2 }),
      forgets: fc.boolean(),
      descends: fc.boolean(),
      views: fc.boolean(),
      seed: fc.nat(1000),
    }),
  );
}

/** The Variables and the generator that a function reads and changes. */
export function worldOf({ parameters, dtype, seed }: Recipe): World {
  const numbers = rng(seed);
  return {
    parameters: parameters.map((shape, i) => variable(numbers.normal(shape, { dtype }), { name: `p${i}` })),
    running: variable(numbers.normal([], { dtype }), { name: "running", requiresGrad: false }),
    generator: rng(seed + 1),
  };
}

/** The arguments of call number `call`. */
export function argumentsOf({ shape, dtype, views, seed }: Recipe, call: number): [x: Variable, y: Variable] {
  const numbers = rng(1000 + seed + call);
  const one = (): Variable => {
    const [n, m] = shape;
    const whole = numbers.normal([m + 1, n + 2], { dtype });
    return constant(views ? new Tensor(whole.data, [n, m], [1, n + 2], 1) : numbers.normal(shape, { dtype }));
  };
  return [one(), one()];
}

/** The function: its last value, and the sum of it that it ran backward. */
export function functionOf(recipe: Recipe, world: World): (x: Variable, y: Variable) => [Variable, Variable] {
  const { parameters } = world;
  const once = (x: Variable, y: Variable): [Variable, Variable] => {
    const values = [x, y];
    for (const { op, a, b } of recipe.steps) {
      const [left, right] = [values[values.length - 1 - (a % Math.min(3, values.length))], values[b % values.length]];
      values.push(steps[op](left, right, world));
    }
    const last = values[values.length - 1];
    if (recipe.forgets) for (const p of parameters) p.zeroGrad();
    const loss = ops.sum(ops.mul(last, parameters[0]));
    loss.backward();
    if (recipe.descends) {
      for (const p of parameters) {
        const { grad } = p;
        if (grad !== null) ops.noGrad(() => p.assign(ops.sub(p, ops.mul(grad, 0.01))));
      }
    }
    return [last, loss];
  };
  return (x, y) => {
    let result = once(x, y);
    for (let round = 1; round < recipe.rounds; round++) result = once(ops.detach(result[0]), y);
    return result;
  };
}

/** The bits of a tensor, to compare. */
export function bitsOf(x: Tensor): unknown {
  const { data } = kernels.copy(x);
  return [x.dtype, x.shape, [...new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]];
}
