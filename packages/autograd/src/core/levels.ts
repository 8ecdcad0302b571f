/**
 * Levels: inside vmap and jvp functions see Variables that hold others from below, a whole batch, or a value and its
 * derivative. Gradients are taken at the bottom; here is the way down, and back up.
 */
import type { Shape } from "@adjoint/tensor";
import { type Interpreter, interpreters, type Pull, withInterpreters } from "./interpreters.ts";
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

/** A new input in place of x; `leaf` makes the ordinary ones that it holds. */
export function freshInput(x: Variable, leaf: (x: Variable) => Variable): Variable {
  const fresh = interpreters.reduce((below, top) => {
    const { lower, raise } = top;
    const through = lower && raise ? (y: Variable) => raise(below(lower(y))) : below;
    return (y: Variable) => top.fresh?.(y, below) ?? through(y);
  }, leaf);
  return fresh(x);
}

/**
 * The gradients of ⟨upstream, y⟩ with respect to inputs, inside the given interpreters; `pull` computes those of ordinary
 * Variables, outside of them.
 */
export function pullInside(stack: readonly Interpreter[], pull: Pull): Pull {
  const outside = interpreters.filter((one) => !(stack.includes(one) && isLevel(one)));
  const bottom: Pull = (...args) => withInterpreters(outside, () => pull(...args));
  return stack.reduce<Pull>((below, top) => {
    const { lower, raise } = top;
    const through: Pull =
      lower && raise ? (y, upstream, xs) => below(lower(y), lower(upstream), xs.map(lower)).map(raise) : below;
    return (y, upstream, xs) => top.pull?.(y, upstream, xs, below) ?? through(y, upstream, xs);
  }, bottom);
}
