/** Adam: momentum and a learning rate for each element, both corrected for starting at zero. */
import { add, div, mul, pow, sqrt, sub } from "@adjoint/autograd";
import { type MomentHyperparameters, momentHyperparameters, moments } from "../optimizer/moments.ts";
import { Optimizer, type OptimizerArguments } from "../optimizer/optimizer.ts";
import { rate, type UpdateRule } from "../optimizer/rule.ts";

/** Hyper-parameters of {@link Adam}. */
export interface AdamHyperparameters extends MomentHyperparameters {}

const rule: UpdateRule<AdamHyperparameters, "m" | "v"> = {
  name: "Adam",
  hyperparameters: { ...momentHyperparameters, weightDecay: rate(0) },
  squares: true,
  slots: () => ["m", "v"],
  rates: (lr, { beta1, beta2 }, t) => ({ lr: div(mul(lr, sqrt(sub(1, pow(beta2, t)))), sub(1, pow(beta1, t))) }),
  update(p, grad, old, { lr, ...betas }) {
    const { m, v } = moments(grad, old, betas);
    return { p: sub(p, div(mul(m, lr), add(sqrt(v), 1e-7))), m, v };
  },
};

/**
 * Adam: m ← m + (1 − β₁)(g − m), v ← v + (1 − β₂)(g² − v), p ← p − lrₜ·m / (√v + 1e-7), where
 * lrₜ = lr·√(1 − β₂ᵗ) / (1 − β₁ᵗ) in the update number t, counted from 1 for all parameters together.
 *
 * The 1e-7 is added to the root of the uncorrected v, as in the book; other implementations add 1e-8 to the root of
 * the corrected one.
 *
 * @param params   the parameters; left out for `update(params, grads)`
 * @param options  `lr` (0.001), `beta1` (0.9), `beta2` (0.999), `weightDecay` (0)
 * @throws SpecError for unknown options and values out of range
 * Source: Deep Learning from Scratch, 6.1.6 (common/optimizer.py); D. Kingma, J. Ba, "Adam: a method for stochastic
 * optimization", ICLR 2015, for the rate lrₜ.
 */
export class Adam extends Optimizer<AdamHyperparameters> {
  constructor(...args: OptimizerArguments<AdamHyperparameters>) {
    super(rule, args);
  }
}
