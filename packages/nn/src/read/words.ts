/** Values and names in the sentences of errors. */
import { nearest } from "@adjoint/tensor";
import { plainName, type Synonyms } from "./synonyms.ts";

/** Longer words are not compared with known names, which would take long. */
const LONGEST_WORD = 100;

/** A value as JSON, shortened. */
export function shown(value: unknown): string {
  const text = written(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function written(value: unknown): string {
  if (typeof value === "bigint") return `${value}n`;
  // See plain.ts.
  if (typeof value === "symbol") return value.description ?? "a symbol";
  if (typeof value !== "string" && (value === null || typeof value !== "object")) return String(value);
  try {
    return JSON.stringify(value);
  } catch {
    return "an object that JSON cannot write";
  }
}

/** The likely known name: the same but for separators, a synonym, or the nearest. */
export function meant(given: unknown, known: readonly string[], synonyms?: Synonyms): string | undefined {
  if (typeof given !== "string" || given.length > LONGEST_WORD) return undefined;
  const plain = plainName(given);
  return (
    known.find((name) => name.toLowerCase() === plain) ??
    synonyms?.get(plain)?.find((name) => known.includes(name)) ??
    nearest(given, known)
  );
}

/** The likely known name as a question, or the alternatives. */
export function suggestion(given: unknown, known: readonly string[], otherwise: string, synonyms?: Synonyms): string {
  const name = meant(given, known, synonyms);
  return name === undefined ? otherwise : `did you mean "${name}"?`;
}

/** YAML reads `kind:relu` as a string, not as an entry. */
export function spaceHint(given: unknown): { readonly hint?: string } {
  const isEntry = typeof given === "string" && /^[A-Za-z]\w*:\S/.test(given.slice(0, LONGEST_WORD));
  return isEntry ? { hint: "A space is missing after the colon." } : {};
}
