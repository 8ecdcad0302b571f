/** Rounding to integers, constant between its jumps, so that the gradient is taken as 0 everywhere; and remainders. */
import { kernels } from "@adjoint/tensor";
import { type BinaryOp, defineOp, type UnaryOp } from "../core/op.ts";
import { div, mul, neg, sub } from "./arithmetic.ts";
import { binary, counted, countedSpec } from "./broadcast.ts";
import { eq, where } from "./comparison.ts";

/** The largest integer not above x; the gradient is 0. */
export const floor: UnaryOp = defineOp({
  ...counted("floor", kernels.floor),
  backward: [({ grad }) => mul(grad, 0)],
  saves: "none",
  // y = ⌊x⌋ ⇒ x̄ = 0
  // A step function is flat: no gradient passes.
});

/** The smallest integer not below x; the gradient is 0. */
export const ceil: UnaryOp = defineOp({
  ...counted("ceil", kernels.ceil),
  backward: [({ grad }) => mul(grad, 0)],
  saves: "none",
  // y = ⌈x⌉ ⇒ x̄ = 0
  // A step function is flat: no gradient passes.
});

/** The nearest integer, halves to the even one; the gradient is 0. */
export const round: UnaryOp = defineOp({
  ...counted("round", kernels.round),
  backward: [({ grad }) => mul(grad, 0)],
  saves: "none",
  // y = x rounded ⇒ x̄ = 0
  // A step function is flat: no gradient passes.
});

/**
 * What is left of a divided by b, elementwise with broadcasting: y = a − b ⌊a / b⌋, with the sign of b, as in Python.
 * Exact; NaN for b = 0. Where a is a multiple of b there is a jump.
 * @throws DTypeError for integers divided by 0
 */
export const remainder: BinaryOp = binary("remainder", {
  forward: ([a, b]) => kernels.remainder(a, b),
  spec: countedSpec,
  backward: [
    ({ grad }) => grad,
    // ⌊a / b⌋ as the exact (a − y) / b, which a / b itself might miss by rounding; −1 where y = b, which can be infinite.
    ({ grad, inputs: [a, b], output }) => neg(mul(grad, where(eq(output, b), -1, round(div(sub(a, output), b))))),
  ],
  saves: "both",
  // y = a − b ⌊a / b⌋ ⇒ ā = ȳ, b̄ = −ȳ ⌊a / b⌋
  // The dividend gets the gradient as it is, the divisor once for every time that it was taken away.
});

export const primitives = { floor, ceil, round, remainder };
export default primitives;
