/**
 * The two pieces of ambient state: what is recorded into the graph, and the scope that new nodes belong to.
 */
import { AdjointError, Generator } from "@adjoint/tensor";
import type { Node } from "./node.ts";
import type { OpDefinition } from "./op.ts";
import type { Variable } from "./variable.ts";

/**
 * What becomes a node: `"needed"` records ops that a gradient can flow through and random sources, `"all"` every op
 * (for drawing and replaying), `"none"` nothing.
 */
export type Recording = "needed" | "all" | "none";

/** Random numbers that were taken from a generator. */
export type Draw = ReturnType<Generator["take"]>;

/** The ambient state; read by `apply`, changed only by the functions of this file. */
export const ambient: {
  recording: Recording;
  scope: string;
  /** While a backward rule runs: the node whose gradient it computes. */
  gradientOf: Node | null;
  /** Whether every result is checked for NaN and infinities. */
  detectsAnomaly: boolean;
  /** Whether `assign` takes effect: not while a checkpoint computes again what had its effects already. */
  hasEffects: boolean;
  /** Where random ops take their numbers: a generator itself, or a checkpoint that notes or repeats what was drawn. */
  take: ((rng: Generator, count: number) => Draw) | null;
  /** Which Variables stand for others within `substitute`. */
  standIns: ReadonlyMap<Variable, Variable> | null;
  /** The batch sizes of the vmaps that are being run, the outermost first. */
  batchSizes: readonly number[];
  /** Inside vmap: applies an op to batches, or answers null where no input is one. */
  applyBatched: ((op: OpDefinition<never>, inputs: readonly Variable[], attributes: object) => Variable | null) | null;
} = {
  recording: "needed",
  scope: "",
  gradientOf: null,
  detectsAnomaly: false,
  hasEffects: true,
  take: null,
  standIns: null,
  batchSizes: [],
  applyBatched: null,
};

/** Runs `fn` while the graph records as said, and restores the previous state whatever happens. */
export function withRecording<Result>(recording: Recording, fn: () => Result): Result {
  const previous = ambient.recording;
  ambient.recording = recording;
  try {
    return fn();
  } finally {
    ambient.recording = previous;
  }
}

/** Runs `fn` without recording a graph: results have no creator and no gradient. Nests; `fn` must be synchronous. */
export function noGrad<Result>(fn: () => Result): Result {
  return withRecording("none", fn);
}

/**
 * Runs `fn` with every op recorded, constants' too, so that the whole computation can be drawn and replayed.
 * Gradients flow as usual, through Variables that require them.
 */
export function recordAll<Result>(fn: () => Result): Result {
  return withRecording("all", fn);
}

/**
 * Names a region of the graph: nodes made inside `fn` carry `name` in their scope (`outer/inner` when nested), which
 * drawings fold to one box. Errors thrown inside say where, if they do not yet.
 */
export function scope<Result>(name: string, fn: () => Result): Result {
  const previous = ambient.scope;
  ambient.scope = previous === "" ? name : `${previous}/${name}`;
  try {
    return fn();
  } catch (error) {
    throw error instanceof AdjointError ? error.locate(`layer "${ambient.scope}"`) : error;
  } finally {
    ambient.scope = previous;
  }
}

/** Runs `fn` with `assign` taking effect or not. */
export function withEffects<Result>(hasEffects: boolean, fn: () => Result): Result {
  const previous = ambient.hasEffects;
  ambient.hasEffects = previous && hasEffects;
  try {
    return fn();
  } finally {
    ambient.hasEffects = previous;
  }
}

/**
 * Runs `fn` as if it did not happen: `assign` takes no effect, and random ops draw what they would draw next without
 * moving their generators on, so that it draws the same each time.
 */
export function withoutTrace<Result>(fn: () => Result): Result {
  const outer = ambient.take;
  const copies = new Map<Generator, Generator>();
  ambient.take = (rng, count) => {
    const copy = copies.get(rng) ?? Generator.fromState(rng.state);
    copies.set(rng, copy);
    return copy.take(count);
  };
  try {
    return withEffects(false, fn);
  } finally {
    ambient.take = outer;
  }
}

/** Runs `fn` while random ops note what they draw in `record`, or draw what is in `replay`, in order. */
export function withDraws<Result>(
  draws: { readonly record: Draw[] } | { readonly replay: readonly Draw[]; readonly exhausted: () => Error },
  fn: () => Result,
): Result {
  const outer = ambient.take;
  let next = 0;
  ambient.take = (rng, count) => {
    if ("record" in draws) {
      const draw = outer === null ? rng.take(count) : outer(rng, count);
      draws.record.push(draw);
      return draw;
    }
    if (next === draws.replay.length) throw draws.exhausted();
    return draws.replay[next++];
  };
  try {
    return fn();
  } finally {
    ambient.take = outer;
  }
}
