/** Every primitive in ONNX Runtime, by its row or its composition, against the library's own kernels, on the samples of the laws. */
import { constant, type PrimitiveName, primitives, type Variable } from "@adjoint/autograd";
import { apply } from "@adjoint/autograd/internal";
import { type Program, trace } from "@adjoint/compiler";
import { composed } from "@adjoint/compiler/internal";
import { AdjointError, type DType, isFloat, kernels, rng, type Tensor } from "@adjoint/tensor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { roundingOf } from "../../../../../compiler/src/testing/rounding.ts";
import { samples } from "../../../../../gradcheck/src/testing/samples.ts";
import { runOnnx } from "../../../testing/onnx.ts";
import { encodeFile } from "../file.ts";
import { writeGraph } from "../write-graph.ts";
import { hasRow, lowerings } from "./all.ts";
import { functions } from "./functions.ts";

/** How far the two results may be apart, from the result, the largest input, and how many numbers are added up at most. */
type Bound = (y: number, largest: number, terms: number, eps: number) => number;

/** Elements that are moved, compared or chosen; +, −, ·, / and √, which IEEE 754 rounds correctly, also by way of float64. */
const exact: Bound = () => 0;

/**
 * Functions of mathematical libraries are off by up to 4 units in the last place where they are made of polynomials (Eigen,
 * MLAS), ours by one, and the lowerings multiply up to three of them: 8 units.
 */
const relative: Bound = (y, _, __, eps) => 8 * eps * Math.abs(y);

/**
 * What is computed beside numbers as large as 1 or an input, and cancels: a few units of those. Sines are reduced by
 * multiples of π, densities are 1 − y², logarithms of softmax x − max x.
 */
const absolute: Bound = (y, largest, _, eps) => 4 * eps * Math.max(1, largest, Math.abs(y));

/** What functions may be off by, unless they say otherwise. */
const either: Bound = (...args) => Math.max(relative(...args), absolute(...args));

/** The slope of the tangent is 1 + y². */
const tangent: Bound = (y, _, __, eps) => 4 * eps * (1 + y * y);

/** Sums of n products are off by n units of the sum of the sizes of their terms: Higham (2002), 3.1. */
const sums: Bound = (_, largest, terms, eps) => terms * eps * terms * Math.max(1, largest) ** 2;

/** Powers: x² is rounded before e^(−x²). */
const power: Bound = (y, largest, _, eps) => (8 + largest ** 2) * eps * Math.abs(y);

const everyOf = <Name extends string>(ops: Readonly<Record<Name, unknown>>, bound: Bound) =>
  Object.fromEntries(Object.keys(ops).map((name) => [name, bound])) as Record<Name, Bound>;

const bounds: { readonly [Name in PrimitiveName]: Bound } = {
  ...everyOf(primitives, exact),
  ...everyOf(functions, either),
  sqrt: exact,
  relu: exact,
  pow: relative,
  exp: relative,
  expm1: relative,
  log: relative,
  log2: relative,
  log10: relative,
  log1p: relative,
  sin: absolute,
  cos: absolute,
  tan: tangent,
  asin: relative,
  acos: relative,
  atan: relative,
  sinh: relative,
  cosh: relative,
  tanh: relative,
  sech2: absolute,
  atan2: relative,
  erf: relative,
  erfc: relative,
  normalCdf: absolute,
  gaussian: power,
  sigmoid: absolute,
  logisticDensity: absolute,
  leakyRelu: relative,
  elu: absolute,
  softplus: absolute,
  softsign: relative,
  geluGate: absolute,
  softmax: absolute,
  logSoftmax: absolute,
  logsumexp: absolute,
  sum: sums,
  norm: sums,
  cumsum: sums,
  matmul: sums,
  col2im: sums,
  scatterAdd: sums,
  indexAdd: sums,
  randomNormal: absolute,
};

/** One op, applied to inputs of these shapes. */
function programOf(name: PrimitiveName, inputs: readonly Tensor[], attributes: object): Program {
  const one = (...xs: Variable[]): Variable => apply(primitives[name] as never, xs, attributes as never);
  return trace(one, ...inputs.map((x) => constant(x)));
}

