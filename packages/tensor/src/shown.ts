/** Values of any kind as errors show them: short, on any value, whatever its own conversions do; and the refusal of a wrong kind. */
import { refuseOtherCopy } from "./copies.ts";
import { SpecError } from "./errors.ts";

/** What kind of value it is: "missing", "null", "an array", "a string", "a Model". */
export function kindOf(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value !== "object") return `a ${typeof value}`;
  const name: unknown = value.constructor?.name;
  if (typeof name !== "string" || name === "" || name === "Object") return "an object";
  return `${/^[AEIOU]/.test(name) ? "an" : "a"} ${name}`;
}

/** Most elements of an array that are shown. */
const most = 20;

/** The value as it would be written: `3`, `"a"`, `[1,2]`; the kind of an object or a function. */
export function shown(value: unknown): string {
  return written(value, 0);
}

function written(value: unknown, depth: number): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value) && depth < 3) {
    const elements = value.slice(0, most).map((element) => written(element, depth + 1));
    return `[${elements.join(",")}${value.length > most ? ",…" : ""}]`;
  }
  return (typeof value === "object" && value !== null) || typeof value === "function" ? kindOf(value) : String(value);
}

/**
 * Refuses an argument of another kind than wanted, and that of another copy of the library.
 *
 * @param op        who was called, for the error
 * @param value     what was given
 * @param ok        whether it is what is wanted
 * @param expected  what is wanted, with its article: "a Tensor"
 * @param hint      what to do. Default: to pass what is wanted
 * @throws SpecError unless `ok`
 */
export function checkKind(
  op: string,
  argument: string,
  value: unknown,
  ok: boolean,
  expected: string,
  hint = `Pass ${argument} as ${expected}.`,
): void {
  if (ok) return;
  refuseOtherCopy(op, argument, value);
  const received = kindOf(value);
  throw new SpecError({ op, problem: `${argument} is ${received}`, argument, expected, received, hint });
}
