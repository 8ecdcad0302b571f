/** Refusals of arguments: of another kind than wanted, not one of several values, or a number out of range. */
import { refuseOtherCopy } from "./copies.ts";
import { type AdjointError, SpecError } from "./errors.ts";
import { nearest } from "./options.ts";
import { kindOf, shown } from "./shown.ts";

/**
 * Refuses an argument of another kind than wanted, and that of another copy of the library.
 *
 * @param op        who was called, for the error
 * @param value     what was given
 * @param ok        whether it is what is wanted
 * @param expected  what is wanted, with its article: "a Tensor"
 * @param hint      what to do
 * @throws SpecError unless `ok`
 */
export function checkKind(
  op: string,
  argument: string,
  value: unknown,
  ok: boolean,
  expected: string,
  hint?: string,
): void {
  if (ok) return;
  refuseOtherCopy(op, argument, value);
  const received = kindOf(value);
  throw SpecError.of(op, argument, value, expected, { problem: `${argument} is ${received}`, received, hint });
}

/** What to do about `value` in place of numbers: strings have to be converted, whatever else is `otherwise`. */
export function numbersHint(value: unknown, otherwise: string): string {
  if (typeof value === "bigint") return "Convert bigints first: Number(value).";
  if (value instanceof BigInt64Array || value instanceof BigUint64Array) {
    return "Convert bigints first: Float64Array.from(values, Number).";
  }
  if (typeof value !== "string") return otherwise;
  return /[,;\s]/.test(value)
    ? 'Parse text first: text.trim().split("\\n").map((line) => line.split(",").map(Number)).'
    : "Convert strings first: Number(text).";
}

/** @throws SpecError unless `value` is one of `values`; names the nearest one */
export function checkOneOf(op: string, argument: string, value: unknown, values: readonly unknown[]): void {
  if (values.includes(value)) return;
  const meant = typeof value === "string" ? nearest(value, values.map(String)) : undefined;
  throw SpecError.of(op, argument, value, listed(values), { hint: meant && `Did you mean "${meant}"?` });
}

/** Values to choose from: `true, false or "leaves"`. */
function listed(values: readonly unknown[]): string {
  const all = values.map(shown);
  return all.length < 2 ? all.join() : `${all.slice(0, -1).join(", ")} or ${all.at(-1)}`;
}

/**
 * Refuses anything but an integer within limits.
 * @param Kind  the class of the error. Default SpecError
 * @throws AdjointError of that class unless `value` is an integer from `least` to `most`
 */
export function checkInteger(
  op: string,
  argument: string,
  value: unknown,
  least: number = Number.MIN_SAFE_INTEGER,
  most: number = Number.MAX_SAFE_INTEGER,
  Kind: typeof AdjointError = SpecError,
): asserts value is number {
  if (Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most) return;
  const from = least > Number.MIN_SAFE_INTEGER;
  const to = most < Number.MAX_SAFE_INTEGER;
  const range = from && to ? ` from ${least} to ${most}` : from ? ` ≥ ${least}` : to ? ` ≤ ${most}` : "";
  throw Kind.of(op, argument, value, `an integer${range}`);
}

/**
 * Refuses anything but a number with some property.
 * @param ok        whether the number has it
 * @param expected  what is wanted, with its article: "a number > 0"
 * @param Kind      the class of the error. Default SpecError
 * @throws AdjointError of that class unless `value` is a number and `ok`
 */
export function checkNumber(
  op: string,
  argument: string,
  value: unknown,
  ok: boolean,
  expected: string,
  Kind: typeof AdjointError = SpecError,
): asserts value is number {
  if (typeof value !== "number" || !ok) throw Kind.of(op, argument, value, expected);
}

/** @throws AdjointError of the class `Kind` unless `value` is a finite number */
export function checkFinite(op: string, argument: string, value: unknown, Kind?: typeof AdjointError): void {
  checkNumber(op, argument, value, Number.isFinite(value), "a finite number", Kind);
}

/** @throws SpecError unless `p` is a probability */
export function checkProbability(op: string, argument: string, p: unknown): void {
  checkNumber(op, argument, p, typeof p === "number" && p >= 0 && p <= 1, "a probability from 0 to 1");
}
