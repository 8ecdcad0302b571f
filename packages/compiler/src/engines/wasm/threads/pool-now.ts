/** The pool where nothing has to be loaded for it: everywhere but in bundles for browsers, for which package.json names pool-later.ts. */
import { openPool, type Pool } from "./pool.ts";

/** Gives the pool to a function. */
export function withPool(use: (pool: Pool) => void): void {
  use(openPool());
}
