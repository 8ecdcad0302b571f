/** Values, names and rules in the sentences of errors. */
import { nearest } from "@adjoint/tensor";
import type * as z from "zod/mini";
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

/** The likely known name: the same but for upper case, a synonym, the same but for separators, or the nearest. */
export function meant(given: unknown, known: readonly string[], synonyms?: Synonyms): string | undefined {
  if (typeof given !== "string" || given.length > LONGEST_WORD) return undefined;
  const plain = plainName(given);
  const named = (word: string) => known.find((name) => name.toLowerCase() === word);
  return (
    named(given.toLowerCase()) ??
    synonyms?.get(plain)?.find((name) => known.includes(name)) ??
    named(plain) ??
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

/** The types of zod in words. */
const types: Readonly<Record<string, string>> = {
  int: "an integer",
  number: "a number",
  string: "a string",
  boolean: "true or false",
  array: "a list",
  tuple: "a list",
  object: "an object",
  record: "an object",
  null: "null",
};

/** The message of a rule, for schemas without one; it completes "x is 3; it …". */
export function plainRule(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return `must be ${types[issue.expected] ?? `of the type ${issue.expected}`}`;
    case "too_small":
      return bound(issue.origin, issue.inclusive === false ? ">" : "≥", "at least", issue.minimum);
    case "too_big":
      return bound(issue.origin, issue.inclusive === false ? "<" : "≤", "at most", issue.maximum);
    case "not_multiple_of":
      return `must be a multiple of ${issue.divisor}`;
    case "invalid_format":
      return `must be a string of the form ${issue.pattern ?? issue.format}`;
    case "invalid_value":
      return `must be ${issue.values.map(String).join(" or ")}`;
    default:
      return "has the wrong form";
  }
}

function bound(origin: string, sign: string, words: string, limit: number | bigint): string {
  if (origin === "string") return `must be a string of ${words} ${limit} characters`;
  if (origin === "array" || origin === "set") return `must be a list of ${words} ${limit}`;
  return `must be a number ${sign} ${limit}`;
}
