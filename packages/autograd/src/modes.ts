/**
 * The two pieces of ambient state: what is recorded into the graph, and the scope that new nodes belong to.
 */
import { AdjointError } from "@adjoint/tensor";
import type { Node } from "./node.ts";

/**
 * What becomes a node: `"needed"` records ops that a gradient can flow through and random sources, `"all"` every op
 * (for drawing and replaying), `"none"` nothing.
 */
export type Recording = "needed" | "all" | "none";

/** The ambient state; read by `apply`, changed only by the functions of this file. */
export const ambient: {
  recording: Recording;
  scope: string;
  /** While a backward rule runs: the node whose gradient it computes. */
  gradientOf: Node | null;
  /** Whether every result is checked for NaN and infinities. */
  detectsAnomaly: boolean;
} = { recording: "needed", scope: "", gradientOf: null, detectsAnomaly: false };

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
