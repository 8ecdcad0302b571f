/** AdaGrad: a learning rate for each element, smaller the more it has moved. */
import { add, div, mul, sqrt, square, sub } from "@adjoint/autograd";
import { Optimizer, type OptimizerArguments } from "../optimizer/optimizer.ts";
import { type CommonHyperparameters, rate, type UpdateRule } from "../optimizer/rule.ts";

/** Hyper-parameters of {@link AdaGrad}. */
export type AdaGradHyperparameters = CommonHyperparameters;

const rule: UpdateRule<AdaGradHyperparameters, "h"> = {
  name: "AdaGrad",
  hyperparameters: { lr: rate(0.01), weightDecay: rate(0) },
  squares: true,
  slots: () => ["h"],
  update(p, grad, { h: old }, { lr }) {
    const h = add(old, square(grad));
    return { p: sub(p, div(mul(grad, lr), add(sqrt(h), 1e-7))), h };
  },
};

/**
 * AdaGrad: h ← h + g², p ← p − lr·g / (√h + 1e-7).
 *
 * @param params   the parameters; left out for `update(params, grads)`
 * @param options  `lr` (0.01), `weightDecay` (0)
 * @throws SpecError for unknown options and values out of range
 * Source: Deep Learning from Scratch, 6.1.5 (common/optimizer.py).
 */
export class AdaGrad extends Optimizer<AdaGradHyperparameters> {
  constructor(...args: OptimizerArguments<AdaGradHyperparameters>) {
    super(rule, args);
  }
}
