/** Momentum: a ball that rolls down the loss. */
import { add, mul, sub } from "@adjoint/autograd";
import { Optimizer, type OptimizerArguments } from "../optimizer/optimizer.ts";
import { type CommonHyperparameters, fraction, rate, type UpdateRule } from "../optimizer/rule.ts";

/** Hyper-parameters of {@link Momentum}. */
export interface MomentumHyperparameters extends CommonHyperparameters {
  /** Share of the velocity that a step keeps, 0 ≤ momentum < 1. Default 0.9. */
  readonly momentum: number;
}

const rule: UpdateRule<MomentumHyperparameters, "v"> = {
  name: "Momentum",
  hyperparameters: { lr: rate(0.01), momentum: fraction(0.9), weightDecay: rate(0) },
  slots: () => ["v"],
  update(p, grad, { v: old }, { lr, momentum }) {
    const v = sub(mul(old, momentum), mul(grad, lr));
    return { p: add(p, v), v };
  },
};

/**
 * Gradient descent with momentum μ: v ← μ·v − lr·g, p ← p + v.
 *
 * @param params   the parameters; left out for `update(params, grads)`
 * @param options  `lr` (0.01), `momentum` (0.9), `weightDecay` (0)
 * @throws SpecError for unknown options and values out of range
 * Source: Deep Learning from Scratch, 6.1.4 (common/optimizer.py).
 */
export class Momentum extends Optimizer<MomentumHyperparameters> {
  constructor(...args: OptimizerArguments<MomentumHyperparameters>) {
    super(rule, args);
  }
}
