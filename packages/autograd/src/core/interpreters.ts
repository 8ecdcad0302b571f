/**
 * The stack of interpreters, which apply ops while functions run inside vmap, jvp, checkpoint and similar modes. The
 * topmost interpreter that an input concerns handles the op, and applies ops of its own to what lies
 * below. At the bottom, `apply` runs the kernel and records a node. Each interpreter is one file of transforms/.
 *
 * Source: JAX, "Autodidax", whose traces these are.
 */
import type { GeneratorState, RandomGenerator, Shape, Tensor } from "@adjoint/tensor";
import { checkFunction, checkSynchronous } from "@adjoint/tensor/internal";
import type { OpDefinition, Variable } from "./variable.ts";

/** Random numbers taken from a generator: at a counter of a key, counted from those of `state` where it is given. */
export interface Draw extends GeneratorState {
  readonly state?: Variable;
}

/** Takes random numbers from a generator. */
export type Take = (rng: RandomGenerator, count: number) => Draw;

/** One entry of the stack; it leaves everything that it does not define to those below. */
export interface Interpreter {
  /** The result of an op whose inputs concern this interpreter; null for others. */
  apply?(op: OpDefinition<never>, inputs: readonly Variable[], attributes: object): Variable | null;
  /** The Variable that stands for x, where ops and derivatives take one. */
  argument?(x: Variable): Variable;
  /** A new leaf with the value of x, which is not known yet. */
  leaf?(x: Variable): Variable;
  /** Calls `check` with the value of x, which is not known yet, as soon as it is; finite ones may pass without it. */
  check?(x: Variable, check: (value: Tensor) => void, passes: "finite" | null): void;
  /** Draws random numbers, by `below` or otherwise. */
  draw?(rng: RandomGenerator, count: number, below: Take): Draw;

  /** One Variable below for each that the function sees, and back; the shape below for one above. */
  readonly lower?: (x: Variable) => Variable;
  readonly raise?: (x: Variable) => Variable;
  readonly shapeBelow?: (shape: Shape) => Shape;

  /** A new input to differentiate by in place of x, made of new ones below. Default: by `lower` and `raise`. */
  fresh?(x: Variable, below: (x: Variable) => Variable): Variable;
  /** The gradients of inputs, made of gradients below. Default: by `lower` and `raise`. */
  pull?(y: Variable, upstream: Variable, inputs: readonly Variable[], below: Pull): Variable[];
  /** x without the derivative that it carries. */
  constant?(x: Variable): Variable;
}

/** The gradients of ⟨upstream, y⟩ with respect to inputs. */
export type Pull = (y: Variable, upstream: Variable, inputs: readonly Variable[]) => Variable[];

/** The interpreters of the functions that are running, the outermost first. */
export let interpreters: readonly Interpreter[] = [];

/** Runs `fn` inside these interpreters, and restores the previous ones whatever happens. */
export function withInterpreters<Result>(stack: readonly Interpreter[], fn: () => Result): Result {
  const previous = interpreters;
  interpreters = stack;
  try {
    return fn();
  } finally {
    interpreters = previous;
  }
}

/** Runs a function of a user inside one more interpreter: the one way into every mode. */
export function inside<Result>(op: string, interpreter: Interpreter, fn: () => Result): Result {
  checkFunction(op, fn);
  return checkSynchronous(op, withInterpreters([...interpreters, interpreter], fn));
}

/** Applies an op by the topmost interpreter that an input concerns; null where none is concerned. */
export function interpret(op: OpDefinition<never>, inputs: readonly Variable[], attributes: object): Variable | null {
  for (let level = interpreters.length - 1; level >= 0; level--) {
    const y = interpreters[level].apply?.(op, inputs, attributes) ?? null;
    if (y !== null) return y;
  }
  return null;
}

/** The Variable that stands for x. */
export function standingFor(x: Variable): Variable {
  let y = x;
  for (let level = interpreters.length - 1; level >= 0; level--) y = interpreters[level].argument?.(y) ?? y;
  return y;
}
