/**
 * Random programs: what graphs are tried on. Data first, so that a counterexample can be read, and run as often as wanted.
 */
import { type DType, rng, type Shape, sizeOf, tensor } from "@adjoint/tensor";
import fc from "fast-check";
import { variable } from "../../core/leaf.ts";
import type { Variable } from "../../core/variable.ts";
import { relu, sigmoid } from "../../ops/activation.ts";
import { add, div, mul, neg, sub } from "../../ops/arithmetic.ts";
import { detach } from "../../ops/cast-detach.ts";
import { clip, gt, where } from "../../ops/comparison.ts";
import { variance } from "../../ops/composite/statistics.ts";
import { concat } from "../../ops/concat-split.ts";
import { exp, square } from "../../ops/elementary.ts";
import { matmul } from "../../ops/matmul.ts";
import { max } from "../../ops/max.ts";
import { randomBernoulli, randomNormal } from "../../ops/random.ts";
import { sum } from "../../ops/repeat-sum.ts";
import { transpose } from "../../ops/reshape-transpose.ts";
import { softmax } from "../../ops/softmax.ts";
import { sin, tanh } from "../../ops/trigonometric.ts";
import { recordAll, scope } from "../../transforms/record.ts";

/** A random program: its leaves, and steps that each take two of what there is by then. */
export interface Program {
  readonly dtype: DType & ("float32" | "float64");
  readonly leaves: readonly { readonly name: string | undefined; readonly shape: Shape; readonly needsGrad: boolean }[];
  readonly steps: readonly {
    readonly op: keyof typeof steps;
    readonly a: number;
    readonly b: number;
    readonly scope: string | undefined;
    readonly name: string | undefined;
  }[];
  readonly seed: number;
}

const full: Shape = [2, 3];

/** Each step gives [2, 3] of two of that shape or one that repeats to it. */
const steps = {
  add,
  sub,
  mul,
  div: (a: Variable, b: Variable) => div(a, add(square(b), 1)),
  neg: (a: Variable) => neg(a),
  sin: (a: Variable) => sin(a),
  tanh: (a: Variable) => tanh(a),
  exp: (a: Variable) => exp(tanh(a)),
  relu: (a: Variable) => relu(a),
  sigmoid: (a: Variable) => sigmoid(a),
  softmax: (a: Variable) => softmax(tanh(a), { axis: -1 }),
  normalize: (a: Variable) => div(sub(a, sum(a)), add(variance(a), 1)),
  max: (a: Variable, b: Variable) => mul(max(a, { axis: 0, keepDims: true }), b),
  where: (a: Variable, b: Variable) => where(gt(a, b), a, b),
  clip: (a: Variable) => clip(a, { min: -0.5 }),
  detach: (a: Variable, b: Variable) => mul(detach(a), b),
  twice: (a: Variable) => mul(a, a),
  product: (a: Variable, b: Variable) => matmul(tanh(matmul(a, transpose(b))), b),
  concat: (a: Variable, b: Variable) => sum(concat([a, b], { axis: 0 }), { axis: 0, keepDims: true }),
  dropout: (a: Variable, _: Variable, seed: number) =>
    mul(a, randomBernoulli(rng(seed), full, 0.5, { dtype: a.dtype as "float32" })),
  noise: (a: Variable, _: Variable, seed: number) =>
    add(a, randomNormal(rng(seed), full, { dtype: a.dtype as "float32" })),
};

/** Names as people and files may have them. */
const names = fc.option(
  fc.oneof(fc.constantFrom("x", "W1", 'say "hi"', "a & b", "<b>", "`c`"), fc.string({ unit: "binary" })),
  { nil: undefined },
);

/** Programs of up to a dozen steps. */
export function programs(): fc.Arbitrary<Program> {
  return fc.record({
    dtype: fc.constantFrom("float32", "float64"),
    leaves: fc
      .array(
        fc.record({ name: names, shape: fc.constantFrom<Shape>(full, [3], [2, 1], []), needsGrad: fc.boolean() }),
        { minLength: 1, maxLength: 4 },
      )
      .map(([first, ...others]) => [{ ...first, shape: full, needsGrad: true }, ...others]),
    steps: fc.array(
      fc.record({
        op: fc.constantFrom(...(Object.keys(steps) as (keyof typeof steps)[])),
        a: fc.nat(1000),
        b: fc.nat(1000),
        scope: fc.option(fc.constantFrom("conv1", "a/b", "head & tail"), { nil: undefined }),
        name: names,
      }),
      { minLength: 1, maxLength: 12 },
    ),
    seed: fc.nat(1000),
  });
}

/** The leaves of a program with values that follow from a seed. */
export function leavesOf({ leaves, dtype }: Program, seed: number): Variable[] {
  const numbers = rng(seed);
  return leaves.map(({ name, shape, needsGrad }) => {
    const values = Array.from({ length: sizeOf(shape) }, () => Number(numbers.normal([]).item()));
    return variable(tensor(values, { shape, dtype }), {
      requiresGrad: needsGrad,
      ...(name === undefined ? {} : { name }),
    });
  });
}

/** Runs a program with everything recorded; the result is a single number. */
export function runProgram({ steps: list, seed }: Program, leaves: readonly Variable[]): Variable {
  return recordAll(() => {
    const values = leaves.map((leaf, i) => (i === 0 ? leaf : add(leaf, mul(leaves[0], 0))));
    for (const [i, step] of list.entries()) {
      const [a, b] = [
        values[values.length - 1 - (step.a % Math.min(3, values.length))],
        values[step.b % values.length],
      ];
      const compute = (): Variable => steps[step.op](a, b, seed + i);
      const y = step.scope === undefined ? compute() : scope(step.scope, compute);
      const whole = y.shape.length === 2 && y.shape[0] === 2 ? y : add(y, mul(leaves[0], 0));
      if (step.name !== undefined) whole.name = step.name;
      values.push(whole);
    }
    return sum(add(values[values.length - 1], values[0]));
  });
}
