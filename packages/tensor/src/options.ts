/** Options objects: names that nobody knows are refused, with the nearest one that is known. */
import { refuseOtherCopy } from "./copies.ts";
import { SpecError } from "./errors.ts";
import { shown } from "./shown.ts";

/**
 * The number of slips that turn a into b: insertions, deletions, replacements, and swaps of neighbours (optimal string
 * alignment; Damerau, 1964).
 */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (isSwap) next[j] = Math.min(next[j], before[j - 2] + 1);
    }
    before = row;
    row = next;
  }
  return row[b.length];
}

/** How many letters two words begin with alike. */
function commonStart(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}

/** A word without letters that stand twice in a row. */
const undoubled = (word: string): string => word.replace(/(.)\1+/g, "$1");

/** Longest word that is compared with others. */
const longestWord = 200;

/**
 * The one of `words` that `word` was probably meant to be; undefined when none is near (at most a third of its letters
 * off). Of several as near it is the one but for doubled letters, then the one that begins alike for longest, then one
 * of the same length.
 */
export function nearest(word: string, words: readonly string[]): string | undefined {
  const given = word.toLowerCase();
  const most = Math.max(1, Math.floor(word.length / 3));
  // Names in files may be as long as the file, and comparing takes the product of two lengths.
  if (word.length > longestWord) return undefined;
  let best: { readonly word: string; readonly ranks: readonly number[] } | undefined;
  for (const candidate of words) {
    if (Math.abs(candidate.length - word.length) > most) continue;
    const known = candidate.toLowerCase();
    const distance = editDistance(given, known);
    if (distance > most) continue;
    const isDoubling = undoubled(given) === undoubled(known);
    const ranks = [distance, isDoubling ? 0 : 1, -commonStart(given, known), Math.abs(known.length - given.length)];
    const first = best === undefined ? 0 : ranks.findIndex((rank, i) => rank !== best?.ranks[i]);
    if (best === undefined || (first >= 0 && ranks[first] < best.ranks[first])) best = { word: candidate, ranks };
  }
  return best?.word;
}

/** Whether `value` is an object of no class: a literal, or what JSON.parse gives, of this window or another. */
export function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (value === null || typeof value !== "object") return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** The entries that are not undefined: options that were given. */
export function defined<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as ReturnType<typeof defined<T>>;
}

/** The one of `words` that is `word` with more in front, as miniBatchSize is for batchSize; undefined for none or several. */
function endingWith(word: string, words: readonly string[]): string | undefined {
  const found = words.filter((known) => known.toLowerCase().endsWith(word.toLowerCase()));
  return word.length > 3 && found.length === 1 ? found[0] : undefined;
}

/**
 * Refuses options that nobody knows.
 *
 * @param op       who was called, for the error
 * @param options  what was given for options
 * @param known    the names of the options
 * @param hint     what to do when the argument is no object of options
 * @throws SpecError unless `options` is a plain object whose names are all known; names the nearest known one
 */
export function checkOptions(op: string, options: unknown, known: readonly string[], hint?: string): void {
  if (!isPlain(options)) {
    refuseOtherCopy(op, "options", options);
    const expected = known.length === 0 ? "an empty object" : `an object such as { ${known[0]} }`;
    throw SpecError.of(op, "options", options, expected, { problem: `options are ${shown(options)}`, hint });
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const plain = name.replace(/[_-]/g, "");
    const meant = nearest(name, known) ?? nearest(plain, known) ?? endingWith(plain, known);
    const expected = known.length === 0 ? "It has no options." : `The options are ${known.join(", ")}.`;
    const nearby = meant === undefined ? expected : `Did you mean "${meant}"?`;
    const problem = `unknown option "${name}"`;
    throw new SpecError({ op, problem, argument: name, expected, received: name, hint: nearby });
  }
}
