/**
 * What an engine is: it makes programs ready to run.
 */
import type { Tensor } from "@adjoint/tensor";
import type { Program } from "../program.ts";

/** What a run of a program gives, nothing of which has taken effect yet. */
export interface Results {
  readonly outputs: readonly Tensor[];
  /** The next value of each state that changes; null for the others. */
  readonly states: readonly (Tensor | null)[];
  /** The values of what is checked. */
  readonly checks: readonly Tensor[];
}

/** A program made ready: from the values of its inputs and states (null for those it does not read) to its results. */
export type Executable = (inputs: readonly Tensor[], states: readonly (Tensor | null)[]) => Results;

/** An engine makes programs ready. */
export type Engine = (program: Program) => Executable;
