/** Trigonometric and hyperbolic functions, elementwise, and the angle of a point; angles in radians. */
import { kernels } from "@adjoint/tensor";
import { type BinaryOp, defineOp, type UnaryOp } from "../core/op.ts";
import type { Variable } from "../core/variable.ts";
import { add, div, mul, neg, sub } from "./arithmetic.ts";
import { binary, real, realSpec } from "./broadcast.ts";
import { detach } from "./cast-detach.ts";
import { eq, le, where } from "./comparison.ts";
import { abs, exp, sqrt, square } from "./elementary.ts";
import { maximum } from "./max.ts";

/** y = sin x, elementwise, x in radians; NaN at ±∞. */
export const sin: UnaryOp = defineOp({
  ...real("sin", kernels.sin),
  backward: [({ grad, inputs: [x] }) => mul(grad, cos(x))],
  saves: "inputs",
  // y = sin x ⇒ x̄ = ȳ · cos x
  // The gradient is multiplied with cos x.
});

/** y = cos x, elementwise, x in radians; NaN at ±∞. */
export const cos: UnaryOp = defineOp({
  ...real("cos", kernels.cos),
  backward: [({ grad, inputs: [x] }) => neg(mul(grad, sin(x)))],
  saves: "inputs",
  // y = cos x ⇒ x̄ = −ȳ · sin x
  // The gradient is multiplied with −sin x.
});

/** y = 1 / cosh² x: the derivative of tanh, computed so that it keeps its digits where tanh x rounds to ±1. */
const sech2: UnaryOp = defineOp({
  ...real("sech2", kernels.sech2),
  composed: ([x]) => {
    const e = exp(mul(abs(x), -2));
    return mul(div(e, square(add(e, 1))), 4);
  },
  backward: [({ grad, inputs: [x], output }) => mul(grad, mul(mul(output, tanh(x)), -2))],
  saves: "both",
  // y = 1 / cosh² x ⇒ x̄ = −ȳ · 2y · tanh x
  // The gradient is multiplied with −2y · tanh x.
});

/** y = tanh x. Its derivative 1 − y² is computed from x, since it has no digits left where y rounds to ±1. */
export const tanh: UnaryOp = defineOp({
  ...real("tanh", kernels.tanh),
  backward: [({ grad, inputs: [x] }) => mul(grad, sech2(x))],
  saves: "inputs",
  // y = tanh x ⇒ x̄ = ȳ (1 − y²) = ȳ / cosh² x
  // The gradient is multiplied with 1 − y²: nothing passes where the output saturates.
});

/** y = tan x, elementwise, x in radians; NaN at ±∞. */
export const tan: UnaryOp = defineOp({
  ...real("tan", kernels.tan),
  backward: [({ grad, output }) => mul(grad, add(square(output), 1))],
  saves: "output",
  // y = tan x ⇒ x̄ = ȳ (1 + y²)
  // The gradient is multiplied with 1 + y².
});

/**
 * √(1 − x²), the cosine of arcsin x: the value from the factors (1 − x)(1 + x), which do not cancel near ±1; the
 * derivative from 1 − x², since that of the factors cancels near 0 and is 0 · ∞ at ±1.
 */
function cosineOf(x: Variable): Variable {
  const squared = sub(1, square(x));
  return sqrt(add(squared, detach(sub(mul(sub(1, x), add(x, 1)), squared))));
}

/** y = arcsin x in [−π/2, π/2]; NaN outside of [−1, 1]. The first and second derivatives at ±1 are infinite. */
export const asin: UnaryOp = defineOp({
  ...real("asin", kernels.asin),
  backward: [({ grad, inputs: [x] }) => div(grad, cosineOf(x))],
  saves: "inputs",
  // y = arcsin x ⇒ x̄ = ȳ / √(1 − x²)
  // The gradient is divided by √(1 − x²).
});

/** y = arccos x in [0, π]; NaN outside of [−1, 1]. The first and second derivatives at ±1 are infinite. */
export const acos: UnaryOp = defineOp({
  ...real("acos", kernels.acos),
  backward: [({ grad, inputs: [x] }) => neg(div(grad, cosineOf(x)))],
  saves: "inputs",
  // y = arccos x ⇒ x̄ = −ȳ / √(1 − x²)
  // The gradient is divided by −√(1 − x²).
});

/** y = arctan x in [−π/2, π/2], elementwise; ±π/2 at ±∞. For the angle of a point see {@link atan2}. */
export const atan: UnaryOp = defineOp({
  ...real("atan", kernels.atan),
  backward: [
    ({ grad, inputs: [x] }) => {
      // Beyond 1 in 1/x: x⁴, which the derivative of 1 / (1 + x²) passes through, would overflow early.
      const isNear = le(abs(x), 1);
      const near = square(where(isNear, x, 1));
      const far = square(div(1, where(isNear, 1, x)));
      return mul(grad, where(isNear, div(1, add(near, 1)), div(far, add(far, 1))));
    },
  ],
  saves: "inputs",
  // y = arctan x ⇒ x̄ = ȳ / (1 + x²)
  // The gradient is divided by 1 + x².
});

/** y = sinh x = (eˣ − e⁻ˣ)/2, elementwise; ±∞ from |x| of 711 in float64, of 90 in float32. */
export const sinh: UnaryOp = defineOp({
  ...real("sinh", kernels.sinh),
  backward: [({ grad, inputs: [x] }) => mul(grad, cosh(x))],
  saves: "inputs",
  // y = sinh x ⇒ x̄ = ȳ · cosh x
  // The gradient is multiplied with cosh x.
});

/** y = cosh x = (eˣ + e⁻ˣ)/2, elementwise; ∞ from |x| of 711 in float64, of 90 in float32. */
export const cosh: UnaryOp = defineOp({
  ...real("cosh", kernels.cosh),
  backward: [({ grad, inputs: [x] }) => mul(grad, sinh(x))],
  saves: "inputs",
  // y = cosh x ⇒ x̄ = ȳ · sinh x
  // The gradient is multiplied with sinh x.
});

/**
 * x / (a² + b²) for x = a or b, without overflow: scaled by the larger of |a| and |b|, on which the result does not
 * depend, so that no gradient has to flow through it.
 */
function overSquaredRadius(x: Variable, a: Variable, b: Variable): Variable {
  const scale = detach(maximum(abs(a), abs(b)));
  // At infinity the result is 0, whatever the direction: ∞ / ∞ would make it NaN.
  const isFar = eq(scale, Number.POSITIVE_INFINITY);
  const [p, q, r] = [a, b, x].map((v) => where(isFar, 1, div(v, scale)));
  return div(div(r, add(square(p), square(q))), scale);
}

/**
 * The angle in (−π, π] of the point with height a and width b, elementwise with broadcasting. There is no derivative at
 * the origin, where it is NaN; at infinity it is 0.
 */
export const atan2: BinaryOp = binary("atan2", {
  forward: ([a, b]) => kernels.atan2(a, b),
  spec: realSpec,
  backward: [
    ({ grad, inputs: [a, b] }) => mul(grad, overSquaredRadius(b, a, b)),
    ({ grad, inputs: [a, b] }) => neg(mul(grad, overSquaredRadius(a, a, b))),
  ],
  saves: "inputs",
  // y = the angle of (b, a) ⇒ ā = ȳ · b / (a² + b²), b̄ = −ȳ · a / (a² + b²)
  // The gradient turns the point around the origin, the less the farther away it is.
});

const functions = { sin, cos, tan, asin, acos, atan, sinh, cosh, tanh, atan2 };

export const primitives = { ...functions, sech2 };
export default functions;
