/** The losses that a model can end in: what they need of its last layer, and the loss itself. */
import type { Variable, VariableLike } from "@adjoint/autograd";
import { formatShape, type Shape, SpecError } from "@adjoint/tensor";
import { meanSquaredError } from "../functions.ts";
import { SoftmaxWithLoss } from "../layers/softmax-with-loss.ts";
import type { LossName } from "./spec.ts";

/** A loss. */
interface Loss {
  /** How many axes one sample of the last layer must have; null: any number. */
  readonly axes: 1 | null;
  readonly forward: (y: Variable, t: VariableLike) => Variable;
}

/** The losses by name. */
export const losses: { readonly [Name in LossName]: Loss } = {
  softmaxWithLoss: { axes: 1, forward: (scores, t) => new SoftmaxWithLoss().forward(scores, t) },
  meanSquaredError: { axes: null, forward: meanSquaredError },
};

/** @throws SpecError when samples of this shape, from the layer of this name, cannot go into the loss */
export function checkLossInput(loss: LossName, shape: Shape, lastLayer: string): void {
  const { axes } = losses[loss];
  if (axes === null || shape.length === axes) return;
  throw new SpecError({
    op: loss,
    problem: `the last layer, ${lastLayer}, gives samples of shape ${formatShape(shape)}; the loss needs one row of scores, [classes]`,
    argument: "loss",
    expected: "[classes]",
    received: formatShape(shape),
    hint: "End with layers.affine(…), one unit for each class, or with layers.flatten().",
  });
}
