/** Nesterov's accelerated gradient, in the two forms that printings of the book have. */
import { add, mul, sub } from "@adjoint/autograd";
import { Optimizer, type OptimizerArguments } from "../optimizer/optimizer.ts";
import { type CommonHyperparameters, flag, fraction, rate, type UpdateRule } from "../optimizer/rule.ts";

/** Hyper-parameters of {@link Nesterov}. */
export interface NesterovHyperparameters extends CommonHyperparameters {
  /** Share of the velocity that a step keeps, 0 ≤ momentum < 1. Default 0.9. */
  readonly momentum: number;
  /** Whether the parameter moves by the old velocity, the usual form. Default false. */
  readonly corrected: boolean;
}

const rule: UpdateRule<NesterovHyperparameters, "v", "farther"> = {
  name: "Nesterov",
  hyperparameters: { lr: rate(0.01), momentum: fraction(0.9), corrected: flag(false), weightDecay: rate(0) },
  slots: () => ["v"],
  rates: (lr, { momentum }) => ({ lr, farther: mul(lr, 1 + momentum) }),
  update(p, grad, { v: old }, { lr, farther, momentum, corrected }) {
    const v = sub(mul(old, momentum), mul(grad, lr));
    const ahead = mul(corrected ? old : v, momentum * momentum);
    return { p: sub(add(p, ahead), mul(grad, farther)), v };
  },
};

/**
 * Nesterov's accelerated gradient with momentum μ.
 *
 * As in the book's first listing: v ← μ·v − lr·g, then p ← p + μ²·v − (1 + μ)·lr·g with the new v. With `corrected`
 * p moves by the old v, which is the usual form: p then is the point that looks ahead, and the step
 * −lr·g + μ·(μ·v_old − lr·g) is that of `new SGD({ momentum, nesterov: true })`.
 *
 * @param params   the parameters; left out for `update(params, grads)`
 * @param options  `lr` (0.01), `momentum` (0.9), `corrected` (false), `weightDecay` (0)
 * @throws SpecError for unknown options and values out of range
 * Source: Deep Learning from Scratch, common/optimizer.py; Y. Bengio, N. Boulanger-Lewandowski, R. Pascanu, "Advances in
 * optimizing recurrent networks", ICASSP 2013, for the usual form.
 */
export class Nesterov extends Optimizer<NesterovHyperparameters> {
  constructor(...args: OptimizerArguments<NesterovHyperparameters>) {
    super(rule, args);
  }
}
