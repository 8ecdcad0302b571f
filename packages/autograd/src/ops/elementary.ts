/** Elementary functions of one real number, elementwise, and powers. Integers become real ones where the result is. */
import { kernels } from "@adjoint/tensor";
import { type BinaryOp, defineOp, type Op, type UnaryOp } from "../core/op.ts";
import { add, div, mul, sub } from "./arithmetic.ts";
import { binary, counted, countedSpec, real, sameSpec } from "./broadcast.ts";
import { eq, ne, where } from "./comparison.ts";

/**
 * y = a^b, elementwise with broadcasting. The derivative with respect to b at a = 0 is taken as 0, and that with
 * respect to a at b = 0 is 0. As in JavaScript, a power of ±∞ or NaN of a = ±1 is NaN.
 */
export const pow: BinaryOp = binary("pow", {
  forward: ([a, b]) => kernels.pow(a, b),
  spec: countedSpec,
  backward: [
    // At b = 0, b · a^(b − 1) would be 0 · ∞ where 1 / a is infinite, for a = 0 and subnormal numbers; elsewhere the formula
    // stands also at b = 0, for its own derivative.
    ({ grad, inputs: [a, b] }) =>
      mul(grad, mul(b, pow(where(mul(eq(b, 0), eq(abs(div(1, a)), Number.POSITIVE_INFINITY)), 1, a), sub(b, 1)))),
    ({ grad, inputs: [a], output }) => mul(grad, where(eq(a, 0), 0, mul(output, log(where(eq(a, 0), 1, a))))),
  ],
  saves: "both",
  // y = a^b ⇒ ā = ȳ · b · a^(b − 1), b̄ = ȳ · y · log a
  // The base gets the power rule, the exponent the derivative of an exponential.
});

/** y = x², elementwise; integers stay integers, modulo 2³². */
export const square: UnaryOp = defineOp({
  ...counted("square", kernels.square),
  backward: [({ grad, inputs: [x] }) => mul(grad, mul(x, 2))],
  saves: "inputs",
  // y = x² ⇒ x̄ = ȳ · 2x
  // The gradient is multiplied with twice the input.
});

const signedPrimitive: Op = defineOp({
  name: "signed",
  infer: ([g, x]) => sameSpec("signed", g, x),
  forward: ([g, x]) => kernels.mul(g, kernels.sign(x)),
  backward: [
    ({ grad, inputs: [, x] }) => signedPrimitive(grad, x),
    ({ grad, inputs: [, x] }) => where(mul(eq(x, 0), ne(grad, 0)), Number.NaN, mul(grad, 0)),
  ],
  saves: "inputs",
  linear: [0],
  batch: "elementwise",
  // y = g · sign x ⇒ ḡ = ȳ · sign x, x̄ = 0; NaN where x = 0 and ȳ ≠ 0
  // The derivative of |x| has none at 0: what asks for it there gets NaN.
});

/**
 * y = |x|. The gradient at 0 is 0. The second derivative is 0 but at 0, where it does not exist: it is NaN there, also
 * where what follows is smooth, as |x|² is: write square(x) then.
 */
export const abs: UnaryOp = defineOp({
  ...counted("abs", kernels.abs),
  backward: [({ grad, inputs: [x] }) => signedPrimitive(grad, x)],
  saves: "inputs",
  // y = |x| ⇒ x̄ = ȳ · sign x
  // The gradient passes where x is positive, turns where it is negative, and stops at 0.
});

/** −1, 0 or 1 by the sign of x. Constant between its jumps: its gradient is taken as 0 everywhere. */
export const sign: UnaryOp = defineOp({
  ...counted("sign", kernels.sign),
  backward: [({ grad }) => mul(grad, 0)],
  saves: "none",
  // y = sign x ⇒ x̄ = 0
  // A step function is flat: no gradient passes.
});

/** y = √x. NaN for x < 0; the gradient at 0 is infinite. */
export const sqrt: UnaryOp = defineOp({
  ...real("sqrt", kernels.sqrt),
  backward: [({ grad, output }) => div(grad, mul(output, 2))],
  saves: "output",
  // y = √x ⇒ x̄ = ȳ / 2y
  // The gradient is divided by twice the root.
});

/** y = eˣ. The book's exp node: the gradient times the output. */
export const exp: UnaryOp = defineOp({
  ...real("exp", kernels.exp),
  backward: [({ grad, output }) => mul(grad, output)],
  saves: "output",
  // y = eˣ ⇒ x̄ = ȳ · y
  // The gradient is multiplied with the output: exp is its own derivative.
  // […] → […]; source: the book, 5.5.2
});

/** y = eˣ − 1, elementwise, exact for small x, where exp(x) − 1 would cancel; −1 at −∞. */
export const expm1: UnaryOp = defineOp({
  ...real("expm1", kernels.expm1),
  backward: [({ grad, inputs: [x] }) => mul(grad, exp(x))],
  saves: "inputs",
  // y = eˣ − 1 ⇒ x̄ = ȳ · eˣ
  // The gradient is multiplied with eˣ.
});

/**
 * y = log x, the natural logarithm. −∞ at 0, NaN below. The gradient at 0 is infinite: 0 · ∞ is NaN, as in the field,
 * where that element has no part in the result, for example in the jacobian of several logarithms.
 */
export const log: UnaryOp = defineOp({
  ...real("log", kernels.log),
  backward: [({ grad, inputs: [x] }) => div(grad, x)],
  saves: "inputs",
  // y = log x ⇒ x̄ = ȳ / x
  // The gradient is divided by the input.
});

/** y = log₂ x, exact at powers of 2. −∞ at 0, NaN below. */
export const log2: UnaryOp = defineOp({
  ...real("log2", kernels.log2),
  backward: [({ grad, inputs: [x] }) => div(mul(grad, Math.LOG2E), x)],
  saves: "inputs",
  // y = log₂ x ⇒ x̄ = ȳ / (x log 2)
  // The gradient is divided by the input, times log 2.
});

/** y = log₁₀ x, exact at powers of 10. −∞ at 0, NaN below. */
export const log10: UnaryOp = defineOp({
  ...real("log10", kernels.log10),
  backward: [({ grad, inputs: [x] }) => div(mul(grad, Math.LOG10E), x)],
  saves: "inputs",
  // y = log₁₀ x ⇒ x̄ = ȳ / (x log 10)
  // The gradient is divided by the input, times log 10.
});

/** y = log(1 + x), elementwise, exact for small x, where 1 + x would round. −∞ at −1, NaN below. */
export const log1p: UnaryOp = defineOp({
  ...real("log1p", kernels.log1p),
  backward: [({ grad, inputs: [x] }) => div(grad, add(x, 1))],
  saves: "inputs",
  // y = log(1 + x) ⇒ x̄ = ȳ / (1 + x)
  // The gradient is divided by 1 + x.
});

const functions = { pow, square, abs, sign, sqrt, exp, expm1, log, log1p, log2, log10 };

export const primitives = { ...functions, signed: signedPrimitive };
export default functions;
