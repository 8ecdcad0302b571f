/**
 * All ops of one number at the ends of the number line: ±∞, NaN, ±0, the largest number and the smallest, in both dtypes.
 * Values and derivatives are the limits of their formulas, where there are limits.
 */
import { tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { variable } from "../core/leaf.ts";
import type { Variable } from "../core/variable.ts";
import { grad } from "../transforms/grad.ts";
import * as ops from "./all.ts";

type Real = (x: number) => number;
const { NaN: nan } = Number;
const finite =
  (f: Real, otherwise: Real): Real =>
  (x) =>
    Number.isFinite(x) ? f(x) : otherwise(x);
const logistic: Real = (x) => 1 / (1 + Math.exp(-x));
const density: Real = (x) => logistic(x) * logistic(-x);
const bell: Real = (x) => Math.exp(-x * x);
const zero: Real = () => 0;
/** Where the derivative of x · s(x) is 0 and 1 within rounding, and between them its value at 0. */
const gated =
  (middle: number): Real =>
  (x) =>
    Math.abs(x) < 1 ? middle : x > 0 ? 1 : 0;
const cut = (low: number, high: number): Real => {
  return (x) => (Number.isNaN(x) ? x : Math.min(Math.max(x, low), high));
};

/** Beside each op its value and its derivative, written so that the limits come out. */
const table: Readonly<Record<string, readonly [op: (x: Variable) => Variable, value: Real, derivative: Real]>> = {
  relu: [ops.relu, (x) => Math.max(x, 0), (x) => (x > 0 ? 1 : 0)],
  leakyRelu: [(x) => ops.leakyRelu(x), (x) => (x > 0 ? x : 0.01 * x), (x) => (x > 0 ? 1 : 0.01)],
  sigmoid: [ops.sigmoid, logistic, density],
  tanh: [ops.tanh, Math.tanh, (x) => (Math.abs(x) > 1000 ? 0 : 1 / Math.cosh(x) ** 2)],
  // x · s(x) is −∞ · 0 at −∞, as in PyTorch and JAX.
  silu: [ops.silu, (x) => x / (1 + Math.exp(-x)), finite(gated(0.5), () => nan)],
  gelu: [(x) => ops.gelu(x), (x) => (x < -1e3 ? x * 0 : x > 1e3 ? x : x / 2), finite(gated(0.5), () => nan)],
  "gelu by tanh": [
    (x) => ops.gelu(x, { approximate: "tanh" }),
    (x) => (x < -1e3 ? x * 0 : x > 1e3 ? x : x / 2),
    finite(gated(0.5), () => nan),
  ],
  mish: [
    ops.mish,
    (x) => (x < -1e3 ? x * 0 : x > 1e3 ? x : Number.isNaN(x) ? x : 0.6 * x),
    finite(gated(0.6), () => nan),
  ],
  softsign: [ops.softsign, (x) => x / (1 + Math.abs(x)), (x) => (1 / (1 + Math.abs(x))) * (1 / (1 + Math.abs(x)))],
  elu: [(x) => ops.elu(x), (x) => (x > 0 ? x : Math.expm1(x)), (x) => (x > 0 ? 1 : Math.exp(x))],
  selu: [
    ops.selu,
    (x) => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x)),
    (x) => 1.0507009873554805 * (x > 0 ? 1 : 1.6732632423543772 * Math.exp(x)),
  ],
  softplus: [ops.softplus, (x) => (x > 1e3 ? x : Math.log1p(Math.exp(x))), logistic],
  logSigmoid: [ops.logSigmoid, (x) => (x < -1e3 ? x : -Math.log1p(Math.exp(-x))), (x) => logistic(-x)],
  clip: [(x) => ops.clip(x, { min: -1, max: 1 }), cut(-1, 1), (x) => (Math.abs(x) > 1 ? 0 : 1)],
  exp: [ops.exp, Math.exp, Math.exp],
  expm1: [ops.expm1, Math.expm1, Math.exp],
  log: [ops.log, Math.log, (x) => 1 / x],
  log1p: [ops.log1p, Math.log1p, (x) => 1 / (1 + x)],
  log2: [ops.log2, Math.log2, (x) => 1 / x / Math.LN2],
  log10: [ops.log10, Math.log10, (x) => 1 / x / Math.LN10],
  sqrt: [ops.sqrt, Math.sqrt, (x) => 0.5 / Math.sqrt(x)],
  square: [ops.square, (x) => x * x, (x) => 2 * x],
  abs: [ops.abs, Math.abs, Math.sign],
  sign: [ops.sign, Math.sign, zero],
  neg: [ops.neg, (x) => -x, () => -1],
  "1/x": [(x) => ops.div(1, x), (x) => 1 / x, (x) => -1 / x / x],
  atan: [ops.atan, Math.atan, (x) => 1 / (1 + x * x)],
  sinh: [ops.sinh, Math.sinh, Math.cosh],
  cosh: [ops.cosh, Math.cosh, Math.sinh],
  erf: [
    ops.erf,
    (x) => (Math.abs(x) > 1e3 ? Math.sign(x) : (x * 2) / Math.sqrt(Math.PI)),
    (x) => (2 / Math.sqrt(Math.PI)) * bell(x),
  ],
  erfc: [
    ops.erfc,
    (x) => (Math.abs(x) > 1e3 ? 1 - Math.sign(x) : Number.isNaN(x) ? x : 1),
    (x) => (-2 / Math.sqrt(Math.PI)) * bell(x),
  ],
  floor: [ops.floor, Math.floor, zero],
  ceil: [ops.ceil, Math.ceil, zero],
  round: [ops.round, Math.round, zero],
  // Γ(x) is 1/x near 0; the largest numbers of float64 are beyond what log Γ can be.
  lgamma: [
    ops.lgamma,
    (x) =>
      Math.abs(x) === Number.POSITIVE_INFINITY || x < -1
        ? Number.POSITIVE_INFINITY
        : x > 1
          ? x * (Math.log(x) - 1)
          : -Math.log(Math.abs(x)),
    (x) => (x < -1 ? nan : x > 1 ? Math.log(x) : -1 / x),
  ],
  digamma: [
    ops.digamma,
    (x) => (x < -1 ? nan : x > 1 ? Math.log(x) : -1 / x),
    (x) => (x === Number.NEGATIVE_INFINITY ? nan : x < -1 ? Number.POSITIVE_INFINITY : x > 1 ? 1 / x : 1 / x / x),
  ],
};

