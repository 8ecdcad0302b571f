/** What an engine is: it makes programs ready to run. */
import type { Remote } from "@adjoint/autograd/internal";
import type { Shape, Tensor } from "@adjoint/tensor";
import type { Program } from "../program.ts";
import type { Rewritten } from "../rewrite/applied.ts";

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
 * Runs a program on the values of its inputs, and moves its states. `check` is called with the value of each check before any
 * state has moved.
 *
 * @returns  the values of the outputs
 */
export type Run = (
  inputs: readonly Tensor[],
  states: readonly StateAccess[],
  check: (value: Tensor, i: number) => void,
) => readonly Tensor[];

/** A program made ready. */
export interface Executable extends Run {
  /** What runs one after the other. */
  readonly parts: readonly Part[];
  /** The program as it was before the engine planned it: rewritten, and what was rewritten. */
  readonly rewritten: Rewritten;
  /** The memory that it holds from one run to the next, in bytes; 0 where values come and go. */
  readonly bytes: number;
  /** How many of them keep their values: inputs, constants and states. Results and scratch memory share the others. */
  readonly permanentBytes: number;
  /** When an op has refused what it was given: the value of a check by number, as far as the run came. */
  reached?(check: number): Tensor | undefined;
}

/** A kernel or a loop of an executable. */
export interface Part {
  /** Its ops, or the name of its kernel. */
  readonly name: string;
  /** The shape of what it computes. */
  readonly shape: Shape;
  /** Additions and multiplications of one run; 0 where nobody counts them. */
  readonly work: number;
  /** The nodes of the plan's program that it stands for: it computes them, or reads what they would be from elsewhere. */
  readonly nodes: readonly number[];
  /** Whether it is an op that runs by its own kernel. */
  readonly isByHost: boolean;
  run(): void;
}

/** Options of an engine. */
export interface EngineOptions {
  /** How many threads may work on a program. */
  readonly threads: "auto" | number;
  /** Whether products are rounded, and added up as they stand. */
  readonly exact: boolean;
}

/** An engine makes programs ready. */
export type Engine = (program: Program, options: EngineOptions) => Executable;
