/**
 * The state of recording: which ops become nodes, and the scope that new nodes belong to. transforms/record.ts has the
 * functions that change it.
 */

/**
 * Which ops become nodes: `"needed"` records ops that a gradient can flow through and random sources, `"all"` every op
 * (for drawing and replaying), `"none"` nothing.
 */
export type Recording = "needed" | "all" | "none";

/** The part of a node that the recorder needs. */
interface Source {
  readonly op: { readonly name: string } | null;
  readonly name: string | undefined;
  readonly madeAt: string | null;
}

/** The state of the recorder. */
export interface Recorder {
  mode: Recording;
  /** The scope that new nodes belong to, `outer/inner`. */
  scope: string;
  /** While a backward rule runs: the node whose gradient it computes. */
  gradientOf: Source | null;
}

/** The state of the recorder. */
export const recorder: Recorder = { mode: "needed", scope: "", gradientOf: null };

/** Runs `fn` with another state of the recorder, and restores the previous one whatever happens. */
export function recordingWith<Result>(changes: Partial<Recorder>, fn: () => Result): Result {
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
