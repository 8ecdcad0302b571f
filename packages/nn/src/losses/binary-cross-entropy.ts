/** Binary cross entropy of sigmoid: the loss for yes and no. */
import { add, mean, mul, neg, softplus, sub, type Variable, type VariableLike } from "@adjoint/autograd";
import { alike, checkProbabilities } from "../targets.ts";
import { plainLoss } from "./loss-kind.ts";

/**
 * The mean binary cross entropy of sigmoid(x) with targets t in 0 … 1, both […] of one shape, without overflow: L =
 * mean(log(1 + eˣ) − x t), as (1 − t) log(1 + eˣ) + t log(1 + e⁻ˣ), whose parts do not cancel for confident answers.
 * @throws DataError for a target outside 0 … 1
 */
export function binaryCrossEntropyWithLogits(x: VariableLike, t: VariableLike): Variable {
  const [logits, target] = alike("binaryCrossEntropyWithLogits", x, t);
  checkProbabilities("binaryCrossEntropyWithLogits", target);
  return mean(add(mul(sub(1, target), softplus(logits)), mul(target, softplus(neg(logits)))));
}

/** The mean binary cross entropy of sigmoid(y), targets 0 … 1 (others are refused), without overflow. */
export const binaryCrossEntropyKind = plainLoss("binaryCrossEntropyWithLogits", binaryCrossEntropyWithLogits, {
  synonyms: "bce bceloss bcewithlogits bcewithlogitsloss binarycrossentropy sigmoidcrossentropy",
  classifies: true,
  targets: (_, generator, { count, shape, dtype }) => generator.bernoulli([count, ...shape], { dtype }),
});
