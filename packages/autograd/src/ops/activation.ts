/**
 * Activation functions that are primitives (one pass forward, one rule): sigmoid, relu, leakyRelu, elu, softplus,
 * softsign and the gate of gelu; and silu, gelu, selu, mish and logSigmoid, composed of others.
 *
 * Where a function saturates, its rule is not written in the output, which has rounded to its limit there: values, first
 * and second derivatives keep their digits until they underflow.
 */
import { checkFinite, checkOptions, kernels, SpecError } from "@adjoint/tensor";
import { asVariable } from "../core/leaf.ts";
import { defineOp, type Op, type UnaryOp } from "../core/op.ts";
import type { Variable, VariableLike } from "../core/variable.ts";
import { add, div, mul, neg } from "./arithmetic.ts";
import { real } from "./broadcast.ts";
import { clip, gt, where } from "./comparison.ts";
import { abs, exp, sign, square } from "./elementary.ts";
import { normalCdf } from "./normal.ts";
import { tanh } from "./trigonometric.ts";

const logisticDensity: UnaryOp = defineOp({
  ...real("logisticDensity", kernels.logisticDensity),
  composed: ([x]) => {
    const e = exp(neg(abs(x)));
    return div(e, square(add(e, 1)));
  },
  backward: [({ grad, inputs: [x], output }) => neg(mul(grad, mul(output, tanh(mul(x, 0.5)))))],
  saves: "both",
  // y = σ(x) σ(−x) ⇒ x̄ = −ȳ · y · tanh(x/2)
  // The gradient is multiplied with −y · tanh(x/2), which is y (1 − 2σ(x)).
});

/**
 * y = 1 / (1 + e^(−x)), without overflow on either side. Its derivative y (1 − y) is computed from x, since 1 − y has no
 * digits left where y rounds to 1. Source: the book, 5.5.2.
 */
export const sigmoid: UnaryOp = defineOp({
  ...real("sigmoid", kernels.sigmoid),
  backward: [({ grad, inputs: [x] }) => mul(grad, logisticDensity(x))],
  saves: "inputs",
  // y = 1 / (1 + e⁻ˣ) ⇒ x̄ = ȳ · y (1 − y) = ȳ · σ(x) σ(−x)
  // The gradient is multiplied with y (1 − y), a quarter at most.
  // […] → […]; source: the book, 5.5.2
});

/**
 * y = max(x, 0). The gradient at 0 is 0, as in the book's Relu layer (5.5.1).
 *
 * The second derivative is taken as 0 everywhere, at the kink too, as PyTorch and JAX do: otherwise one pre-activation
 * of exactly 0 would make the Hessian of a network NaN. relu(x)² + relu(−x)² = x² therefore has second derivative 0 at 0.
 */
export const relu: UnaryOp = defineOp({
  name: "relu",
  infer: ([x]) => x,
  forward: ([x]) => kernels.relu(x),
  backward: [({ grad, output }) => where(gt(output, 0), grad, 0)],
  saves: "output",
  batch: "elementwise",
  // y = max(x, 0) ⇒ x̄ = ȳ where y > 0, else 0
  // A switch: the gradient passes where the input was positive, and stops elsewhere.
  // […] → […]; source: the book, 5.5.1
});

const leakyReluPrimitive: Op<{ readonly slope: number }> = defineOp<{ readonly slope: number }>({
  ...real("leakyRelu", (x, { slope }: { readonly slope: number }) => kernels.leakyRelu(x, slope)),
  backward: [({ grad, inputs: [x], attributes: { slope } }) => where(gt(x, 0), grad, mul(grad, slope))],
  saves: "inputs",
  // y = x where x > 0, else slope · x ⇒ x̄ = ȳ where x > 0, else slope · ȳ
  // The gradient passes where the input was positive, and is multiplied with the slope elsewhere.
  // […] → […]; source: Maas et al. 2013
});

/**
 * y = x for x > 0, slope · x otherwise (default slope 0.01). The gradient at 0 is the slope; the second derivative is
 * taken as 0 everywhere, as that of `relu`.
 */
export function leakyRelu(x: VariableLike, options: { readonly slope?: number } = {}): Variable {
  checkOptions("leakyRelu", options, ["slope"]);
  const { slope = 0.01 } = options;
  checkFinite("leakyRelu", "slope", slope);
  return leakyReluPrimitive(x, { slope });
}

const eluPrimitive: Op<{ readonly alpha: number }> = defineOp<{ readonly alpha: number }>({
  ...real("elu", (x, { alpha }: { readonly alpha: number }) => kernels.elu(x, alpha)),
  backward: [
    ({ grad, inputs: [x], attributes: { alpha } }) => {
      const isPositive = gt(x, 0);
      return where(isPositive, grad, mul(grad, mul(exp(where(isPositive, 0, x)), alpha)));
    },
  ],
  saves: "inputs",
  // y = x where x > 0, else α (eˣ − 1) ⇒ x̄ = ȳ where x > 0, else ȳ α eˣ
  // The gradient passes where the input was positive, and is multiplied with α eˣ elsewhere.
  // […] → […]; source: Clevert et al. 2016
});

/**
 * y = x for x > 0, alpha · (eˣ − 1) otherwise (default alpha 1). All derivatives at 0 are those of the left side: alpha.
 * Clevert et al. 2016.
 */
