/** The normal distribution: what gelu and the error function are made of. */
import { kernels } from "@adjoint/tensor";
import { defineOp, type Op, type UnaryOp } from "../core/op.ts";
import { mul } from "./arithmetic.ts";
import { real } from "./broadcast.ts";
import { exp, square } from "./elementary.ts";

/** y = e^(−c x²). */
export const gaussian: Op<{ readonly c: number }> = defineOp<{ readonly c: number }>({
  ...real("gaussian", (x, { c }: { readonly c: number }) => kernels.gaussian(x, c)),
  composed: ([x], { c }) => exp(mul(square(x), -c)),
  backward: [({ grad, inputs: [x], output, attributes: { c } }) => mul(grad, mul(mul(x, output), -2 * c))],
  saves: "both",
  // y = e^(−c x²) ⇒ x̄ = −ȳ · 2c x y
  // The gradient is multiplied with −2c x y.
});

/** y = Φ(x) = erfc(−x/√2) / 2, the share of normal numbers below x. */
export const normalCdf: UnaryOp = defineOp({
  ...real("normalCdf", kernels.normalCdf),
  backward: [({ grad, inputs: [x] }) => mul(grad, mul(gaussian(x, { c: 0.5 }), 1 / Math.sqrt(2 * Math.PI)))],
  saves: "inputs",
  // y = Φ(x) = erfc(−x/√2) / 2 ⇒ x̄ = ȳ · e^(−x²/2) / √(2π)
  // The gradient is multiplied with the density of the normal distribution.
});

export const primitives = { gaussian, normalCdf };
