/** Attributes in JSON. They are plain JSON themselves, but for the numbers that JSON has no word for. */
import { GraphError, isPlain } from "@adjoint/tensor";
import { shown } from "./shown.ts";

/** What JSON can say. */
export type JSONValue = null | boolean | number | string | readonly JSONValue[] | { readonly [key: string]: JSONValue };

/** Deepest nesting of attributes. */
const deepest = 32;

/** The key of an object that stands for a number: `{ "$number": "-Infinity" }`. */
const numberKey = "$number";

function refuse(op: string, place: string, problem: string): never {
  throw new GraphError({
    op,
    problem: `${place} ${problem}`,
    argument: "attributes",
    expected: "numbers, strings, booleans, null, and lists and objects of them",
    hint: "Attributes are plain JSON.",
  });
}

function checkKey(op: string, place: string, key: string): void {
  if (key === numberKey || key === "__proto__") refuse(op, place, `has the key ${JSON.stringify(key)}`);
}

/** The attributes of a node for a file: NaN, infinities and −0 as `{ "$number": … }`. */
export function attributesToJSON(value: unknown, place: string, depth = 0): JSONValue {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number") {
    if (Number.isFinite(value) && !Object.is(value, -0)) return value;
    return { [numberKey]: Object.is(value, -0) ? "-0" : String(value) };
  }
  if (depth === deepest) refuse("toJSON", place, `is nested deeper than ${deepest} levels`);
  if (Array.isArray(value)) return value.map((part, i) => attributesToJSON(part, `${place}[${i}]`, depth + 1));
  if (!isPlain(value)) {
    refuse("toJSON", place, `is a ${typeof value === "object" ? (value.constructor?.name ?? "object") : typeof value}`);
  }
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  return Object.fromEntries(
    entries.map(([key, part]) => {
      checkKey("toJSON", place, key);
      return [key, attributesToJSON(part, `${place}.${key}`, depth + 1)];
    }),
  );
}

/** The attributes of a node from a file. */
export function attributesFromJSON(value: unknown, place: string, depth = 0): unknown {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (depth === deepest) refuse("graphFromJSON", place, `is nested deeper than ${deepest} levels`);
  if (Array.isArray(value)) return value.map((part, i) => attributesFromJSON(part, `${place}[${i}]`, depth + 1));
  if (!isPlain(value)) {
    refuse("graphFromJSON", place, `is ${typeof value === "number" ? String(value) : `a ${typeof value}`}`);
  }
  const entries = Object.entries(value);
  if (entries.length === 1 && entries[0][0] === numberKey) {
    const text = entries[0][1];
    if (text === "NaN" || text === "Infinity" || text === "-Infinity" || text === "-0") return Number(text);
    const said = `{ "${numberKey}": ${shown(text)} }`;
    refuse("graphFromJSON", place, `says ${said}, which is none of NaN, Infinity, -Infinity, -0`);
  }
  return Object.fromEntries(
    entries.map(([key, part]) => {
      checkKey("graphFromJSON", place, key);
      return [key, attributesFromJSON(part, `${place}.${key}`, depth + 1)];
    }),
  );
}
