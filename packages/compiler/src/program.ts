/**
 * Program: a function as a graph, with all that it reads and changes besides its arguments. A program is data, and a pure
 * function: from inputs and states to outputs and next states.
 */
import type { Graph } from "@adjoint/autograd";

/**
 * Something that lives outside of the function: the value of a Variable, its gradient, or the key and the counter of a
 * generator of random numbers (float64, [2]).
 */
export interface ProgramState {
  readonly kind: "value" | "gradient" | "generator";
  /** The Variable's name, or a number where it has none. */
  readonly name: string;
  /** The leaf of the graph that is its value before; null where it is written and never read. */
  readonly node: number | null;
  /** The node that is its value afterwards; null where the function only reads it. */
  readonly next: number | null;
}

/** A function of Variables as data. Made by `trace` and `compile`. */
export interface Program {
  /** What is computed. Its outputs are those of the function, then the next states. */
  readonly graph: Graph;
  /** The leaves that are the arguments, in order. */
  readonly inputs: readonly number[];
  /** The nodes that the function returns, in order. */
  readonly outputs: readonly number[];
  readonly states: readonly ProgramState[];
  /** The nodes whose values are checked before any state changes; finite ones pass without a look where it says so. */
  readonly checks: readonly { readonly node: number; readonly passes: "finite" | null }[];
}
