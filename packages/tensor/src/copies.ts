/** Two copies of the library in one program: neither can compute with what the other made. */
import { foreignKind } from "./brand.ts";
import { GraphError } from "./errors.ts";
import { kindOf } from "./shown.ts";

/**
 * Refuses a value that another copy of the library made, and lets all others pass.
 *
 * @param op       who was called, for the error
 * @param argument what the value was given for, for the error
 * @throws GraphError for a Tensor, Variable or another object of another copy
 */
export function refuseOtherCopy(op: string, argument: string, value: unknown): void {
  if (foreignKind(value) === undefined) return;
  throw GraphError.of(op, argument, undefined, "a value that this copy of adjoint made", {
    problem: `${argument} is ${kindOf(value)}`,
  });
}
