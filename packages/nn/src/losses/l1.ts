/** The mean absolute error. */
import { abs, mean, sub, type Variable, type VariableLike } from "@adjoint/autograd";
import { alike } from "../targets.ts";
import { plainLoss } from "./loss-kind.ts";

/**
 * The mean of |y − t|: L = Σ |y − t| / size, y and t […] of one shape.
 * @throws ShapeError unless y and t have one shape
 */
export function l1Loss(y: VariableLike, t: VariableLike): Variable {
  const [output, target] = alike("l1Loss", y, t);
  return mean(abs(sub(output, target)));
}

/** The mean of |y − t|. */
export const l1Kind = plainLoss("l1", l1Loss, {
  synonyms: "l1loss mae meanabsoluteerror absoluteerror absolutedifference",
  estimates: true,
});
