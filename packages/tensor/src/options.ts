/** Options objects: names that nobody knows are refused, with the nearest one that is known. */
import { SpecError } from "./errors.ts";

/** The number of insertions, deletions and replacements that turn a into b (Levenshtein, 1966). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length];
}

/** The word that `word` was probably meant to be; undefined when none is near (at most a third of its letters off). */
export function nearest(word: string, words: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of words) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

/** Whether `value` is an object of no class: a literal, or what JSON.parse gives, of this window or another. */
function isPlain(value: unknown): value is object {
  if (value === null || typeof value !== "object") return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function describe(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return `an object of class ${value.constructor?.name || "without a name"}`;
  return `the ${typeof value} ${String(value)}`;
}

/**
 * Refuses options that nobody knows.
 *
 * @param op       who was called, for the error
 * @param options  what was given for options
 * @param known    the names of the options
 * @throws SpecError unless `options` is a plain object whose names are all known; names the nearest known one
 */
export function checkOptions(op: string, options: unknown, known: readonly string[]): void {
  if (!isPlain(options)) {
    throw new SpecError({
      op,
      problem: `options are ${describe(options)}`,
      argument: "options",
      expected: known.length === 0 ? "an empty object" : `an object with ${known.join(", ")}`,
      received: describe(options),
      hint: known.length === 0 ? "It has no options." : `Pass options as an object, for example { ${known[0]} }.`,
    });
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const meant = nearest(name, known);
    throw new SpecError({
      op,
      problem: `unknown option "${name}"`,
      argument: name,
      expected: known.join(", "),
      received: name,
      hint:
        meant !== undefined
          ? `Did you mean "${meant}"?`
          : known.length === 0
            ? "It has no options."
            : `The options are ${known.join(", ")}.`,
    });
  }
}
