/** Compiled functions that are done without where they do not work. */

/** Does something with a compiled function, or without; `isRetry` after it failed with one, which changed nothing. */
export type Fallback<Compiled> = <Result>(use: (compiled: Compiled | null, isRetry: boolean) => Result) => Result;

/**
 * What calls `use` with a compiled function as long as that works, and with null from then on. The first time that it does
 * not work, a warning says why. What fails without the compiled function as well fails with that error.
 *
 * @param what  what goes on, for the warning
 */
export function withFallback<Compiled>(what: string, compiled: Compiled | null): Fallback<Compiled> {
  let working = compiled;
  return (use) => {
    if (working === null) return use(null, false);
    try {
      return use(working, false);
    } catch (error) {
      const result = use(null, true);
      working = null;
      console.warn(`adjoint: ${what} without a compiled program. ${(error as Error).message}`);
      return result;
    }
  };
}