/** The bytes of one op, applied to inputs of these shapes; null where the op does not take them. */
function fileOf(name: PrimitiveName, inputs: readonly Tensor[], attributes: object): Uint8Array | null {
  let program: Program;
  try {
    program = programOf(name, inputs, attributes);
  } catch (error) {
    if (error instanceof AdjointError) return null;
    throw error;
  }
  const graph = writeGraph(program.graph, {
    op: "toOnnx",
    opset: 18,
    batch: null,
    inputs: program.inputs.map((node, i) => ({ node, name: `x${i}` })),
    outputs: [{ node: program.outputs[0], name: "y" }],
  });
  return encodeFile(graph, 18);
}

const largestOf = (tensors: readonly Tensor[]): number =>
  Math.max(0, ...tensors.flatMap((x) => Array.from(kernels.copy(x).data, (v) => Math.abs(Number(v)))));

/** How far rounding may take the composition of an op without a row; null for one that has a row. */
function composedBound(name: PrimitiveName, inputs: readonly Tensor[], attributes: object): number | null {
  if (lowerings[name] !== undefined) return null;
  const program = composed(programOf(name, inputs, attributes), hasRow);
  return roundingOf(program, inputs, [], rng(1))[0];
}

function expectNear(
  name: PrimitiveName,
  found: Tensor,
  expected: Tensor,
  inputs: readonly Tensor[],
  composition: number | null,
): void {
  expect([found.dtype, found.shape]).toEqual([expected.dtype, expected.shape]);
  const eps = expected.dtype === "float32" ? 2 ** -23 : 2 ** -52;
  const [largest, terms] = [largestOf(inputs), Math.max(0, ...inputs.map(({ size }) => size))];
  const [a, b] = [kernels.copy(found).data, kernels.copy(expected).data];
  for (let i = 0; i < a.length; i++) {
    // Sums of truth values are true where any is, however our kernels count.
    if (Object.is(a[i], b[i]) || (expected.dtype === "bool" && Boolean(a[i]) === Boolean(b[i]))) continue;
    const bound = composition ?? bounds[name](Number(b[i]), largest, terms, eps);
    expect(Math.abs(Number(a[i]) - Number(b[i]))).toBeLessThanOrEqual(bound);
  }
}

/** Ops that ONNX Runtime has of float32 only, or not at all. */
const refused: Readonly<Record<string, readonly DType[]>> = {
  ...Object.fromEntries(
    ["asin", "acos", "atan", "sinh", "atan2", "erf", "erfc", "normalCdf"].map((name) => [
      name,
      // Integers become float64.
      ["float64", "int32", "bool"],
    ]),
  ),
  ...Object.fromEntries(["lgamma", "polygamma"].map((name) => [name, ["float32", "float64", "int32", "bool"]])),
};

describe.each(Object.keys(primitives) as PrimitiveName[])("%s", (name) => {
  it.each(["float32", "float64", "int32", "bool"] as const)("is the same in ONNX Runtime for %s", (dtype) => {
    fc.assert(
      fc.property(samples[name] as fc.Arbitrary<{ inputs: Tensor[]; attributes: object }>, ({ inputs, attributes }) => {
        const own = inputs.map((x) => (isFloat(x.dtype) ? kernels.cast(x, dtype) : x));
        if (refused[name]?.includes(dtype) && own[0].size > 0) {
          expect(() => fileOf(name, own, attributes)).toThrow(`toOnnx: one op has no form in ONNX: ${name}: `);
          return;
        }
        const bytes = fileOf(name, own, attributes);
        if (bytes === null) return;
        let expected: Tensor;
        try {
          expected = apply(
            primitives[name] as never,
            own.map((x) => constant(x)),
            attributes as never,
          ).value;
        } catch (error) {
          // What the kernel refuses for its values: integers divided by 0.
          if (error instanceof AdjointError) return;
          throw error;
        }
        const [y] = runOnnx(bytes, Object.fromEntries(own.map((x, i) => [`x${i}`, x])), ["y"]);
        expectNear(name, y, expected, own, composedBound(name, own, attributes));
      }),
      { numRuns: 12 },
    );
  });
});
