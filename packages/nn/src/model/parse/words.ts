/** Values and names in the sentences of errors. */
import { nearest } from "@adjoint/tensor";

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

/** The nearest known name, if one is near. */
export function meant(given: unknown, known: readonly string[]): string | undefined {
  return typeof given === "string" && given.length <= LONGEST_WORD ? nearest(given, known) : undefined;
}

/** The nearest known name as a question, or else what there is to choose from. */
export function suggestion(given: unknown, known: readonly string[], otherwise: string): string {
  const name = meant(given, known);
  return name === undefined ? otherwise : `did you mean "${name}"?`;
}
