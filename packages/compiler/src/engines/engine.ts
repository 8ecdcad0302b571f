/**
 * What an engine is: it makes programs ready to run.
 */
import type { Remote } from "@adjoint/autograd/internal";
import type { Tensor } from "@adjoint/tensor";
import type { Program } from "../program.ts";

/** The way to a state of a program, which lives outside of it. */
export interface StateAccess {
  /** Its value now. */
  read(): Tensor;
  /** Gives it another value, which is copied. */
  write(value: Tensor): void;
  /** Whether its value is the one that lies there: nobody has changed it since it was moved there. */
  isAt(remote: Remote): boolean;
  /** Gives it the value that lies there, to be fetched when somebody reads it. */
  moveTo(remote: Remote): void;
}

/**
 * A program made ready: runs it on the values of its inputs, and moves its states. `check` is called with the value of each
 * check before any state has moved.
 *
 * @returns  the values of the outputs
 */
export type Executable = (
  inputs: readonly Tensor[],
  states: readonly StateAccess[],
  check: (value: Tensor, i: number) => void,
) => readonly Tensor[];

/** An engine makes programs ready. */
export type Engine = (program: Program) => Executable;
