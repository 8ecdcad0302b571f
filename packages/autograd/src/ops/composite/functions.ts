/** Functions of numbers composed of others: reciprocals and logaddexp. */
import { asVariable } from "../../core/leaf.ts";
import type { Variable, VariableLike } from "../../core/variable.ts";
import { div } from "../arithmetic.ts";
import { aligned } from "../broadcast.ts";
import { stack } from "../concat-split.ts";
import { sqrt } from "../elementary.ts";
import { logsumexp } from "../softmax.ts";

/** y = 1 / x, elementwise; ±∞ at 0, and 0 at ±∞. Integers give float64. */
export function reciprocal(x: VariableLike): Variable {
  return div(1, asVariable("reciprocal", x));
}

/** y = 1 / √x, elementwise; ∞ at 0, NaN below. Integers give float64. */
export function rsqrt(x: VariableLike): Variable {
  return div(1, sqrt(asVariable("rsqrt", x)));
}

/**
 * y = log(eᵃ + eᵇ), elementwise with broadcasting, without overflow. There is no derivative at infinities, where it is
 * NaN.
 */
export function logaddexp(a: VariableLike, b: VariableLike): Variable {
  return logsumexp(stack(aligned("logaddexp", a, b)), { axis: 0 });
}

export default { reciprocal, rsqrt, logaddexp };
