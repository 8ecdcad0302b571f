/** The moments that Adam and its variants keep: the running means of the gradient, m, and of its square, v, elementwise. */
import { add, mul, square, sub, type Variable } from "@adjoint/autograd";
import { type CommonHyperparameters, fraction, rate } from "./rule.ts";

/** How fast means forget. */
export interface MomentHyperparameters extends CommonHyperparameters {
  /** Share of the mean gradient that a step keeps, 0 ≤ beta1 < 1. Default 0.9. */
  readonly beta1: number;
  /** Share of the mean square that a step keeps, 0 ≤ beta2 < 1. Default 0.999. */
  readonly beta2: number;
}

/** The hyper-parameters of Adam and its variants but for weight decay, as data. */
export const momentHyperparameters = { lr: rate(0.001), beta1: fraction(0.9), beta2: fraction(0.999) };

/** m + (1 − β₁)(g − m) and v + (1 − β₂)(g² − v). */
export const moments = (
  grad: Variable,
  { m, v }: Readonly<Record<"m" | "v", Variable>>,
  { beta1, beta2 }: Pick<MomentHyperparameters, "beta1" | "beta2">,
) => ({ m: add(m, mul(sub(grad, m), 1 - beta1)), v: add(v, mul(sub(square(grad), v), 1 - beta2)) });
