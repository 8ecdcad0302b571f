/** The Kullback-Leibler divergence. */
import { div, gt, log, mul, sub, sum, type Variable, type VariableLike, where } from "@adjoint/autograd";
import { kernels } from "@adjoint/tensor";
import { alike, checkDistributions } from "../targets.ts";
import { plainLoss } from "./loss-kind.ts";

/**
 * The Kullback-Leibler divergence of the distribution that log-probabilities describe from the target distribution, the
 * mean over samples: L = Σ t (log t − logP) / N. Where t is 0 it adds nothing. As in the field, logP is taken as given: of
 * scores it makes a number that is no divergence and may be negative.
 *
 * @param logP  [N, C], for example from logSoftmax
 * @param t     probabilities, [N, C]
 * @throws DataError for rows of t that are not distributions
 */
export function klDivergence(logP: VariableLike, t: VariableLike): Variable {
  const [logs, target] = alike("klDivergence", logP, t);
  checkDistributions("klDivergence", "t", target, target.shape[target.ndim - 1] ?? 1);
  const [count = 1] = logs.shape;
  const positive = gt(target, 0);
  const entropy = mul(target, log(where(positive, target, 1)));
  return div(sum(sub(entropy, mul(target, logs))), count);
}

/**
 * The Kullback-Leibler divergence of e^y from the target distribution; y are log-probabilities, as of logSoftmax.
 * Targets are rows of probabilities. As in the field, y are taken as given: scores need a logSoftmax layer before.
 */
export const klDivergenceKind = plainLoss("klDivergence", klDivergence, {
  synonyms: "kl kld kldiv kldivloss kldivergenceloss kullbackleiblerdivergence",
  needs: (shape) => (shape.length === 1 ? null : "one row of log-probabilities, [classes]"),
  targets: (_, generator, { count, shape, dtype }) => {
    const positive = generator.uniform([count, ...shape], { low: 0.5, high: 1.5, dtype });
    return kernels.div(positive, kernels.sum(positive, -1, true));
  },
});
