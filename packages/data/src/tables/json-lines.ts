/** From JSON lines, an object on each line, to a table. */
import { beyondBounds, checkOptions, DataError, type JsonBounds, kindOf } from "@adjoint/tensor";
import { dataName } from "../formats/bytes.ts";
import { type Cell, checkedTable, quotedName, type Table } from "./table.ts";
import { textOf } from "./text.ts";

/** Options of {@link parseJsonLines}. */
export interface ParseJsonLinesOptions {
  /** How errors name the text, for example the URL it came from. Default: "the data". */
  readonly name?: string;
}

/** A line has one object of plain values. */
const bounds: JsonBounds = { depth: 8, values: 2 ** 20 };

/** A value as a cell: truth is 1 or 0. */
function cellOf(op: string, where: string, name: string, value: unknown): Cell {
  if (value === null || typeof value === "string" || typeof value === "number") return value;
  if (typeof value === "boolean") return Number(value);
  throw DataError.of(op, "source", kindOf(value), "a string, a number, true, false or null", {
    problem: `${where}: ${quotedName(name)} is ${kindOf(value)}`,
    hint: "Give each number a name of its own, or save arrays as NPY.",
  });
}

/** The object on a line. @throws DataError when there is none */
function objectOf(op: string, line: string, where: string): object {
  const fail = (problem: string, received: string, cause?: unknown): never => {
    throw DataError.of(op, "source", received, 'an object such as { "a": 1 }', {
      problem: `${where}: ${problem}`,
      cause,
    });
  };
  const beyond = beyondBounds(line, bounds);
  if (beyond !== null) fail(`it has more ${beyond.bound} than are read`, "an object of many values");
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    return fail(`it is not JSON: ${(cause as Error).message}`, "other text", cause);
  }
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value
    : fail(`it is ${kindOf(value)}`, kindOf(value));
}

/**
 * Takes JSON lines apart: an object on each line, of strings, numbers, true, false and null.
 *
 * A name that a line lacks is a missing value there. Strings stay strings, also where they look like numbers.
 *
 * @param source   the text, or its bytes in UTF-8
 * @param options  `name`
 * @returns        the table; its columns are in the order in which their names come first
 * @throws DataError when a line is not JSON or no object, when a value is an array or an object, or there is no line
 */
export function parseJsonLines(source: string | Uint8Array, options: ParseJsonLinesOptions = {}): Table {
  const op = "parseJsonLines";
  checkOptions(op, options, ["name"]);
  const name = dataName(op, options.name);
  const text = textOf(op, source, name);
  const columns = new Map<string, number>();
  const rows: Cell[][] = [];
  const lines: number[] = [];
  text.split("\n").forEach((line, index) => {
    if (line.trim() === "") return;
    const where = `${name}, line ${(index + 1).toLocaleString("en-US")}`;
    const row: Cell[] = [];
    for (const [key, value] of Object.entries(objectOf(op, line, where))) {
      let column = columns.get(key);
      if (column === undefined) columns.set(key, (column = columns.size));
      row[column] = cellOf(op, where, key, value);
    }
    rows.push(row);
    lines.push(index + 1);
  });
  const names = [...columns.keys()];
  // Names that each line has for itself make a table that grows with their square.
  if (rows.length * names.length > 16 * text.length + 1024) {
    throw DataError.of(op, "source", `${names.length} names`, "lines with the same names", {
      problem: `${name} has ${names.length.toLocaleString("en-US")} different names, most of them on few lines`,
    });
  }
  const whole = rows.map((row) => names.map((_, column) => row[column] ?? null));
  return checkedTable(op, { source: name, names, unnamed: [], rows: whole, lines, parsesNumbers: false });
}
