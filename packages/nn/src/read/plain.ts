/**
 * Copies any value as plain data, once, so that getters and later changes cannot bypass the checks. Values that JSON does
 * not have (functions, instances, cycles) or that exceed the limits become symbols with a description:
 * no form accepts symbols, so that it is reported with its place.
 */
import { isPromise } from "@adjoint/tensor";

/** Limits of a spec: its values, the lengths of lists and objects, and their nesting. */
export const MOST_VALUES = 200_000;
const LONGEST_LIST = 10_000;
const MOST_KEYS = 1000;
const DEEPEST = 64;

/** An object that is neither null nor an array. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** A frozen copy, without entries that are undefined and without the sign of −0. */
export function plainCopy(value: unknown): unknown {
  return new Copier().copy(value);
}

class Copier {
  private left = MOST_VALUES;
  /** The lists and objects around the current one. */
  private readonly around: object[] = [];

  copy(value: unknown): unknown {
    if (this.left-- <= 0)
      return Symbol(`beyond the ${MOST_VALUES.toLocaleString("en-US")} values that a spec may hold`);
    if (typeof value === "number") return value + 0;
    if (typeof value === "function") return Symbol("a function");
    if (typeof value === "symbol") return Symbol("a symbol");
    if (value === null || typeof value !== "object") return value;
    if (this.around.includes(value)) return Symbol("an object that contains itself");
    if (this.around.length === DEEPEST) return Symbol(`nested more than ${DEEPEST} deep`);
    this.around.push(value);
    try {
      return Object.freeze(Array.isArray(value) ? this.list(value) : this.object(value));
    } catch {
      // A getter or a proxy threw.
      return Symbol("an object that cannot be read");
    } finally {
      this.around.pop();
    }
  }

  private list(values: readonly unknown[]): unknown {
    const { length } = values;
    if (length > LONGEST_LIST) return Symbol(`a list of ${length.toLocaleString("en-US")}`);
    return Array.from({ length }, (_, i) => this.copy(values[i]));
  }

  private object(value: object): unknown {
    if (isPromise(value)) return Symbol("a Promise, which needs `await` before the call that returned it");
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null) return Symbol("an instance of a class");
    const keys = Object.keys(value);
    if (keys.length > MOST_KEYS) return Symbol(`an object with ${keys.length.toLocaleString("en-US")} names`);
    const entries = keys.map((key) => [key, this.copy((value as Record<string, unknown>)[key])] as const);
    return Object.fromEntries(entries.filter(([, entry]) => entry !== undefined));
  }
}
