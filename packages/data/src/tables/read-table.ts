/** From CSV and JSON lines to tensors in one call, from text, bytes or files. */
import { calledAs, checkOptions, SpecError } from "@adjoint/tensor";
import { readWhole } from "../files/read-whole.ts";
import { csvOptionNames, type ParseCsvOptions, parseCsv } from "./csv.ts";
import { dropMissing, encodeTable, type TableData } from "./encode-table.ts";
import { type FitTableOptions, fitOptionNames, fitTable, type TableEncoding } from "./fit-table.ts";
import { parseJsonLines } from "./json-lines.ts";
import { checkedTable, type Table } from "./table.ts";

/** How the columns of a file are read: found out, or as an `encoding` of another file says. */
export interface TableOptions extends FitTableOptions {
  /** The encoding of another table, by which this one becomes numbers; the options about columns go with its file. */
  readonly encoding?: TableEncoding;
}

/** Options of {@link decodeCsv}. */
export interface CsvOptions extends ParseCsvOptions, TableOptions {}

/** Options of {@link decodeJsonLines}. */
export interface JsonLinesOptions extends TableOptions {
  /** How errors name the text, for example the URL it came from. Default: "the data". */
  readonly name?: string;
}

/** Those of some options that have one of the names. */
const picked = (options: object, names: readonly string[]): object =>
  Object.fromEntries(Object.entries(options).filter(([name]) => names.includes(name)));

function tableData(op: string, table: Table, options: TableOptions): TableData {
  const { encoding, missing = "refuse", ignore = [] } = options;
  if (encoding !== undefined) {
    const given = fitOptionNames.find((name) => options[name as keyof FitTableOptions] !== undefined);
    if (given === undefined) return encodeTable(table, encoding);
    throw SpecError.of(op, given, "given", "either an encoding or options about columns", {
      problem: `there is an encoding, and ${given} beside it`,
    });
  }
  const kept = missing === "drop" ? checkedTable(op, dropMissing(table, ignore)) : table;
  return encodeTable(kept, fitTable(kept, picked(options, fitOptionNames)));
}

/** The table of a CSV file as tensors, called as `op`. */
const ofCsv = (op: string, source: string | Uint8Array, options: CsvOptions): TableData =>
  calledAs(op, () => tableData(op, parseCsv(source, picked(options, [...csvOptionNames, "name"])), options));

/** The table of JSON lines as tensors, called as `op`. */
const ofJsonLines = (op: string, source: string | Uint8Array, options: JsonLinesOptions): TableData =>
  calledAs(op, () => tableData(op, parseJsonLines(source, picked(options, ["name"])), options));

const csvNames = [...csvOptionNames, ...fitOptionNames, "encoding"];
const jsonNames = [...fitOptionNames, "encoding"];

/**
 * Reads the text of a CSV file as samples and targets.
 *
 * `parseCsv` takes the text apart, `fitTable` decides what the columns mean, `encodeTable` makes tensors of them.
 *
 * @param source   the text, or its bytes in UTF-8
 * @param options  those of `parseCsv`: `header`, `delimiter`, `missingValues`, `name`; those of `fitTable`: `target`,
 *                 `task`, `ignore`, `types`, `missing`, `standardize`; or the `encoding` of another file in place of these
 * @returns        `x` [N, features], `t`, `features`, `classes` and the `encoding`
 * @throws DataError when the text is not CSV, or its columns are not what they should be, naming line and column
 * @throws SpecError when an option is none, or of another kind
 * From a file: `readCsv`.
 */
export function decodeCsv(source: string | Uint8Array, options: CsvOptions = {}): TableData {
  checkOptions("decodeCsv", options, [...csvNames, "name"]);
  return ofCsv("decodeCsv", source, options);
}

/**
 * Reads JSON lines, an object on each line, as samples and targets.
 *
 * @param source   the text, or its bytes in UTF-8
 * @param options  those of `fitTable`: `target`, `task`, `ignore`, `types`, `missing`, `standardize`; or the `encoding`
 *                 of another file in place of these; `name`
 * @returns        as `decodeCsv`
 * @throws DataError when a line is not JSON, or columns are not what they should be, naming line and column
 * @throws SpecError when an option is none, or of another kind
 * From a file: `readJsonLines`.
 */
export function decodeJsonLines(source: string | Uint8Array, options: JsonLinesOptions = {}): TableData {
  checkOptions("decodeJsonLines", options, [...jsonNames, "name"]);
  return ofJsonLines("decodeJsonLines", source, options);
}

/**
 * Reads a CSV file as samples and targets: `readCsv("iris.csv", { target: "species" })`.
 *
 * @param path     path or URL of the file
 * @param options  as for `decodeCsv`, without `name`
 * @returns        `x` [N, features], `t`, `features`, `classes` and the `encoding`
 * @throws DataError when there is no such file, it is not CSV, or its columns are not what they should be, naming file,
 *                   line and column
 * @throws SpecError when an option is none, or of another kind
 * Without files, at once: `decodeCsv`.
 */
export async function readCsv(path: string | URL, options: Omit<CsvOptions, "name"> = {}): Promise<TableData> {
  const op = "readCsv";
  checkOptions(op, options, csvNames);
  return ofCsv(op, await readWhole(op, path), { ...options, name: String(path) });
}

/**
 * Reads a file of JSON lines as samples and targets.
 *
 * @param path     path or URL of the file
 * @param options  as for `decodeJsonLines`, without `name`
 * @returns        as `readCsv`
 * @throws DataError when there is no such file, a line is not JSON, or columns are not what they should be, naming file,
 *                   line and column
 * @throws SpecError when an option is none, or of another kind
 * Without files, at once: `decodeJsonLines`.
 */
export async function readJsonLines(
  path: string | URL,
  options: Omit<JsonLinesOptions, "name"> = {},
): Promise<TableData> {
  const op = "readJsonLines";
  checkOptions(op, options, jsonNames);
  return ofJsonLines(op, await readWhole(op, path), { ...options, name: String(path) });
}
