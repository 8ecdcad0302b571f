/** Averages and their like: mean, var, std and prod, composed of other ops, and norm. */
import { checkNumber, checkOptions, formatShape, kernels, reducedShape, ShapeError } from "@adjoint/tensor";
import { asVariable } from "../../core/leaf.ts";
import { defineOp, type Op } from "../../core/op.ts";
import type { Variable, VariableLike } from "../../core/variable.ts";
import { add, div, mul, neg, sub } from "../arithmetic.ts";
import {
  averageDType,
  batchAlongAxes,
  countAlong,
  type ReduceOptions,
  reduceAxes,
  type SumAttributes,
} from "../axes.ts";
import { realSpec, sameSpec } from "../broadcast.ts";
import { cast, detach } from "../cast-detach.ts";
import { eq, ne, where } from "../comparison.ts";
import { concat } from "../concat-split.ts";
import { abs, pow, sign, square } from "../elementary.ts";
import { isfinite, logicalAnd } from "../logic.ts";
import { max } from "../max.ts";
import { repeat, sum } from "../repeat-sum.ts";
import { reshape } from "../reshape-transpose.ts";
import { joinAxes, narrow } from "../views.ts";

/**
 * y = Σ x / n over `axis` (all when not given).
 * @throws ShapeError when there is nothing to average
 */
export function mean(x: VariableLike, options: ReduceOptions = {}): Variable {
  const input = asVariable("mean", x);
  const { axes, keepDims } = reduceAxes("mean", input, options);
  const count = countAlong(input, axes);
  if (count === 0) throw nothing("mean", input, 1);
  return div(sum(cast(input, averageDType(input)), { axis: axes, keepDims }), count);
}

function nothing(op: string, x: Variable, least: number): ShapeError {
  return ShapeError.of(op, "axis", x, `at least ${least}`, {
    problem: `x of shape ${formatShape(x.shape)} has too few elements along the axes`,
    hint: "Reduce other axes.",
  });
}

/** Options of {@link variance} and {@link std}. */
export interface VarianceOptions extends ReduceOptions {
  /** What is subtracted from n in the denominator: 1 (default) estimates without bias, 0 is the book's and NumPy's. */
  readonly correction?: number;
}

/**
 * The variance Σ (x − mean x)² / (n − correction) over `axis` (all when not given); `correction` is 1 by default, as
 * in PyTorch, and 0 in NumPy. Its other name is `var`.
 * @throws ShapeError when n ≤ correction
 */
export function variance(x: VariableLike, options: VarianceOptions = {}): Variable {
  const { centered, axes, keepDims, degrees } = deviations("var", x, options);
  return div(sum(square(centered), { axis: axes, keepDims }), degrees);
}

/** x − mean x, and the denominator of the variance. */
function deviations(op: string, x: VariableLike, options: VarianceOptions) {
  checkOptions(op, options, ["axis", "keepDims", "correction"]);
  const { correction = 1, ...reduce } = options;
  const input = asVariable(op, x);
  const { axes, keepDims } = reduceAxes(op, input, reduce);
  const count = countAlong(input, axes);
  if (!(count > correction)) throw nothing(op, input, correction + 1);
  const centered = sub(input, mean(input, { axis: axes, keepDims: true }));
  return { centered, axes, keepDims, degrees: count - correction };
}

/**
 * The standard deviation: the root of {@link variance}. Where the variance is 0 it has a kink, as |x| has: the gradient
 * there is 0, the second derivative NaN, also that of std²: write variance then.
 */
export function std(x: VariableLike, options: VarianceOptions = {}): Variable {
  const { centered, axes, keepDims, degrees } = deviations("std", x, options);
  return div(normPrimitive(centered, { axes, keepDims }), Math.sqrt(degrees));
}

/** A root, with gradient 0 where it is 0. */
function rootOf(total: Variable, root: (x: Variable) => Variable): Variable {
  const zero = eq(total, 0);
  return where(zero, 0, root(where(zero, 1, total)));
}

/**
 * The product over `axis` (all when not given), by halves, so that its derivative is exact where elements are 0.
 * An empty product is 1; bool gives int32, as in {@link sum}.
 */
export function prod(x: VariableLike, options: ReduceOptions = {}): Variable {
  const given = asVariable("prod", x);
  const input = cast(given, given.dtype === "bool" ? "int32" : given.dtype);
  const { axes, keepDims } = reduceAxes("prod", input, options);
  let left = joinAxes(input, axes);
  const axis = left.ndim - 1;
  if (left.shape[axis] === 0) left = add(sum(left, { axis, keepDims: true }), 1);
  while (left.shape[axis] > 1) {
    const length = left.shape[axis];
    const half = length >> 1;
    const halved = mul(narrow(left, axis, 0, half), narrow(left, axis, half, half));
    left = length % 2 === 0 ? halved : concat([halved, narrow(left, axis, length - 1, 1)], { axis });
  }
  return reshape(left, reducedShape(input.shape, axes, keepDims));
}

