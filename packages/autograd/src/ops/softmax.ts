/**
 * Softmax and its like: primitives along one axis, whose rules keep their digits where one element outweighs all others.
 */
import { isFloat, kernels, reducedShape } from "@adjoint/tensor";
import { asVariable } from "../core/leaf.ts";
import { defineOp, type Op } from "../core/op.ts";
import type { Variable, VariableLike } from "../core/variable.ts";
import { mul, sub } from "./arithmetic.ts";
import { type AxisAttribute, alongAxis, averageDType, batchAlongAxis, type ReduceOptions, reduceAxes } from "./axes.ts";
import { realSpec } from "./broadcast.ts";
import { cast } from "./cast-detach.ts";
import { gt, where } from "./comparison.ts";
import { repeat, sum } from "./repeat-sum.ts";
import { reshape } from "./reshape-transpose.ts";
import { joinAxes } from "./views.ts";

/** Options of {@link softmax} and {@link logSoftmax}. */
export interface SoftmaxOptions {
  /** The axis whose elements become probabilities. Default: the last. */
  readonly axis?: number;
}

function softmaxInput(op: string, x: VariableLike, options: SoftmaxOptions): { input: Variable; axis: number } {
  const { input, axis } = alongAxis(op, x, options, -1);
  return { input: isFloat(input.dtype) ? input : cast(input, averageDType(input)), axis };
}

/** Σ x along the axis, repeated along it. */
function total(x: Variable, axis: number): Variable {
  return repeat(sum(x, { axis, keepDims: true }), x.shape);
}

const softmaxPrimitive: Op<AxisAttribute> = defineOp<AxisAttribute>({
  name: "softmax",
  infer: ([x]) => realSpec(x),
  forward: ([x], { axis }) => kernels.softmax(x, axis),
  backward: [
    ({ grad, output, attributes: { axis } }) => {
      // ȳ counts up to a constant: with 0 where y is near 1, no 1 − y is left that would cancel.
      const relative = sub(grad, total(where(gt(output, 0.5), grad, 0), axis));
      return mul(output, sub(relative, total(mul(output, relative), axis)));
    },
  ],
  saves: "output",
  batch: batchAlongAxis,
  // y = eˣ / Σ eˣ along the axis ⇒ x̄ = y (ȳ − Σ y ȳ)
  // Each gets its own gradient less the average one, in proportion to its probability.
  // […, n, …] → […, n, …]; source: the book, 3.5
});

/**
 * y = e^x / Σ e^x along `axis` (the last when not given). NaN where the largest element is infinite. Source: the book,
 * 3.5.
 */
export function softmax(x: VariableLike, options: SoftmaxOptions = {}): Variable {
  const { input, axis } = softmaxInput("softmax", x, options);
  return softmaxPrimitive(input, { axis });
}

/** 1 − y for probabilities y along the axis: the sum of the others where y is near 1. */
function complement(y: Variable, axis: number): Variable {
  const isLikely = gt(y, 0.5);
  return where(isLikely, total(where(isLikely, 0, y), axis), sub(1, y));
}

const logSoftmaxPrimitive: Op<AxisAttribute> = defineOp<AxisAttribute>({
  name: "logSoftmax",
  infer: ([x]) => realSpec(x),
  forward: ([x], { axis }) => kernels.logSoftmax(x, axis),
  backward: [
    ({ grad, inputs: [x], attributes: { axis } }) => {
      const y = softmaxPrimitive(x, { axis });
      return sub(mul(grad, complement(y, axis)), mul(y, sub(total(grad, axis), grad)));
    },
  ],
  saves: "inputs",
  batch: batchAlongAxis,
  // y = x − log Σ eˣ along the axis ⇒ x̄ = ȳ − softmax x · Σ ȳ
  // Each gets its own gradient less the sum of all, times its probability.
  // […, n, …] → […, n, …]
});

/**
 * y = log softmax(x) = x − log Σ e^x along `axis` (the last when not given), exact for unlikely classes and for one that
 * is nearly certain.
 */
export function logSoftmax(x: VariableLike, options: SoftmaxOptions = {}): Variable {
  const { input, axis } = softmaxInput("logSoftmax", x, options);
  return logSoftmaxPrimitive(input, { axis });
}

const logsumexpPrimitive: Op<AxisAttribute> = defineOp<AxisAttribute>({
  name: "logsumexp",
  infer: ([x], { axis }) => ({ ...realSpec(x), shape: reducedShape(x.shape, [axis], true) }),
  forward: ([x], { axis }) => kernels.logsumexp(x, axis),
  backward: [({ grad, inputs: [x], attributes }) => mul(repeat(grad, x.shape), softmaxPrimitive(x, attributes))],
  saves: "inputs",
  batch: batchAlongAxis,
  // y = log Σ eˣ along the axis ⇒ x̄ = ȳ · softmax x
  // The gradient is shared out by probabilities.
  // […, n, …] → […, 1, …]
});

/**
 * y = log Σ e^x over `axis` (all when not given), without overflow; −∞ where all elements are −∞, and there, as in the
 * field, the gradient is NaN.
 */
export function logsumexp(x: VariableLike, options: ReduceOptions = {}): Variable {
  const input = asVariable("logsumexp", x);
  const { axes, keepDims } = reduceAxes("logsumexp", input, options);
  const isOne = axes.length === 1;
  const joined = isOne ? input : joinAxes(input, axes);
  const y = logsumexpPrimitive(joined, { axis: isOne ? axes[0] : joined.ndim - 1 });
  return reshape(y, reducedShape(input.shape, axes, keepDims));
}

export const primitives = { softmax: softmaxPrimitive, logSoftmax: logSoftmaxPrimitive, logsumexp: logsumexpPrimitive };
export default { softmax, logSoftmax, logsumexp };
