/** How many random cases a property tries. */
import { inject } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** Whether this is the project of the long tests. */
    readonly isLong: boolean;
  }
}

/**
 * All of so many cases among the long tests, a quarter of them in `pnpm test`. The file that calls it runs in both:
 * vitest.config.ts finds it by this import.
 */
export const runs = (all: number): number => (inject("isLong") ? all : Math.ceil(all / 4));