/** Options of {@link norm}. */
export interface NormOptions extends ReduceOptions {
  /** 1, 2 (default), any p > 0, or Infinity. */
  readonly p?: number;
}

/**
 * The p-norm (Σ |x|^p)^(1/p) of the elements along `axis` (all when not given). Where all of them are 0 it has a kink:
 * the gradient there is 0, the second derivative NaN, also that of a power of the norm: write sum(square(x)) for ‖x‖².
 * For p < 2 elements of 0 are kinks too: their gradient is 0, their second derivative NaN. Powers neither overflow nor
 * underflow on the way.
 */
export function norm(x: VariableLike, options: NormOptions = {}): Variable {
  checkOptions("norm", options, ["axis", "keepDims", "p"]);
  const { p = 2, ...reduce } = options;
  const input = asVariable("norm", x);
  checkNumber("norm", "p", p, typeof p === "number" && p > 0, "a number > 0, or Infinity");
  const { axes, keepDims } = reduceAxes("norm", input, reduce);
  if (p === Number.POSITIVE_INFINITY) return max(abs(input), reduce);
  if (p === 1) return sum(abs(input), reduce);
  if (p === 2) return normPrimitive(input, { axes, keepDims });
  // ‖x‖ = s ‖x / s‖ for every s, so that no gradient has to flow through s: the largest |x|, whose powers keep in range.
  const largest = input.size === 0 ? 1 : max(detach(abs(input)), { axis: axes, keepDims: true });
  const scale = where(logicalAnd(isfinite(largest), ne(largest, 0)), largest, 1);
  const scaled = div(input, scale);
  // From p = 2 on |x|^p has two derivatives at 0: |x| as x · sign x, since the second derivative of abs is NaN there.
  const size = p > 2 ? mul(scaled, sign(scaled)) : abs(scaled);
  const total = sum(p > 2 ? pow(size, p) : rootOf(size, (positive) => pow(positive, p)), {
    axis: axes,
    keepDims: true,
  });
  // The norm of nothing but zeros adds 0, and makes the second derivative NaN there.
  const isZero = eq(total, 0);
  const kink = normPrimitive(where(isZero, input, 0), { axes, keepDims: true });
  const root = rootOf(total, (positive) => pow(positive, 1 / p));
  const y = add(mul(root, scale), kink);
  return keepDims ? y : reshape(y, reducedShape(input.shape, axes, false));
}

const directionPrimitive: Op = defineOp({
  name: "direction",
  infer: ([g, x, y]) => sameSpec("direction", sameSpec("direction", g, x), y),
  forward: ([g, x, y]) => kernels.mul(g, kernels.where(kernels.eq(y, 0), 0, kernels.div(x, y))),
  backward: [
    ({ grad, inputs: [, x, y] }) => directionPrimitive(grad, x, y),
    ({ grad, inputs: [g, , y] }) => directionPrimitive(grad, g, y),
    ({ grad, inputs: [g, x, y] }) =>
      neg(where(mul(eq(y, 0), ne(grad, 0)), Number.NaN, directionPrimitive(directionPrimitive(grad, g, y), x, y))),
  ],
  saves: "inputs",
  linear: [0, 1],
  batch: "elementwise",
  // z = g · x / y, 0 where y = 0 ⇒ ḡ = z̄ x/y, x̄ = z̄ g/y, ȳ = −z̄ g x/y²; NaN where y = 0 and z̄ ≠ 0
  // The share of an element in the gradient of a norm, which has no derivative at 0.
});

const normPrimitive: Op<SumAttributes> = defineOp<SumAttributes>({
  name: "norm",
  infer: ([x], { axes, keepDims }) => ({ ...realSpec(x), shape: reducedShape(x.shape, axes, keepDims) }),
  forward: ([x], { axes, keepDims }) => kernels.norm(x, axes, keepDims),
  backward: [
    ({ grad, inputs: [x], output, attributes: { axes } }) => {
      const kept = reducedShape(x.shape, axes, true);
      return directionPrimitive(repeat(reshape(grad, kept), x.shape), x, repeat(reshape(output, kept), x.shape));
    },
  ],
  saves: "both",
  batch: batchAlongAxes,
  // y = √(Σ x²) over axes ⇒ x̄ = ȳ · x / y, 0 where y = 0
  // The gradient points where x points, with length ȳ.
  // […, n, …] → […, …]
});

export { variance as var };

export const primitives = { norm: normPrimitive, direction: directionPrimitive };
export default { mean, var: variance, std, prod, norm };
