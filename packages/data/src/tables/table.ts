/** A table as it was read: cells by row and column, and the line of each row, for errors. */
import { checkKind, checkOneOf, DataError, isPlain } from "@adjoint/tensor";

/** A cell: a string, a number, or null where there is no value. */
export type Cell = string | number | null;

/** Rows of cells under the names of their columns. Made by `parseCsv` and `parseJsonLines`. */
export interface Table {
  /** How errors name the file. */
  readonly source: string;
  /** The names of the columns, no two the same. */
  readonly names: readonly string[];
  /** Those of them to which the file gives no name. */
  readonly unnamed: readonly string[];
  /** The cells of each row, as many as there are names. */
  readonly rows: readonly (readonly Cell[])[];
  /** The line of the file on which each row ends, from 1 on. */
  readonly lines: readonly number[];
  /** Whether strings that are written like numbers are numbers: in CSV, where everything is text. */
  readonly parsesNumbers: boolean;
}

export interface CellPlace {
  readonly row: number;
  readonly column: number;
}

/** The name of a column as errors show it. */
export const quotedName = (name: string): string =>
  JSON.stringify(name.length <= 64 ? name : `${name.slice(0, 40)}…${name.slice(-16)}`);

export const shownCell = (cell: Cell): string => (typeof cell === "string" ? quotedName(cell) : String(cell));

/** `FILE, line 12, column "age"`. */
export function placeOf(table: Table, { row, column }: CellPlace): string {
  return `${table.source}, line ${table.lines[row].toLocaleString("en-US")}, column ${quotedName(table.names[column])}`;
}

/** The error for a cell that is not what its column needs. */
export function cellError(
  op: string,
  table: Table,
  place: CellPlace,
  problem: string,
  expected: string,
  hint?: string,
): DataError {
  const received = shownCell(table.rows[place.row][place.column]);
  return new DataError({ op, problem: `${placeOf(table, place)}: ${problem}`, expected, received, hint });
}

/** The number of a cell; NaN for a cell that is none. */
export function numberOf(cell: Cell, parses: boolean): number {
  if (typeof cell === "number") return cell;
  if (cell === null || !parses || !/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(cell)) return Number.NaN;
  return Number(cell);
}

/**
 * The number of a cell that is none of the missing ones.
 * @throws DataError when it is no number, or one that float32 cannot hold
 */
export function realOf(op: string, table: Table, place: CellPlace, hint?: string): number {
  const cell = table.rows[place.row][place.column];
  const value = numberOf(cell, table.parsesNumbers);
  if (Number.isFinite(Math.fround(value))) return value;
  const problem = `${shownCell(cell)} is not a number${Number.isNaN(value) ? "" : " that float32 can hold"}`;
  throw cellError(op, table, place, problem, "a number", hint);
}

/** The place of a column by its name. @throws DataError when there is none, with the names that there are */
export function columnOf(op: string, table: Table, name: string, argument: string): number {
  const column = table.names.indexOf(name);
  if (column >= 0) return column;
  const names = table.names.slice(0, 20).map(quotedName).join(", ");
  const rest = table.names.length > 20 ? `, … ${table.names.length - 20} more` : "";
  throw DataError.of(op, argument, quotedName(name), "the name of a column", {
    problem: `${table.source} has no column ${quotedName(name)}`,
    hint: `Its columns are ${names}${rest}.`,
  });
}

/** A table with only some of the rows, in a given order. */
export function takeTableRows(table: Table, rows: ArrayLike<number>): Table {
  const chosen = Array.from(rows);
  return { ...table, rows: chosen.map((row) => table.rows[row]), lines: chosen.map((row) => table.lines[row]) };
}

/** @throws SpecError for anything but a table */
export function checkTable(op: string, table: unknown): asserts table is Table {
  const isTable = isPlain(table) && Array.isArray(table.names) && Array.isArray(table.rows);
  checkKind(op, "table", table, isTable, "a table", "Make one by parseCsv(text) or parseJsonLines(text).");
}

/** @throws DataError for a table without rows or with two columns of one name */
export function checkedTable(op: string, table: Table): Table {
  const seen = new Map<string, number>();
  table.names.forEach((name, column) => {
    const first = seen.get(name);
    if (first !== undefined) {
      throw DataError.of(op, "source", quotedName(name), "names that differ", {
        problem: `${table.source} has two columns ${quotedName(name)}, the ${ordinal(first)} and the ${ordinal(column)}`,
        hint: "Rename one of them.",
      });
    }
    seen.set(name, column);
  });
  if (table.rows.length > 0 && table.names.length > 0) return table;
  throw DataError.of(op, "source", "no rows", "a row or more", { problem: `${table.source} has no rows of data` });
}

const ordinal = (index: number): string => {
  const n = index + 1;
  const ending = n % 100 >= 11 && n % 100 <= 13 ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th");
  return `${n}${ending}`;
};

/** Strings that stand for a value that is not there, in CSV. */
export const missingStrings: readonly string[] = ["", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "?"];

/** @throws SpecError for a kind of column that there is not */
export function checkColumnKind(op: string, kind: unknown): void {
  checkOneOf(op, "types", kind, ["number", "category"]);
}
