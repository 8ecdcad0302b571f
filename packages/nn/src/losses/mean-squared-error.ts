/** The book's squared error: half of the sum, not the mean. */
import { mul, square, sub, sum, type Variable, type VariableLike } from "@adjoint/autograd";
import { alike } from "../targets.ts";
import { plainLoss } from "./loss-kind.ts";

/**
 * L = ½ Σ (y − t)², y and t […]: half the sum of squares, **not a mean**, as in the book (4.2.1).
 * @throws ShapeError unless y and t have one shape
 */
export function meanSquaredError(y: VariableLike, t: VariableLike): Variable {
  const [output, target] = alike("meanSquaredError", y, t, 0);
  return mul(sum(square(sub(output, target))), 0.5);
}

/** The book's ½ Σ (y − t)², a sum over the batch, so that larger batches have larger losses. mse is the mean. */
export const meanSquaredErrorKind = plainLoss("meanSquaredError", meanSquaredError, { isSum: true, estimates: true });