export function elu(x: VariableLike, options: { readonly alpha?: number } = {}): Variable {
  checkOptions("elu", options, ["alpha"]);
  const { alpha = 1 } = options;
  checkFinite("elu", "alpha", alpha);
  return eluPrimitive(x, { alpha });
}

/** y = log(1 + eˣ), elementwise, without overflow: a smooth max(x, 0). */
export const softplus: UnaryOp = defineOp({
  ...real("softplus", kernels.softplus),
  backward: [({ grad, inputs: [x] }) => mul(grad, sigmoid(x))],
  saves: "inputs",
  // y = log(1 + eˣ) ⇒ x̄ = ȳ · sigmoid x
  // The gradient is multiplied with sigmoid x.
});

/** y = x / (1 + |x|); NaN at ±∞, as in PyTorch and JAX. The second derivative jumps from 2 to −2 at 0, where it is taken as 0. */
export const softsign: UnaryOp = defineOp({
  ...real("softsign", kernels.softsign),
  backward: [
    ({ grad, inputs: [x] }) => {
      // |x| as x · sign x: the derivative of the sign is 0, so that the second derivative at 0 is 0, amid −2 and 2.
      const size = add(mul(x, sign(x)), 1);
      return div(div(grad, size), size);
    },
  ],
  saves: "inputs",
  // y = x / (1 + |x|) ⇒ x̄ = ȳ / (1 + |x|)²
  // The gradient is divided by the square of 1 + |x|.
});

/** Where σ(2u) is 0 or 1, and u′ could overflow: |2u| is above 700 there. */
const GATE_IS_FLAT = 25;

const geluGate: UnaryOp = defineOp({
  ...real("geluGate", kernels.geluGate),
  composed: ([x]) => sigmoid(mul(mul(x, add(mul(square(x), 0.044715), 1)), 2 * Math.sqrt(2 / Math.PI))),
  backward: [
    ({ grad, inputs: [x], output }) => {
      const held = clip(x, { min: -GATE_IS_FLAT, max: GATE_IS_FLAT });
      const slope = mul(add(mul(square(held), 3 * 0.044715), 1), 2 * Math.sqrt(2 / Math.PI));
      return mul(grad, mul(mul(output, geluGate(neg(x))), slope));
    },
  ],
  saves: "both",
  // y = σ(2u), u = √(2/π) (x + 0.044715 x³) ⇒ x̄ = ȳ · y (1 − y) · 2u′
  // The gradient is multiplied with y (1 − y) = y(x) y(−x), and with the slope of 2u.
  // […] → […]; source: Hendrycks and Gimpel 2016
});

/** y = x · sigmoid(x), also called swish; NaN at −∞, which is −∞ · 0, as in PyTorch and JAX. Elfwing et al. 2018. */
export function silu(x: VariableLike): Variable {
  const input = asVariable("silu", x);
  return mul(input, sigmoid(input));
}

/**
 * The Gaussian error linear unit, Hendrycks and Gimpel 2016: y = x · Φ(x).
 *
 * `approximate: "none"` (default) is exact, Φ(x) = (1 + erf(x/√2))/2; `"tanh"` is
 * y = x/2 · (1 + tanh u) with u = √(2/π) (x + 0.044715 x³). Both sums would cancel for x < 0: they are computed as
 * erfc(−x/√2)/2 and σ(2u), which keep their digits until they underflow. At −∞ both are NaN, as in PyTorch and JAX.
 */
export function gelu(x: VariableLike, options: { readonly approximate?: "none" | "tanh" } = {}): Variable {
  checkOptions("gelu", options, ["approximate"]);
  const input = asVariable("gelu", x);
  const { approximate = "none" } = options;
  if (approximate === "none") return mul(input, normalCdf(input));
  if (approximate === "tanh") return mul(input, geluGate(input));
  throw SpecError.of("gelu", "approximate", approximate, '"none" for the exact form, "tanh" for the approximation');
}

const seluAlpha = 1.6732632423543772;
const seluScale = 1.0507009873554805;

/**
 * y = λ elu(x, α) with λ = 1.0507…, α = 1.6733…: keeps mean 0 and variance 1. All derivatives at 0 are those of the left
 * side: λα = 1.7581…. Klambauer et al. 2017.
 */
export function selu(x: VariableLike): Variable {
  return mul(elu(asVariable("selu", x), { alpha: seluAlpha }), seluScale);
}

/** y = x · tanh(softplus(x)); NaN at −∞, which is −∞ · 0, as in PyTorch and JAX. Misra 2019. */
export function mish(x: VariableLike): Variable {
  const input = asVariable("mish", x);
  return mul(input, tanh(softplus(input)));
}

/** y = log sigmoid(x) = −softplus(−x), without underflow. */
export function logSigmoid(x: VariableLike): Variable {
  return neg(softplus(neg(asVariable("logSigmoid", x))));
}

const activations = { sigmoid, relu, softplus, softsign };

export const primitives = {
  ...activations,
  leakyRelu: leakyReluPrimitive,
  elu: eluPrimitive,
  geluGate,
  logisticDensity,
};

export default { ...activations, leakyRelu, elu, silu, gelu, selu, mish, logSigmoid };
