/**
 * Softmax and its like, composed of other ops; the largest element is subtracted first, so that nothing overflows.
 */
import { checkOptions, isFloat } from "@adjoint/tensor";
import { asVariable, type Variable, type VariableLike } from "../../variable.ts";
import { add, div, sub } from "../arithmetic.ts";
import { axisOf } from "../axes.ts";
import { cast, detach } from "../cast-detach.ts";
import { eq, where } from "../comparison.ts";
import { abs, exp, log } from "../elementary.ts";
import { max } from "../max.ts";
import { averageDType, type ReduceOptions, reduceAxes, sum } from "../repeat-sum.ts";
import { reshape } from "../reshape-transpose.ts";

/** Options of {@link softmax} and {@link logSoftmax}. */
export interface SoftmaxOptions {
  /** The axis whose elements become probabilities. Default: the last. */
  readonly axis?: number;
}

function softmaxInput(op: string, x: VariableLike, options: SoftmaxOptions): { input: Variable; axis: number } {
  checkOptions(op, options, ["axis"]);
  const variable = asVariable(op, x);
  const input = isFloat(variable.dtype) ? variable : cast(variable, averageDType(variable));
  return { input, axis: axisOf(op, input, options.axis ?? -1) };
}

/** x minus its largest element along the axis: does not change the result, and no gradient flows to the maximum. */
function shifted(input: Variable, axis: number): Variable {
  return sub(input, detach(max(input, { axis, keepDims: true })));
}

/** y = e^x / Σ e^x along `axis` (the last when not given). Source: the book, 3.5. */
export function softmax(x: VariableLike, options: SoftmaxOptions = {}): Variable {
  const { input, axis } = softmaxInput("softmax", x, options);
  const powers = exp(shifted(input, axis));
  return div(powers, sum(powers, { axis, keepDims: true }));
}

/** y = log softmax(x) = x − log Σ e^x along `axis` (the last when not given), exact for unlikely classes. */
export function logSoftmax(x: VariableLike, options: SoftmaxOptions = {}): Variable {
  const { input, axis } = softmaxInput("logSoftmax", x, options);
  const shift = shifted(input, axis);
  return sub(shift, log(sum(exp(shift), { axis, keepDims: true })));
}

/** y = log Σ e^x over `axis` (all when not given), without overflow; −∞ where all elements are −∞. */
export function logsumexp(x: VariableLike, options: ReduceOptions = {}): Variable {
  const input = asVariable("logsumexp", x);
  const { axes, keepDims } = reduceAxes("logsumexp", input, options);
  const largest = detach(max(input, { axis: axes, keepDims: true }));
  // ∞ − ∞ would be NaN: an infinite maximum is not subtracted.
  const shift = where(eq(abs(largest), Number.POSITIVE_INFINITY), 0, largest);
  const y = add(log(sum(exp(sub(input, shift)), { axis: axes, keepDims: true })), shift);
  return keepDims
    ? y
    : reshape(
        y,
        input.shape.filter((_, i) => !axes.includes(i)),
      );
}
