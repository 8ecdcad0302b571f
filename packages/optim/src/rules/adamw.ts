/** AdamW: Adam whose weight decay shrinks the parameters themselves, whatever their gradients are. */
import { add, div, mul, pow, sqrt, sub } from "@adjoint/autograd";
import { type MomentHyperparameters, momentHyperparameters, moments } from "../optimizer/moments.ts";
import { Optimizer, type OptimizerArguments } from "../optimizer/optimizer.ts";
import { epsilon, rate, type UpdateRule } from "../optimizer/rule.ts";

/** Hyper-parameters of {@link AdamW}. */
export interface AdamWHyperparameters extends MomentHyperparameters {
  /** What is added to the root of the mean square: a finite number ≥ 1e-30. Default 1e-8. */
  readonly eps: number;
}

const rule: UpdateRule<AdamWHyperparameters, "m" | "v", "root"> = {
  name: "AdamW",
  hyperparameters: { ...momentHyperparameters, eps: epsilon(1e-8), weightDecay: rate(0.01) },
  decays: "parameter",
  squares: true,
  slots: () => ["m", "v"],
  rates: (lr, { beta1, beta2 }, t) => ({ lr: div(lr, sub(1, pow(beta1, t))), root: sqrt(sub(1, pow(beta2, t))) }),
  update(p, grad, old, { lr, root, eps, ...betas }) {
    const { m, v } = moments(grad, old, betas);
    return { p: sub(p, div(mul(m, lr), add(div(sqrt(v), root), eps))), m, v };
  },
};

/**
 * AdamW: p ← p − lr·λ·p, then m ← m + (1 − β₁)(g − m), v ← v + (1 − β₂)(g² − v), p ← p − lr·m̂ / (√v̂ + ε), where
 * m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ) in the update number t, counted from 1 for all parameters together.
 *
 * Weight decay λ shrinks the parameters; their gradients, m and v know nothing of it. With λ = 0 it is Adam with PyTorch's
 * ε, which {@link Adam}, the book's, adds elsewhere.
 *
 * @param params   the parameters; left out for `update(params, grads)`
 * @param options  `lr` (0.001), `beta1` (0.9), `beta2` (0.999), `eps` (1e-8), `weightDecay` (0.01)
 * @throws SpecError for unknown options and values out of range
 * Source: I. Loshchilov, F. Hutter, "Decoupled weight decay regularization", ICLR 2019; PyTorch, torch.optim.AdamW.
 */
export class AdamW extends Optimizer<AdamWHyperparameters> {
  constructor(...args: OptimizerArguments<AdamWHyperparameters>) {
    super(rule, args);
  }
}
