/**
 * The pool in bundles for browsers: a chunk of its own, which is loaded when a program first needs it. Few pages may share
 * memory among threads, and workers of a page start no sooner.
 */
import type { Pool } from "./pool.ts";
import { giveUpThreads } from "./threads.ts";

let pool: Pool | undefined;
let loading: Promise<void> | undefined;

async function load(): Promise<void> {
  try {
    pool = (await import("./pool.ts")).openPool();
  } catch {
    giveUpThreads("adjoint: the code of worker threads cannot be loaded, so compiled functions run on one thread.");
  }
}

/** Gives the pool to a function, as soon as it is there. */
export function withPool(use: (pool: Pool) => void): void {
  if (pool !== undefined) {
    use(pool);
    return;
  }
  loading ??= load();
  void loading.then(() => {
    if (pool !== undefined) use(pool);
  });
}
