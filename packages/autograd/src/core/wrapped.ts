/**
 * What functions inside vmap and jvp see: Variables that hold others from below.
 */
import type { Interpreter } from "./interpreters.ts";
import { Variable } from "./variable.ts";

/** A Variable inside an interpreter's function, which holds others from below. */
export abstract class Wrapped extends Variable {
  /** The interpreter whose function sees it. */
  readonly of: Interpreter;
  /** What it holds, its value first. */
  readonly parts: readonly Variable[];

  constructor(parts: readonly Variable[], of: Interpreter, name = parts[0].name) {
    super(
      null,
      null,
      parts.some((part) => part.requiresGrad),
    );
    this.parts = parts;
    this.of = of;
    this.name = name;
  }

  /** The same of other parts. */
  abstract with(parts: readonly Variable[]): Variable;

  override get isLeaf(): boolean {
    return this.parts[0].isLeaf;
  }
}

/** The ordinary Variables that x holds, through all interpreters; its value first. */
export function bottomsOf(x: Variable): readonly Variable[] {
  return x instanceof Wrapped ? x.parts.flatMap(bottomsOf) : [x];
}

/** x with `change` applied to the ordinary Variables that it holds. */
export function changedBelow(x: Variable, change: (x: Variable) => Variable): Variable {
  return x instanceof Wrapped ? x.with(x.parts.map((part) => changedBelow(part, change))) : change(x);
}
