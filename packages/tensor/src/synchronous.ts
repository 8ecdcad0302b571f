/** Checks the functions that modes and derivatives take: what they leave for later would run outside the mode. */
import { SpecError } from "./errors.ts";
import { isPlain } from "./options.ts";
import { isPromise } from "./shown.ts";

/** The functions whose body does not run to its end when they are called, by the tag of their prototype. */
const deferring = new Map([
  ["[object AsyncFunction]", "an async function"],
  ["[object GeneratorFunction]", "a generator function"],
  ["[object AsyncGeneratorFunction]", "an async generator function"],
]);

function notSynchronous(op: string, argument: string, problem: string): SpecError {
  return new SpecError({
    op,
    problem: `${argument} ${problem}, but ${op} ends at the first await or yield and does not cover what runs later`,
    argument,
    expected: "a function that computes its result before it returns",
    hint: `Await data before the call, loop inside the function, and return Variables: ${op} takes synchronous functions only.`,
  });
}

/** Refuses values that are not functions, and functions that would continue after the mode has ended. */
export function checkFunction(op: string, fn: unknown, argument = "fn"): void {
  if (typeof fn === "function") {
    const kind = deferring.get(Object.prototype.toString.call(fn));
    if (kind !== undefined) throw notSynchronous(op, argument, `is ${kind}`);
    return;
  }
  throw SpecError.of(op, argument, fn, "a function", { hint: `Pass a function, for example ${op}((x) => …).` });
}

/** What to write for a call of `op` that passes arguments of `f` beside it: `op` gives a function of those. */
export const givesFunction = (op: string): string => `${op}(f) gives a function: write ${op}(f)(x).`;

/** Names a result whose work is still to come; null for a finished one. */
function deferredKind(result: unknown): string | null {
  if (isPromise(result)) return "a Promise";
  if (result === null || typeof result !== "object") return null;
  const isIterator =
    "next" in result &&
    typeof result.next === "function" &&
    (Symbol.iterator in result || Symbol.asyncIterator in result);
  // Those of arrays, maps and sets compute nothing.
  const isEager = /^\[object (Array|Map|Set|String) Iterator\]$/.test(Object.prototype.toString.call(result));
  return isIterator && !isEager ? "an iterator" : null;
}

/** The parts of a result to check: the elements of a list, the values of a plain object. */
function partsOf(result: unknown): readonly unknown[] {
  if (Array.isArray(result)) return result;
  return isPlain(result) ? [result, ...Object.values(result)] : [result];
}

/** Refuses results whose work is still to come: a Promise or an iterator, also in a list or an object. */
export function checkSynchronous<Result>(op: string, result: Result, argument = "fn"): Result {
  const parts = partsOf(result);
  const kind = parts.map(deferredKind).find((found) => found !== null);
  if (kind === undefined) return result;
  // Nobody awaits them any more: a later rejection must not end the program.
  for (const part of parts) if (part instanceof Promise) part.catch(() => {});
  const holder = Array.isArray(result) ? " in a list" : deferredKind(result) === null ? " in an object" : "";
  throw notSynchronous(op, argument, `returned ${kind}${holder}`);
}
