/**
 * Special functions, elementwise: the error function and its complement, the normal distribution, log Γ and its
 * derivatives. All keep their digits in the tails, until they underflow.
 */
import { kernels, SpecError } from "@adjoint/tensor";
import { asVariable } from "../core/leaf.ts";
import { defineOp, type Op, type UnaryOp } from "../core/op.ts";
import type { Variable, VariableLike } from "../core/variable.ts";
import { mul } from "./arithmetic.ts";
import { real } from "./broadcast.ts";
import { gaussian } from "./normal.ts";

/** y = erf x = 2/√π ∫₀ˣ e^(−t²) dt. */
export const erf: UnaryOp = defineOp({
  ...real("erf", kernels.erf),
  backward: [({ grad, inputs: [x] }) => mul(grad, mul(gaussian(x, { c: 1 }), 2 / Math.sqrt(Math.PI)))],
  saves: "inputs",
  // y = erf x ⇒ x̄ = ȳ · 2/√π · e^(−x²)
  // The gradient is multiplied with the bell curve 2/√π · e^(−x²).
});

/** y = erfc x = 1 − erf x, with all digits of its tail where 1 − erf x would cancel: erfc 10 = 2.1 · 10⁻⁴⁵. */
export const erfc: UnaryOp = defineOp({
  ...real("erfc", kernels.erfc),
  backward: [({ grad, inputs: [x] }) => mul(grad, mul(gaussian(x, { c: 1 }), -2 / Math.sqrt(Math.PI)))],
  saves: "inputs",
  // y = 1 − erf x ⇒ x̄ = −ȳ · 2/√π · e^(−x²)
  // The gradient is multiplied with the bell curve −2/√π · e^(−x²).
});

const polygammaPrimitive: Op<{ readonly n: number }> = defineOp<{ readonly n: number }>({
  ...real("polygamma", (x, { n }: { readonly n: number }) => kernels.polygamma(x, n)),
  backward: [({ grad, inputs: [x], attributes: { n } }) => mul(grad, polygammaPrimitive(x, { n: n + 1 }))],
  saves: "inputs",
  // y = ψₙ(x), the derivative n + 1 of log Γ ⇒ x̄ = ȳ · ψₙ₊₁(x)
  // The gradient is multiplied with the next function of the family.
  // […] → […]; source: Abramowitz and Stegun, 6.4
});

/** The highest order: its time grows with n, and n! is infinite from 171 on. */
const MOST_DERIVATIVES = 1000;

/**
 * y = ψₙ(x), the derivative n + 1 of log Γ(x); n = 0 is {@link digamma}, n = 1 the trigamma function. At the poles
 * 0, −1, −2, … it is ∞ for odd n and NaN for even n, where the two sides differ (at 0: ∞ with the sign of −x).
 * @throws SpecError unless n is an integer from 0 to 1000
 */
export function polygamma(n: number, x: VariableLike): Variable {
  if (Number.isInteger(n) && n >= 0 && n <= MOST_DERIVATIVES) return polygammaPrimitive(x, { n });
  throw SpecError.of("polygamma", "n", n, `an integer from 0 to ${MOST_DERIVATIVES}`, {
    hint: "The order n comes first, then x: polygamma(1, x) is the trigamma function.",
  });
}

/** y = ψ(x) = Γ′(x) / Γ(x), the derivative of {@link lgamma}. NaN at −1, −2, …; ∞ at 0, with the sign of −x. */
export function digamma(x: VariableLike): Variable {
  return polygammaPrimitive(asVariable("digamma", x), { n: 0 });
}

/** y = log |Γ(x)|; ∞ at 0, −1, −2, … Its derivative is {@link digamma}. */
export const lgamma: UnaryOp = defineOp({
  ...real("lgamma", kernels.lgamma),
  backward: [({ grad, inputs: [x] }) => mul(grad, digamma(x))],
  saves: "inputs",
  // y = log |Γ(x)| ⇒ x̄ = ȳ · ψ(x)
  // The gradient is multiplied with the digamma function.
  // […] → […]; source: Abramowitz and Stegun, 6.1
});

const functions = { erf, erfc, lgamma };

export const primitives = { ...functions, polygamma: polygammaPrimitive };
export default { ...functions, digamma };
