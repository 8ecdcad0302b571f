/**
 * Levels: inside vmap and jvp functions see Variables that hold others from below, a whole batch, or a value and its
 * derivative. Gradients are taken at the bottom; here is the way down, and back up.
 */
import type { DType, Shape } from "@adjoint/tensor";
import { type Interpreter, interpreters, withInterpreters } from "./interpreters.ts";
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

  override get dtype(): DType {
    return this.parts[0].dtype;
  }
}

/** The ordinary Variables that x holds, through all interpreters; its value first. */
export function bottomsOf(x: Variable): readonly Variable[] {
  return x instanceof Wrapped ? x.parts.flatMap(bottomsOf) : [x];
}

/** Whether Variables inside an interpreter's function are others than those below. */
export function isLevel({ lower, pull }: Interpreter): boolean {
  return lower !== undefined || pull !== undefined;
}

/** Runs what an interpreter does itself: as one of those below, whose levels alone it knows. */
export function below<Result>(interpreter: Interpreter, fn: () => Result): Result {
  const level = interpreters.indexOf(interpreter);
  return withInterpreters(
    interpreters.filter((one, i) => i < level || !isLevel(one)),
    fn,
  );
}

/** The ordinary Variable of all that x stands for: inside vmap of the whole batch, the batches of vmaps first. */
export function lowered(x: Variable): Variable {
  return interpreters.reduceRight((y, { lower }) => lower?.(y) ?? y, x);
}

/** The inverse of {@link lowered}: as the functions inside all interpreters see it. */
export function lifted(x: Variable): Variable {
  return interpreters.reduce((y, { raise }) => raise?.(y) ?? y, x);
}

/** The shape of {@link lowered} for one of `shape`. */
export function loweredShape(shape: Shape): Shape {
  return interpreters.reduceRight((below, { shapeBelow }) => shapeBelow?.(below) ?? below, shape);
}
