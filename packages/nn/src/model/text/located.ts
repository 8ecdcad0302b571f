/** A value that was read from a text, with the places of its parts. */
import type { Mistake, Path } from "../mistake.ts";

export interface Located {
  /** Undefined where the text could not be read. */
  readonly value: unknown;
  /** Mistakes of the text itself. */
  readonly mistakes: readonly Mistake[];
  /** The place of what a path leads to, or of what comes nearest; lines and columns count from 1. */
  readonly find: (path: Path) => { readonly line: number; readonly column: number } | null;
}
