/** A value of a file as errors show it. */

/** Longest text of a value in an error. */
const longest = 60;

/**
 * The value as JSON, cut off where it is long. No more of it is read than is shown: a value of a file may be as large and
 * as deep as the file.
 */
export function shown(value: unknown): string {
  if (value === undefined) return "missing";
  let text = "";
  const isFull = (): boolean => text.length > longest;
  const write = (part: unknown): void => {
    if (part === null || typeof part !== "object") {
      text += typeof part === "string" ? JSON.stringify(part.slice(0, longest)) : String(JSON.stringify(part) ?? part);
      return;
    }
    const isList = Array.isArray(part);
    let isFirst = true;
    text += isList ? "[" : "{";
    for (const key in part) {
      if (isFull()) return;
      if (!Object.hasOwn(part, key)) continue;
      if (!isFirst) text += ",";
      isFirst = false;
      if (!isList) text += `${JSON.stringify(key.slice(0, longest))}:`;
      write((part as Record<string, unknown>)[key]);
    }
    text += isList ? "]" : "}";
  };
  write(value);
  return isFull() ? `${text.slice(0, longest - 3)}…` : text;
}
