/** Stochastic gradient descent: a step against the gradient. */
import { add, mul, sub } from "@adjoint/autograd";
import { Optimizer, type OptimizerArguments } from "../optimizer/optimizer.ts";
import { type CommonHyperparameters, flag, fraction, rate, type UpdateRule } from "../optimizer/rule.ts";

/** Hyper-parameters of {@link SGD}. */
export interface SGDHyperparameters extends CommonHyperparameters {
  /** Share of the old direction that a step keeps, 0 ≤ momentum < 1. Default 0. */
  readonly momentum: number;
  /** Whether the direction looks one step ahead; needs a momentum. Default false. */
  readonly nesterov: boolean;
}

const rule: UpdateRule<SGDHyperparameters, "velocity"> = {
  name: "SGD",
  hyperparameters: { lr: rate(0.01), momentum: fraction(0), nesterov: flag(false), weightDecay: rate(0) },
  slots: ({ momentum }) => (momentum > 0 ? ["velocity"] : []),
  conflict: ({ nesterov, momentum }) =>
    nesterov && momentum === 0
      ? { problem: "nesterov is true, but momentum is 0", hint: "Pass a momentum too, for example momentum: 0.9." }
      : null,
  update(p, g, { velocity: old }, { lr, momentum, nesterov }) {
    if (momentum === 0) return { p: sub(p, mul(g, lr)), velocity: g };
    const velocity = add(mul(old, momentum), g);
    const direction = nesterov ? add(g, mul(velocity, momentum)) : velocity;
    return { p: sub(p, mul(direction, lr)), velocity };
  },
};

/**
 * Stochastic gradient descent.
 *
 * p ← p − lr·g. With `momentum` μ, `nesterov` and `weightDecay` λ as in PyTorch: g ← g + λ·p, v ← μ·v + g, and
 * p ← p − lr·v, or p ← p − lr·(g + μ·v) with `nesterov`. (The velocity of {@link Momentum} has the rate within.)
 *
 * @param params   the parameters; left out for `update(params, grads)`
 * @param options  `lr` (0.01), `momentum` (0), `nesterov` (false), `weightDecay` (0)
 * @throws SpecError for unknown options and values out of range
 * Source: Deep Learning from Scratch, 6.1.2 (common/optimizer.py); PyTorch, torch.optim.SGD.
 */
export class SGD extends Optimizer<SGDHyperparameters> {
  constructor(...args: OptimizerArguments<SGDHyperparameters>) {
    super(rule, args);
  }
}
