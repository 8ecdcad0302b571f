/** Values and names in the sentences of errors. */
import { nearest } from "@adjoint/tensor";
import { plainName, type Synonyms } from "./synonyms.ts";

/** Words longer than this are no misspelled names; comparing them with all that are known would take long. */
const LONGEST_WORD = 100;

/** A value as a person would write it, cut short. */
export function shown(value: unknown): string {
  const text = written(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function written(value: unknown): string {
  if (typeof value === "bigint") return `${value}n`;
  // What a copy says instead of a value that is not plain, see plain.ts.
  if (typeof value === "symbol") return value.description ?? "a symbol";
  if (typeof value !== "string" && (value === null || typeof value !== "object")) return String(value);
  try {
    return JSON.stringify(value);
  } catch {
    return "an object that JSON cannot write";
  }
}

/** The known name that is meant: the same but for its signs, what is called so elsewhere, or the nearest. */
export function meant(given: unknown, known: readonly string[], synonyms?: Synonyms): string | undefined {
  if (typeof given !== "string" || given.length > LONGEST_WORD) return undefined;
  const plain = plainName(given);
  return (
    known.find((name) => name.toLowerCase() === plain) ??
    synonyms?.get(plain)?.find((name) => known.includes(name)) ??
    nearest(given, known)
  );
}

/** The known name that is meant as a question, or else what there is to choose from. */
export function suggestion(given: unknown, known: readonly string[], otherwise: string, synonyms?: Synonyms): string {
  const name = meant(given, known, synonyms);
  return name === undefined ? otherwise : `did you mean "${name}"?`;
}

/** What YAML makes of `kind:relu` is a text, not an entry. */
export function spaceHint(given: unknown): { readonly hint?: string } {
  const isEntry = typeof given === "string" && /^[A-Za-z]\w*:\S/.test(given.slice(0, LONGEST_WORD));
  return isEntry ? { hint: "A space is missing after the colon." } : {};
}
