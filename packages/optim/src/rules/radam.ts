/** RAdam: Adam that begins as momentum, until its mean squares are worth dividing by. */
import { add, constant, div, gt, mul, pow, sqrt, sub, type Variable, where } from "@adjoint/autograd";
import { type MomentHyperparameters, momentHyperparameters, moments } from "../optimizer/moments.ts";
import { Optimizer, type OptimizerArguments } from "../optimizer/optimizer.ts";
import { epsilon, rate, type UpdateRule } from "../optimizer/rule.ts";

/** Hyper-parameters of {@link RAdam}. */
export interface RAdamHyperparameters extends MomentHyperparameters {
  /** What is added to the root of the mean square: a finite number ≥ 1e-30. Default 1e-8. */
  readonly eps: number;
}

/** ρ beyond which the variance of the step is known well enough. */
const enough = 5;

const float64 = (value: number): Variable => constant(value, { dtype: "float64" });

/**
 * r·√(1 − β₂ᵗ), by which an adaptive step is scaled; 0 while ρₜ ≤ 5. With r² = (ρₜ − 4)(ρₜ − 2)ρ∞ / ((ρ∞ − 4)(ρ∞ − 2)ρₜ).
 */
function rectification(beta2: number, t: Variable): Variable {
  const most = 2 / (1 - beta2) - 1;
  if (most <= enough) return float64(0);
  const rest = sub(1, pow(beta2, t));
  const rho = sub(most, div(mul(mul(t, 2), sub(1, rest)), rest));
  const isEnough = gt(rho, enough);
  // Where it is not enough there is nothing to take a root of: any ρ will do.
  const safe = where(isEnough, rho, float64(most));
  const square = div(mul(mul(sub(safe, 4), sub(safe, 2)), most / ((most - 4) * (most - 2))), safe);
  return where(isEnough, mul(sqrt(square), sqrt(rest)), float64(0));
}

const rule: UpdateRule<RAdamHyperparameters, "m" | "v", "adaptive" | "plain"> = {
  name: "RAdam",
  hyperparameters: { ...momentHyperparameters, eps: epsilon(1e-8), weightDecay: rate(0) },
  squares: true,
  slots: () => ["m", "v"],
  rates(lr, { beta1, beta2 }, t) {
    const adaptive = rectification(beta2, t);
    const plain = where(gt(adaptive, 0), float64(0), float64(1));
    return { lr: div(lr, sub(1, pow(beta1, t))), adaptive, plain };
  },
  update(p, grad, old, { lr, adaptive, plain, eps, ...betas }) {
    const { m, v } = moments(grad, old, betas);
    const scale = add(div(adaptive, add(sqrt(v), eps)), plain);
    return { p: sub(p, mul(mul(m, lr), scale)), m, v };
  },
};

/**
 * RAdam: m ← m + (1 − β₁)(g − m), v ← v + (1 − β₂)(g² − v), p ← p − lr·m̂·s, where m̂ = m / (1 − β₁ᵗ) in the update number t,
 * counted from 1 for all parameters together.
 *
 * s = r·√(1 − β₂ᵗ) / (√v + ε) where ρₜ = ρ∞ − 2t·β₂ᵗ / (1 − β₂ᵗ) is above 5, ρ∞ = 2 / (1 − β₂) − 1 and
 * r² = (ρₜ − 4)(ρₜ − 2)ρ∞ / ((ρ∞ − 4)(ρ∞ − 2)ρₜ); before, s = 1.
 *
 * @param params   the parameters; left out for `update(params, grads)`
 * @param options  `lr` (0.001), `beta1` (0.9), `beta2` (0.999), `eps` (1e-8), `weightDecay` (0)
 * @throws SpecError for unknown options and values out of range
 * Source: L. Liu et al., "On the variance of the adaptive learning rate and beyond", ICLR 2020; PyTorch,
 * torch.optim.RAdam, for the bound 5 and the place of ε.
 */
export class RAdam extends Optimizer<RAdamHyperparameters> {
  constructor(...args: OptimizerArguments<RAdamHyperparameters>) {
    super(rule, args);
  }
}
