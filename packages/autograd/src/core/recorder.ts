/**
 * What new nodes are told when an op is recorded: which ops become nodes, and where they belong. The functions that
 * change it are in transforms/record.ts.
 */
import type { Node } from "./node.ts";

/**
 * What becomes a node: `"needed"` records ops that a gradient can flow through and random sources, `"all"` every op
 * (for drawing and replaying), `"none"` nothing.
 */
export type Recording = "needed" | "all" | "none";

/** The state of the recorder. */
export const recorder: { mode: Recording; scope: string; gradientOf: Node | null } = {
  mode: "needed",
  /** The scope that new nodes belong to, `outer/inner`. */
  scope: "",
  /** While a backward rule runs: the node whose gradient it computes. */
  gradientOf: null,
};

/** Runs `fn` with another state of the recorder, and restores the previous one whatever happens. */
export function recordingWith<Result>(changes: Partial<typeof recorder>, fn: () => Result): Result {
  const previous = { ...recorder };
  Object.assign(recorder, changes);
  try {
    return fn();
  } finally {
    Object.assign(recorder, previous);
  }
}

/** Runs `fn` with a graph recorded even inside noGrad: what it is differentiated by. */
export function recordingGradients<Result>(fn: () => Result): Result {
  return recordingWith({ mode: recorder.mode === "none" ? "needed" : recorder.mode }, fn);
}
