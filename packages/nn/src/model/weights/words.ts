/** Names in messages. */
import { nearest } from "@adjoint/tensor";

export const quoted = (name: string): string => JSON.stringify(name);

/** The nearest word, in parentheses; "" where none is near. */
export function didYouMean(name: string, words: readonly string[]): string {
  const meant = nearest(name, words);
  return meant === undefined ? "" : ` (did you mean ${quoted(meant)}?)`;
}
