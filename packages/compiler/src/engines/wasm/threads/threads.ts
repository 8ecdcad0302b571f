/**
 * Whether threads can run programs here, and how many. What they run by, the pool, is loaded when a program first needs it.
 */
import { mostPieces } from "../calls.ts";

interface Modules {
  readonly "node:worker_threads": object;
  readonly "node:os": { availableParallelism(): number };
}

interface Platform {
  readonly process?: { getBuiltinModule?<Name extends keyof Modules>(name: Name): Modules[Name] | undefined };
  readonly navigator?: { readonly hardwareConcurrency?: number };
  readonly crossOriginIsolated?: boolean;
  readonly SharedArrayBuffer?: unknown;
}

const platform = globalThis as unknown as Platform;

/** A module of Node.js; undefined elsewhere. */
function builtin<Name extends keyof Modules>(name: Name): Modules[Name] | undefined {
  return platform.process?.getBuiltinModule?.(name);
}

/** The most threads that are taken by themselves. */
const mostThreads = 8;

/** How many threads "auto" means: as many as the machine runs at the same time. */
function automaticThreads(): number {
  const cores = builtin("node:os")?.availableParallelism() ?? platform.navigator?.hardwareConcurrency ?? 1;
  return Math.min(cores, mostThreads);
}

/** Whether threads can share memory here: in a page only if it is isolated from those of other origins. */
function mayShare(): boolean {
  if (platform.SharedArrayBuffer === undefined) return false;
  return builtin("node:worker_threads") !== undefined || platform.crossOriginIsolated === true;
}

const ofRefusal =
  "adjoint: threads cannot share memory here, so compiled functions run on one. Serve the page with the headers " +
  "Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp.";

let isRefusalTold = false;

/** Whether threads were lost or could not be started: programs run on one from then on. */
let isGivenUp = false;

/** Programs run on one thread from now on; says why, once. */
export function giveUpThreads(why: string): void {
  if (!isGivenUp) console.warn(why);
  isGivenUp = true;
}

/** How many threads run a program: as many as were asked for, where threads can share memory; says so once where not. */
export function threadsFor(wanted: "auto" | number): number {
  if (isGivenUp) return 1;
  if (mayShare()) return wanted === "auto" ? automaticThreads() : Math.min(wanted, mostPieces);
  if (wanted !== "auto" && wanted > 1 && !isRefusalTold) {
    isRefusalTold = true;
    console.warn(ofRefusal);
  }
  return 1;
}
