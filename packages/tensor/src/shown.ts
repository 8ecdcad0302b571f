/** Values of any kind as errors show them: short, on any value, whatever its own conversions do. */

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
    return `[${elements.join(", ")}${value.length > most ? ", …" : ""}]`;
  }
  return (typeof value === "object" && value !== null) || typeof value === "function" ? kindOf(value) : String(value);
}

/** The most axes that a tensor has, as in NumPy: functions that go through axes may recurse. */
export const maxAxes = 64;

/** A shape as text: `[2, 3]`. */
export function formatShape(shape: readonly number[]): string {
  if (shape.length > maxAxes) return `[${shape.slice(0, 3).join(", ")}, …] of ${shape.length} axes`;
  return `[${shape.map((n) => shown(n)).join(", ")}]`;
}
