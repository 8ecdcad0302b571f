/**
 * Functions of numbers composed of others: reciprocals, logarithms of other bases, remainder, logaddexp.
 */
import { asVariable, type Variable, type VariableLike } from "../../variable.ts";
import { div, mul, sub } from "../arithmetic.ts";
import { aligned } from "../broadcast.ts";
import { stack } from "../concat-split.ts";
import { log, sqrt } from "../elementary.ts";
import { floor } from "../rounding.ts";
import { logsumexp } from "./softmax.ts";

/** y = 1 / x; ±∞ at 0. */
export function reciprocal(x: VariableLike): Variable {
  return div(1, asVariable("reciprocal", x));
}

/** y = 1 / √x; ∞ at 0, NaN below. */
export function rsqrt(x: VariableLike): Variable {
  return div(1, sqrt(x));
}

/** y = log₂ x; −∞ at 0, NaN below. */
export function log2(x: VariableLike): Variable {
  return mul(log(x), Math.LOG2E);
}

/** y = log₁₀ x; −∞ at 0, NaN below. */
export function log10(x: VariableLike): Variable {
  return mul(log(x), Math.LOG10E);
}

/**
 * What is left of a divided by b, with the sign of b: y = a − b ⌊a / b⌋, as in Python. Gradients are 1 and −⌊a / b⌋;
 * where a is a multiple of b there is a jump.
 */
export function remainder(a: VariableLike, b: VariableLike): Variable {
  const [x, y] = aligned("remainder", a, b);
  return sub(x, mul(y, floor(div(x, y))));
}

/** y = log(eᵃ + eᵇ), elementwise with broadcasting, without overflow. */
export function logaddexp(a: VariableLike, b: VariableLike): Variable {
  return logsumexp(stack(aligned("logaddexp", a, b)), { axis: 0 });
}
