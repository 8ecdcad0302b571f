/** The state of recording: which ops become nodes, the scope that new nodes belong to, and who looks at results. */
import type { Tensor } from "@adjoint/tensor";

/**
 * Which ops become nodes: `"needed"` records ops that a gradient can flow through and random sources, `"all"` every op
 * (for drawing and replaying), `"none"` nothing.
 */
export type Recording = "needed" | "all" | "none";

/** The part of a node that the recorder needs. */
interface Source {
  readonly op: { readonly name: string } | null;
  readonly name: string | undefined;
  madeAt: string | null;
}

/** Looks at what ops compute. */
export interface Observer {
  /** A kernel gave a result. */
  evaluated(op: string, inputs: readonly Tensor[], result: Tensor): void;
  /** A node was recorded for a gradient. */
  recorded(node: Source): void;
}

/** The state of the recorder. */
export interface Recorder {
  mode: Recording;
  /** The scope that new nodes belong to, `outer/inner`. */
  scope: string;
  /** While a backward rule runs: the node whose gradient it computes. */
  gradientOf: Source | null;
  observer: Observer | null;
}

const key = Symbol.for("adjoint.recorder");
const shared = globalThis as { [key]?: Recorder };

/** The state of the recorder. All copies of the library share it, so that a mode of one holds for Variables of another. */
shared[key] ??= { mode: "needed", scope: "", gradientOf: null, observer: null };
export const recorder: Recorder = shared[key];

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
