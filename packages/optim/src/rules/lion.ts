/** Lion: steps of one size, along the sign of a momentum. */
import { add, mul, sign, sub } from "@adjoint/autograd";
import { Optimizer, type OptimizerArguments } from "../optimizer/optimizer.ts";
import { type CommonHyperparameters, fraction, rate, type UpdateRule } from "../optimizer/rule.ts";

/** Hyper-parameters of {@link Lion}. */
export interface LionHyperparameters extends CommonHyperparameters {
  /** Share of the momentum in the direction of a step, 0 ≤ beta1 < 1. Default 0.9. */
  readonly beta1: number;
  /** Share of the momentum that is kept, 0 ≤ beta2 < 1. Default 0.99. */
  readonly beta2: number;
}

const rule: UpdateRule<LionHyperparameters, "m"> = {
  name: "Lion",
  hyperparameters: { lr: rate(0.0001), beta1: fraction(0.9), beta2: fraction(0.99), weightDecay: rate(0) },
  decays: "parameter",
  slots: () => ["m"],
  update(p, grad, { m }, { lr, beta1, beta2 }) {
    const direction = sign(add(mul(m, beta1), mul(grad, 1 - beta1)));
    return { p: sub(p, mul(direction, lr)), m: add(mul(m, beta2), mul(grad, 1 - beta2)) };
  },
};

/**
 * Lion: p ← p − lr·(sign(β₁·m + (1 − β₁)·g) + λ·p), m ← β₂·m + (1 − β₂)·g, with weight decay λ.
 *
 * Every number moves by lr, whatever the size of its gradient. Its authors use a rate 3 to 10 times smaller than AdamW's,
 * and as many times its weight decay.
 *
 * @param params   the parameters; left out for `update(params, grads)`
 * @param options  `lr` (0.0001), `beta1` (0.9), `beta2` (0.99), `weightDecay` (0)
 * @throws SpecError for unknown options and values out of range
 * Source: X. Chen et al., "Symbolic discovery of optimization algorithms", NeurIPS 2023, algorithm 2.
 */
export class Lion extends Optimizer<LionHyperparameters> {
  constructor(...args: OptimizerArguments<LionHyperparameters>) {
    super(rule, args);
  }
}
