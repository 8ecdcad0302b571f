/** The Huber loss: square near 0, linear beyond. */
import { clip, mean, mul, sub, type Variable, type VariableLike } from "@adjoint/autograd";
import { checkOptions } from "@adjoint/tensor";
import { numberIn, optional } from "../layers/kind/options.ts";
import { checkNumberThat } from "../layers/kind/parameter.ts";
import { alike } from "../targets.ts";
import { lossKind } from "./loss-kind.ts";

/**
 * The mean of d²/2 where |d| ≤ δ and δ (|d| − δ/2) beyond, d = y − t, both […] (default δ 1): square near, linear far.
 * As c (d − c/2) with c = d held between −δ and δ.
 * @throws SpecError for a δ that is not positive. Source: Huber 1964.
 */
export function huberLoss(y: VariableLike, t: VariableLike, options: { readonly delta?: number } = {}): Variable {
  checkOptions("huberLoss", options, ["delta"]);
  const { delta = 1 } = options;
  checkNumberThat("huberLoss", "delta", delta, (x) => x > 0, "a number > 0");
  const [output, target] = alike("huberLoss", y, t);
  const difference = sub(output, target);
  const near = clip(difference, { min: -delta, max: delta });
  return mean(mul(near, sub(difference, mul(near, 0.5))));
}

/** Square near, linear beyond delta. */
export const huberKind = lossKind({
  kind: "huber",
  options: {
    /** Where it becomes linear, > 0. Default 1. */
    delta: optional(numberIn("delta > 0", { above: 0 })),
  },
  synonyms: "huberloss smoothl1 smoothl1loss",
  estimates: true,
  forward: ({ delta = 1 }, y, t) => huberLoss(y, t, { delta }),
});
