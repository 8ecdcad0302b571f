/** Reads the operands of elementwise functions: plain numbers become tensors beside one. */
import { allocate, promoteNumber } from "../../dtype.ts";
import { DTypeError } from "../../errors.ts";
import { kindOf } from "../../shown.ts";
import { Tensor } from "../../tensor.ts";

/** A tensor, or a number that stands for one of the other operand's dtype. */
export type Operand = Tensor | number;

/** Refuses what is no tensor. */
export function notATensor(op: string, given: unknown): DTypeError {
  const received = given === undefined ? "undefined" : kindOf(given);
  return DTypeError.of(op, "operand", given, "a Tensor", {
    problem: `an operand is ${received}`,
    received,
    hint:
      received === "a Variable"
        ? "Call the op of that name, which computes with Variables; outside of rules, x.value is the Tensor."
        : "Wrap numbers and arrays with tensor(…).",
  });
}

/** An operand as a tensor: beside a tensor, a number becomes one. @throws DTypeError for other things and two numbers */
export function operand(op: string, value: Operand, beside: Operand): Tensor {
  if (value instanceof Tensor) return value;
  if (typeof value !== "number" || !(beside instanceof Tensor)) throw notATensor(op, value);
  const data = allocate(promoteNumber(beside.dtype, value), 1);
  data[0] = value;
  return new Tensor(data, []);
}
