/** Values of any kind as errors show them: short, on any value, whatever its own conversions do. */
import { brandedKind, foreignKind } from "./brand.ts";

/** What kind of value it is: "missing", "null", "an array", "a string", "a Model". */
export function kindOf(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value !== "object") return `a ${typeof value}`;
  if (isPromise(value)) return "a Promise";
  const name: unknown = brandedKind(value) ?? value.constructor?.name;
  if (typeof name !== "string" || name === "" || name === "Object") return "an object";
  const kind = `${/^[AEIOU]/.test(name) ? "an" : "a"} ${name}`;
  return foreignKind(value) === undefined ? kind : `${kind} ${ofOtherCopy}`;
}

/** What errors add to the kind of a value that another copy of the library made. */
export const ofOtherCopy = "of another copy of adjoint";

/** Whether `value` is a Promise, of this window or another: its result is not there yet. */
export function isPromise(value: unknown): boolean {
  return typeof value === "object" && typeof (value as { readonly then?: unknown } | null)?.then === "function";
}

/** Most elements of an array that are shown, those of its arrays included; and most characters of a string. */
const most = { elements: 20, characters: 200 };

/** The value as it would be written, cut short: `3`, `"a"`, `[1, [2]]`; the kind of an object or a function. */
export function shown(value: unknown): string {
  let left = most.elements;
  const written = (part: unknown): string => {
    if (typeof part === "string") {
      return JSON.stringify(part.length > most.characters ? `${part.slice(0, most.characters)}…` : part);
    }
    if (typeof part === "bigint") return `${part}n`;
    if (!Array.isArray(part)) {
      return (typeof part === "object" && part !== null) || typeof part === "function" ? kindOf(part) : String(part);
    }
    const elements: string[] = [];
    for (const element of part) {
      if (left-- <= 0) return `[${[...elements, "…"].join(", ")}]`;
      elements.push(written(element));
    }
    return `[${elements.join(", ")}]`;
  };
  return written(value);
}

/** The most axes that a tensor has, as in NumPy: functions that go through axes may recurse. */
export const maxAxes = 64;

/** A dtype and a shape: `float32 [2, 3]`. */
export function formatSpec({ dtype, shape }: { readonly dtype: string; readonly shape: readonly number[] }): string {
  return `${dtype} ${formatShape(shape)}`;
}

/** A shape as text: `[2, 3]`. */
export function formatShape(shape: readonly number[]): string {
  if (shape.length > maxAxes) return `[${shape.slice(0, 3).join(", ")}, …] of ${shape.length} axes`;
  return `[${shape.map((n) => shown(n)).join(", ")}]`;
}

/** Bytes for people: 512 B, 12.5 KiB, 3.1 MiB. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const units = ["KiB", "MiB", "GiB", "TiB"];
  let value = bytes / 1024;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value.toFixed(1)} ${units[unit]}`;
}
