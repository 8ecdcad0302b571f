/** What writes an op: its operands as expressions, and what it may ask of the program around. */
import type { DType, Shape } from "@adjoint/tensor";
import { call, dtypeName, type Expression, member } from "../expression.ts";
import type { HelperName } from "../helpers.ts";

/** An operand. Python may know it in a smaller shape, which broadcasts to its own. */
export interface Operand extends Expression {
  readonly shape: Shape;
  readonly dtype: DType;
  /** Whether it is a number as such, which takes the dtype of what it meets. */
  readonly isLiteral: boolean;
  /** In its own shape, as an array. */
  full(): Expression;
}

/** An op to write. */
export interface OpCall<Attributes = unknown> {
  readonly inputs: readonly Operand[];
  readonly attributes: Attributes;
  /** Of the result. */
  readonly shape: Shape;
  readonly dtype: DType;
  /** The name of a function that the program is given. */
  helper(name: HelperName): string;
}

export type Writer = (op: OpCall<never>) => Expression;

/** A writer of ops with attributes of a type, which their definitions know and their table does not. */
export function writer<Attributes>(write: (op: OpCall<Attributes>) => Expression): Writer {
  return write as Writer;
}

/** x in another dtype, unless it has it. */
export function cast(x: Expression & { readonly isLiteral?: boolean }, from: DType, to: DType): Expression {
  return from === to || x.isLiteral === true ? x : member(x, `.astype(${dtypeName(to)})`);
}

/** `f(x, y)` of one name, elementwise. */
export function named(name: string): Writer {
  return ({ inputs }) => call(name, ...inputs);
}