describe.each(["float32", "float64"] as const)("at the ends of %s", (dtype) => {
  const [largest, smallest] = dtype === "float32" ? [(2 - 2 ** -23) * 2 ** 127, 2 ** -149] : [Number.MAX_VALUE, 5e-324];
  const infinity = Number.POSITIVE_INFINITY;
  const points = [-infinity, -largest, -smallest, -0, 0, smallest, largest, infinity, nan];
  const rounded: Real = dtype === "float32" ? Math.fround : (x) => x;
  // 64 units in the last place: the loosest bound that a kernel states is 16.
  const epsilon = dtype === "float32" ? 2 ** -17 : 2 ** -46;
  const agrees = (given: number, right: number): boolean =>
    Object.is(given, right) ||
    given === right ||
    Math.abs(given - right) <= Math.max(epsilon * Math.abs(right), 2 * smallest);

  it.each(Object.entries(table))(
    "%s has the limits of its formula and of its derivative",
    (_name, [op, value, derivative]) => {
      const x = tensor(points, { dtype });
      const values = op(variable(x)).toArray() as number[];
      const slopes = grad((z) => ops.sum(op(z)))(variable(x)).toArray() as number[];
      const strange = points.flatMap((at, i) => {
        const rights = [rounded(value(at)), rounded(derivative(at))];
        // The derivative at NaN is anybody's.
        const bad = [!agrees(values[i], rights[0]), !Number.isNaN(at) && !agrees(slopes[i], rights[1])];
        return bad.includes(true) ? [`at ${at}: ${values[i]}, ${slopes[i]}; right: ${rights.join(", ")}`] : [];
      });
      expect(strange).toEqual([]);
    },
  );
});
