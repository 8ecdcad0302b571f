/** Every op in JAX gives the numbers that it gives in Adjoint. */
import { constant, noGrad, type OpDefinition, type PrimitiveName, primitives, type Variable } from "@adjoint/autograd";
import { apply } from "@adjoint/autograd/internal";
import { trace } from "@adjoint/compiler";
import { samples } from "@adjoint/gradcheck/testing";
import { isFloat, kernels, type Tensor, tensor } from "@adjoint/tensor";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { type Case, runInJax } from "../testing/jax.ts";
import { pythonPath } from "../testing/python.ts";
import { toJax } from "./to-jax.ts";

/** One op on one sample: how it runs in JAX, and what it gives here. */
interface Try extends Case {
  readonly name: string;
  readonly expected: Tensor;
}

function tryOf(name: PrimitiveName, inputs: readonly Tensor[], attributes: object): Try {
  const definition = primitives[name] as unknown as OpDefinition<object>;
  const compute = (...xs: Variable[]): Variable => apply(definition, xs, attributes);
  const named = inputs.map((x, i) => constant(x, { name: `x${i}` }));
  return {
    name,
    program: toJax(trace(compute as (...xs: readonly Variable[]) => Variable, ...named), { name }),
    inputs,
    expected: noGrad(() => compute(...named)).value,
  };
}

/** Samples in float64, as the laws have them, and in float32. */
const drawn = (Object.keys(samples) as PrimitiveName[]).flatMap((name) =>
  fc.sample(samples[name], { numRuns: 3, seed: 7 }).map(({ inputs, attributes }, i) => {
    const own = inputs.map((x) => (isFloat(x.dtype) && i === 2 ? kernels.cast(x, "float32") : x));
    return tryOf(name, own, attributes);
  }),
);

const integers = tensor(
  [
    [-7, -2, 0],
    [1, 3, 2 ** 30],
  ],
  { dtype: "int32" },
);
const others = tensor(
  [
    [2, -3, 5],
    [4, 3, 7],
  ],
  { dtype: "int32" },
);
const truths = tensor([
  [true, false, true],
  [false, true, true],
]);
const answers = tensor([
  [true, true, false],
  [false, false, true],
]);

/** What the laws do not try: whole numbers and truth values. */
const counted = [
  ...(["add", "sub", "mul", "div", "remainder", "maximum", "minimum", "eq", "ne", "lt", "le", "gt", "ge"] as const).map(
    (name) => tryOf(name, [integers, others], {}),
  ),
  ...(["add", "sub", "mul", "maximum", "minimum", "eq", "div"] as const).map((name) =>
    tryOf(name, [truths, answers], {}),
  ),
  ...(["neg", "abs", "square", "sign", "relu", "floor", "round", "tanh", "sigmoid"] as const).flatMap((name) => [
    tryOf(name, [integers], {}),
    tryOf(name, [truths], {}),
  ]),
  ...[integers, truths].flatMap((x) => [
    tryOf("sum", [x], { axes: [1], keepDims: true }),
    tryOf("cumsum", [x], { axis: 1, reverse: true }),
    tryOf("argmax", [x], { axis: 0, keepDims: false }),
    tryOf("max", [x], { axis: 1, keepDims: false }),
    tryOf("argsort", [x], { axis: 1, descending: true }),
    tryOf("cast", [x], { dtype: "float32" }),
    tryOf("matmul", [x, kernels.transpose(x, [1, 0])], {}),
    tryOf("padSlice", [x], {
      shape: [5, 4],
      slices: [
        { start: 4, step: -3, length: 2 },
        { start: 1, step: 1, length: 3 },
      ],
    }),
  ]),
  tryOf(
    "pow",
    [
      integers,
      tensor(
        [
          [2, 3, 4],
          [0, 5, 2],
        ],
        { dtype: "int32" },
      ),
    ],
    {},
  ),
  tryOf("cast", [tensor([-2.5, 0, 0.5, 7.9])], { dtype: "int32" }),
  tryOf("cast", [tensor([-2.5, 0, 0.5, 7.9])], { dtype: "bool" }),
  tryOf("argsort", [tensor([3, Number.NaN, 1, 3])], { axis: 0, descending: true }),
  tryOf("argsort", [tensor([3, Number.NaN, 1, 3])], { axis: 0, descending: false }),
  tryOf("relu", [tensor([-1, Number.NaN, 2, Number.POSITIVE_INFINITY])], {}),
  tryOf("maximum", [tensor([-1, Number.NaN, 2]), tensor([3, 1, Number.NaN])], {}),
];

const all: readonly Try[] = [...drawn, ...counted];

/**
 * How far results may be apart, in units of the last place of the largest result or of 1. XLA's elementary functions are
 * within 4 units of the exact ones and Adjoint's within 2; sums of the samples have 60 terms of size 4 at most, which are
 * added up in another order, in pairs by either: log₂ 60 units. The functions around Γ are series of ten terms, and
 * reflected ones lose a few digits.
 */
const unitsOf = (name: string): number => (name === "lgamma" || name === "polygamma" ? 256 : 16);

describe.skipIf(pythonPath === null)("ops in JAX", () => {
  let given: Awaited<ReturnType<typeof runInJax>> = [];
  beforeAll(async () => {
    given = await runInJax(all);
  });

  it.each(Object.keys(samples))("%s", (name) => {
    for (const [i, { name: own, inputs, expected, program }] of all.entries()) {
      if (own !== name) continue;
      const [y] = given[i].outputs;
      const [wanted, numbers] = [expected, y].map((x) => Array.from(kernels.copy(x).data, Number));
      expect([y.shape, y.dtype], program.source).toEqual([expected.shape, expected.dtype]);
      const unit = expected.dtype === "float64" ? 2 ** -52 : 2 ** -23;
      const scale = Math.max(1, ...wanted.filter(Number.isFinite).map(Math.abs));
      const bound = isFloat(expected.dtype) && !name.startsWith("random") ? unitsOf(name) * unit * scale : 0;
      wanted.forEach((value, k) => {
        const isNear = Object.is(value, numbers[k]) || Math.abs(value - numbers[k]) <= bound;
        if (!isNear)
          throw new Error(`${name} of ${inputs.join(", ")} is ${numbers[k]}, not ${value}\n${program.source}`);
      });
    }
  });
});
