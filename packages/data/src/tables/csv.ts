/** From the text of a CSV file to a table. csv-parse takes the text apart; lines and delimiters are told here. */
import { checkOptions, DataError, SpecError } from "@adjoint/tensor";
import { CsvError, parse } from "csv-parse/browser/esm/sync";
import { dataName } from "../formats/bytes.ts";
import { checkedTable, missingStrings, numberOf, type Table } from "./table.ts";
import { textOf } from "./text.ts";

/** Options of {@link parseCsv}. */
export interface ParseCsvOptions {
  /** Whether the first row has the names of the columns. Default: whether none of its cells is a number. */
  readonly header?: boolean;
  /** The character between cells. Default: the one of `,` `;` tab and `|` that the first line has most of. */
  readonly delimiter?: string;
  /** Strings that stand for a missing value. Default: empty, NA, N/A, NaN, nan, null, NULL, None and ?. */
  readonly missingValues?: readonly string[];
  /** How errors name the text, for example the URL it came from. Default: "the data". */
  readonly name?: string;
}

/** The names of the options of {@link parseCsv}, without `name`. */
export const csvOptionNames: readonly string[] = ["header", "delimiter", "missingValues"];

const delimiters = [",", ";", "\t", "|"];

/** The delimiter that the first line has most of, outside quotes; a comma for a line without any. */
function delimiterIn(text: string): string {
  const counts = new Map(delimiters.map((delimiter) => [delimiter, 0]));
  let isQuoted = false;
  for (const character of text) {
    if (character === '"') isQuoted = !isQuoted;
    else if (isQuoted) continue;
    else if (character === "\n" || character === "\r") break;
    else if (counts.has(character)) counts.set(character, counts.get(character)! + 1);
  }
  return delimiters.reduce((best, delimiter) => (counts.get(delimiter)! > counts.get(best)! ? delimiter : best));
}

/** What is wrong with a text, by the code of csv-parse's error: what was expected, and what to do. */
type Refusal = readonly [problem: string, expected: string, hint?: string];
const twice = 'Inside quotes a quote is written twice: "".';
const refusals: Readonly<Record<string, Refusal>> = {
  CSV_QUOTE_NOT_CLOSED: ["a quote is not closed before the end", "a closing quote", twice],
  CSV_INVALID_CLOSING_QUOTE: ["characters follow a closing quote", "a delimiter", twice],
  INVALID_OPENING_QUOTE: [
    "a quote is in the middle of a cell",
    "quotes around whole cells",
    'Write "a ""b""" for a "b".',
  ],
};

/** The error for a text that csv-parse refuses. */
function csvError(op: string, name: string, cause: unknown, delimiter: string): DataError {
  const given = cause as Partial<CsvError> & { readonly lines?: number; readonly record?: readonly string[] };
  const { code = "", message = "", lines, record } = given;
  const where = lines === undefined ? name : `${name}, line ${Number(lines).toLocaleString("en-US")}`;
  const ofLength: Refusal = [
    `the row has ${record?.length ?? "other"} cells, and the rows before have another number`,
    "rows of one length",
    `The delimiter is ${JSON.stringify(delimiter)}; if it should be another, pass { delimiter }.`,
  ];
  const isLength = code === "CSV_RECORD_INCONSISTENT_FIELDS_LENGTH";
  const [problem, expected, hint] = isLength ? ofLength : (refusals[code] ?? [message, "CSV"]);
  return new DataError({ op, problem: `${where}: ${problem}`, argument: "source", expected, hint }, { cause });
}

function checkDelimiter(op: string, delimiter: unknown): void {
  if (delimiter === undefined || (typeof delimiter === "string" && /^[^"\r\n]$/.test(delimiter))) return;
  throw SpecError.of(op, "delimiter", delimiter, "one character, neither a quote nor the end of a line");
}

/**
 * Takes the text of a CSV file apart (RFC 4180): rows of cells, quoted or not.
 *
 * Cells are trimmed, and empty lines left out. What the columns mean is decided by `fitTable`; `decodeCsv` does both.
 *
 * @param source   the text, or its bytes in UTF-8
 * @param options  `header`; `delimiter`; `missingValues`; `name`
 * @returns        the table; columns without a name are called `column1`, `column2`, …
 * @throws DataError when quotes do not match, rows differ in length, columns share a name, or there is no row
 * @throws SpecError for a delimiter that is not one character
 */
export function parseCsv(source: string | Uint8Array, options: ParseCsvOptions = {}): Table {
  const op = "parseCsv";
  checkOptions(op, options, [...csvOptionNames, "name"]);
  const { missingValues = missingStrings } = options;
  const name = dataName(op, options.name);
  checkDelimiter(op, options.delimiter);
  if (!Array.isArray(missingValues) || missingValues.some((value) => typeof value !== "string")) {
    throw SpecError.of(op, "missingValues", missingValues, "a list of strings");
  }
  const text = textOf(op, source, name);
  const delimiter = options.delimiter ?? delimiterIn(text);
  const missing = new Set(missingValues);
  const lines: number[] = [];
  let all: string[][];
  try {
    all = parse(text, {
      delimiter,
      skip_empty_lines: true,
      trim: delimiter !== "\t",
      on_record: (record, { lines: line }) => {
        lines.push(line);
        return record;
      },
    }) as unknown as string[][];
  } catch (cause) {
    if (cause instanceof CsvError) throw csvError(op, name, cause, delimiter);
    throw cause;
  }
  const first = all[0] ?? [];
  const isHeader = options.header ?? !first.some((cell) => !Number.isNaN(numberOf(cell.trim(), true)));
  const nameOf = (cell: string, column: number): string => (isHeader && cell.trim()) || `column${column + 1}`;
  const names = first.map(nameOf);
  const rows = (isHeader ? all.slice(1) : all).map((cells) =>
    cells.map((cell) => {
      const trimmed = cell.trim();
      return missing.has(trimmed) ? null : trimmed;
    }),
  );
  return checkedTable(op, {
    source: name,
    names,
    unnamed: isHeader ? names.filter((_, column) => first[column].trim() === "") : [],
    rows,
    lines: isHeader ? lines.slice(1) : lines,
    parsesNumbers: true,
  });
}
