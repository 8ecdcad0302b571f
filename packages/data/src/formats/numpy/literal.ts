/** Reads the header of an NPY file, a Python dictionary with three keys. Nothing is evaluated. */
import { type FormatSource, formatError } from "../format-error.ts";

/** What a header says, not yet judged. */
export interface NpyDictionary {
  /** The element type; null where it is a list of fields, a structured type. */
  readonly descr: string | null;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
}

const keys = ["descr", "fortran_order", "shape"];
/** Strings without a backslash, which no header has, integers (with the L of Python 2), names and punctuation. */
const token = /\s*('[^'\\]*'|"[^"\\]*"|\d+L?|[A-Za-z]+|[{}()[\]:,])/y;

/**
 * @param text   the header
 * @param start  the byte of the file where it begins
 * @throws DataError when it is anything but a dictionary of `descr`, `fortran_order` and `shape`
 */
export function readNpyDictionary(text: string, start: number, source: FormatSource): NpyDictionary {
  let at = 0;
  let found = "";
  const fail = (expected: string): never => {
    const received = found === "" ? "the end of the header" : found.slice(0, 40);
    throw formatError(source, `has ${received} in its header, not ${expected}`, start + at, expected, received);
  };
  const next = (): string => {
    token.lastIndex = at + found.length;
    const match = token.exec(text);
    if (match === null) {
      at += found.length;
      found = text.slice(at).trim().slice(0, 40);
      return found === "" ? "" : fail("what NumPy writes");
    }
    at = token.lastIndex - match[1].length;
    [, found] = match;
    return found;
  };
  const expect = (wanted: string): void => {
    if (next() !== wanted) fail(wanted);
  };
  const isString = (): boolean => found[0] === "'" || found[0] === '"';

  /** Skips a list of fields and what is in it: a structured type is refused by name later. */
  const skipList = (): void => {
    for (let depth = 1; depth > 0; ) {
      const one = next();
      if (one === "") fail("the end of the list of fields");
      depth += "[(".includes(one) ? 1 : "])".includes(one) ? -1 : 0;
    }
  };
  const readShape = (): number[] => {
    expect("(");
    const shape: number[] = [];
    while (next() !== ")") {
      if (!/^\d/.test(found)) fail("a length");
      const length = Number(found.replace("L", ""));
      if (!Number.isSafeInteger(length)) fail("a length below 2^53");
      shape.push(length);
      if (next() === ")") break;
      if (found !== ",") fail(", or )");
    }
    return shape;
  };

  const said: { descr?: string | null; fortran_order?: boolean; shape?: readonly number[] } = {};
  expect("{");
  while (next() !== "}") {
    const key = isString() ? found.slice(1, -1) : "";
    if (!keys.includes(key) || Object.hasOwn(said, key)) fail(`one of ${keys.join(", ")}, each once`);
    expect(":");
    if (key === "descr") {
      next();
      if (found === "[") skipList();
      else if (!isString()) fail("an element type");
      said.descr = isString() ? found.slice(1, -1) : null;
    } else if (key === "fortran_order") {
      next();
      if (found !== "True" && found !== "False") fail("True or False");
      said.fortran_order = found === "True";
    } else said.shape = readShape();
    if (next() === "}") break;
    if (found !== ",") fail(", or }");
  }
  if (next() !== "") fail("the end of the header");
  const { descr, fortran_order: fortranOrder, shape } = said;
  if (descr === undefined || fortranOrder === undefined || shape === undefined) {
    const missing = keys.filter((key) => !Object.hasOwn(said, key)).join(", ");
    throw formatError(source, `lacks ${missing} in its header`, start, keys.join(", "), `no ${missing}`);
  }
  return { descr, fortranOrder, shape };
}
