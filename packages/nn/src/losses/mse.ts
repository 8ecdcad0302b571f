/** The mean squared error of the field. */
import { mean, square, sub, type Variable, type VariableLike } from "@adjoint/autograd";
import { alike } from "../targets.ts";
import { plainLoss } from "./loss-kind.ts";

/**
 * The mean of (y − t)²: L = Σ (y − t)² / size, y and t […] of one shape. The book's `meanSquaredError` is half of the
 * sum instead.
 * @throws ShapeError unless y and t have one shape
 */
export function mseLoss(y: VariableLike, t: VariableLike): Variable {
  const [output, target] = alike("mseLoss", y, t);
  return mean(square(sub(output, target)));
}

/** The mean of (y − t)². */
export const mseKind = plainLoss("mse", mseLoss, {
  // The field's mean squared error is a mean; the book's, of the kind meanSquaredError, is half of the sum.
  synonyms: "mseloss l2 l2loss meansquarederror squarederror",
  estimates: true,
});
