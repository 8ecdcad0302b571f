/** RMSprop: AdaGrad that forgets, so that learning does not come to a stop. */
import { add, div, mul, sqrt, square, sub } from "@adjoint/autograd";
import { Optimizer, type OptimizerArguments } from "../optimizer/optimizer.ts";
import { type CommonHyperparameters, fraction, rate, type UpdateRule } from "../optimizer/rule.ts";

/** Hyper-parameters of {@link RMSprop}. */
export interface RMSpropHyperparameters extends CommonHyperparameters {
  /** Share of the mean square that a step keeps, 0 ≤ decayRate < 1. Default 0.99. */
  readonly decayRate: number;
}

const rule: UpdateRule<RMSpropHyperparameters, "h"> = {
  name: "RMSprop",
  hyperparameters: { lr: rate(0.01), decayRate: fraction(0.99), weightDecay: rate(0) },
  squares: true,
  slots: () => ["h"],
  update(p, grad, { h: old }, { lr, decayRate }) {
    const h = add(mul(old, decayRate), mul(square(grad), 1 - decayRate));
    return { p: sub(p, div(mul(grad, lr), add(sqrt(h), 1e-7))), h };
  },
};

/**
 * RMSprop with decay rate ρ: h ← ρ·h + (1 − ρ)·g², p ← p − lr·g / (√h + 1e-7).
 *
 * @param params   the parameters; left out for `update(params, grads)`
 * @param options  `lr` (0.01), `decayRate` (0.99), `weightDecay` (0)
 * @throws SpecError for unknown options and values out of range
 * Source: Deep Learning from Scratch, 6.1 (common/optimizer.py).
 */
export class RMSprop extends Optimizer<RMSpropHyperparameters> {
  constructor(...args: OptimizerArguments<RMSpropHyperparameters>) {
    super(rule, args);
  }
}
