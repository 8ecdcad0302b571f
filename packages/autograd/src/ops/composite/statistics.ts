/**
 * Averages and their like, composed of other ops: mean, var, std, prod, norm.
 */
import { checkOptions, ShapeError, SpecError } from "@adjoint/tensor";
import { asVariable, type Variable, type VariableLike } from "../../variable.ts";
import { add, div, mul, sub } from "../arithmetic.ts";
import { cast } from "../cast-detach.ts";
import { eq, where } from "../comparison.ts";
import { concat } from "../concat-split.ts";
import { abs, pow, sqrt, square } from "../elementary.ts";
import { joinAxes, max } from "../max.ts";
import { averageDType, type ReduceOptions, reduceAxes, sum } from "../repeat-sum.ts";
import { reshape } from "../reshape-transpose.ts";
import { narrow } from "../slice-pad.ts";

function countOf(x: Variable, axes: readonly number[]): number {
  return axes.reduce((n, a) => n * x.shape[a], 1);
}

/**
 * y = Σ x / n over `axis` (all when not given).
 * @throws ShapeError when there is nothing to average
 */
export function mean(x: VariableLike, options: ReduceOptions = {}): Variable {
  const input = asVariable("mean", x);
  const { axes, keepDims } = reduceAxes("mean", input, options);
  const count = countOf(input, axes);
  if (count === 0) throw nothing("mean", input, 1);
  return div(sum(cast(input, averageDType(input)), { axis: axes, keepDims }), count);
}

function nothing(op: string, x: Variable, least: number): ShapeError {
  return new ShapeError({
    op,
    problem: `x of shape [${x.shape.join(", ")}] has too few elements along the axes`,
    argument: "axis",
    expected: `at least ${least}`,
    received: `[${x.shape.join(", ")}]`,
    hint: "Check the shape of the input, or reduce other axes.",
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
  return varianceOf("var", x, options);
}

function varianceOf(op: string, x: VariableLike, options: VarianceOptions): Variable {
  checkOptions(op, options, ["axis", "keepDims", "correction"]);
  const { correction = 1, ...reduce } = options;
  const input = asVariable(op, x);
  const { axes, keepDims } = reduceAxes(op, input, reduce);
  const count = countOf(input, axes);
  if (!(count > correction)) throw nothing(op, input, correction + 1);
  const centered = sub(input, mean(input, { axis: axes, keepDims: true }));
  return div(sum(square(centered), { axis: axes, keepDims }), count - correction);
}

/**
 * The standard deviation: the root of {@link variance}. Where the variance is 0 it has a kink, as |x| has; the gradient
 * there is 0.
 */
export function std(x: VariableLike, options: VarianceOptions = {}): Variable {
  return rootOf(varianceOf("std", x, options), sqrt);
}

/** A root, with gradient 0 where it is 0. */
function rootOf(total: Variable, root: (x: Variable) => Variable): Variable {
  const zero = eq(total, 0);
  return where(zero, 0, root(where(zero, 1, total)));
}

/**
 * The product over `axis` (all when not given), by halves, so that its derivative is exact where elements are 0.
 * An empty product is 1.
 */
export function prod(x: VariableLike, options: ReduceOptions = {}): Variable {
  const input = asVariable("prod", x);
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
  const shape = input.shape.map((n, i) => (axes.includes(i) ? 1 : n));
  return reshape(left, keepDims ? shape : shape.filter((_, i) => !axes.includes(i)));
}

/** Options of {@link norm}. */
export interface NormOptions extends ReduceOptions {
  /** 1, 2 (default), any p > 0, or Infinity. */
  readonly p?: number;
}

/**
 * The p-norm (Σ |x|^p)^(1/p) of the elements along `axis` (all when not given). The gradient is 0 where all of them
 * are 0, and, for p < 1, for those that are.
 */
export function norm(x: VariableLike, options: NormOptions = {}): Variable {
  checkOptions("norm", options, ["axis", "keepDims", "p"]);
  const { p = 2, ...reduce } = options;
  const input = asVariable("norm", x);
  if (!(p > 0)) {
    throw new SpecError({ op: "norm", problem: `p is ${p}`, argument: "p", expected: "a number > 0, or Infinity" });
  }
  reduceAxes("norm", input, reduce);
  if (p === Number.POSITIVE_INFINITY) return max(abs(input), reduce);
  if (p === 1) return sum(abs(input), reduce);
  if (p === 2) return rootOf(sum(square(input), reduce), sqrt);
  const total = sum(
    rootOf(abs(input), (size) => pow(size, p)),
    reduce,
  );
  return rootOf(total, (positive) => pow(positive, 1 / p));
}
