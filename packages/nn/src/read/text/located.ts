/** A value parsed from a text, with the places of its parts. */
import type { Mistake, Path } from "../mistake.ts";

export interface Located {
  /** Undefined where parsing failed. */
  readonly value: unknown;
  /** Mistakes of syntax. With duplicate names the value can still be checked further. */
  readonly mistakes: readonly Mistake[];
  /** The place of what a path leads to, or of what comes nearest; lines and columns count from 1. */
  readonly find: (path: Path) => { readonly line: number; readonly column: number } | null;
}

/** Nesting beyond the limit. */
export const tooDeep: Mistake = { path: [], problem: "lists and objects are nested too deeply" };

/** A text beyond the limit of a spec. */
export function tooMany(most: number, what: string): Mistake {
  const problem = `the text has more than ${most.toLocaleString("en-US")} ${what}`;
  return { path: [], problem, hint: "A spec describes layers; weights belong in safetensors files." };
}

/** A duplicate name in one object. */
export function twice(path: Path, place: { readonly line: number; readonly column: number }): Mistake {
  const problem = `duplicate name ${JSON.stringify(path[path.length - 1])}`;
  return { path, problem, ...place, hint: "Remove one of them." };
}

/** A text that could not be parsed. */
export const unread = (mistake: Mistake): Located => ({ value: undefined, mistakes: [mistake], find: () => null });
