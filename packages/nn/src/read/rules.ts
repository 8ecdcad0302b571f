/** Messages for zod rules without their own, which complete "x is 3; it …". */
import type * as z from "zod/mini";

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

/** The message of a rule, for schemas without one. */
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
