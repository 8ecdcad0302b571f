/** A value that was read from a text, with the places of its parts. */
import type { Mistake, Path } from "../mistake.ts";

export interface Located {
  /** Undefined where the text could not be read. */
  readonly value: unknown;
  /** Mistakes of the text itself; names that stand twice leave a value that can be looked at further. */
  readonly mistakes: readonly Mistake[];
  /** The place of what a path leads to, or of what comes nearest; lines and columns count from 1. */
  readonly find: (path: Path) => { readonly line: number; readonly column: number } | null;
}

/** Lists and objects that a reader cannot follow. */
export const tooDeep: Mistake = { path: [], problem: "lists and objects are nested too deep" };

/** A text that holds more than any spec. */
export function tooMany(most: number, what: string): Mistake {
  const problem = `the text holds more than ${most.toLocaleString("en-US")} ${what}`;
  return { path: [], problem, hint: "A spec holds layers, not weights: those are in safetensors files." };
}

/** A name that stands twice in one object: the last would hide those before it. */
export function twice(path: Path, place: { readonly line: number; readonly column: number }): Mistake {
  const problem = `the name ${JSON.stringify(path[path.length - 1])} stands twice in one object`;
  return { path, problem, ...place, hint: "Leave one of them out." };
}
