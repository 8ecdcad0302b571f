/** Decides what the columns of a table mean. The decision is plain data, by which other files are read alike. */
import { checkInteger, checkKind, checkOneOf, checkOptions, DataError, isPlain, SpecError } from "@adjoint/tensor";
import {
  type Cell,
  cellError,
  checkColumnKind,
  checkTable,
  columnOf,
  numberOf,
  quotedName,
  realOf,
  shownCell,
  type Table,
} from "./table.ts";

/** A column that becomes one number of each sample: (value − mean) / scale. */
export interface NumberFeature {
  readonly kind: "number";
  readonly name: string;
  /** 0 and 1 without `standardize`. */
  readonly mean: number;
  readonly scale: number;
  /** What stands for a missing value; null: it is refused. */
  readonly fill: number | null;
}

/** A column that becomes one number of each sample for every category: 1 for its own, 0 for the others. */
export interface CategoryFeature {
  readonly kind: "category";
  readonly name: string;
  /** In order. */
  readonly categories: readonly string[];
  readonly fill: string | null;
}

/** How a table becomes tensors. Plain data, to be saved as JSON beside a model. */
export interface TableEncoding {
  /** The columns of the samples, in order. */
  readonly features: readonly (NumberFeature | CategoryFeature)[];
  /** The column of the targets: classes by name, or real numbers (`classes: null`); null without a target. */
  readonly target: { readonly name: string; readonly classes: readonly string[] | null } | null;
}

/** Options of {@link fitTable}. */
export interface FitTableOptions {
  /** The column of the targets. Default: none, and every column is a feature. */
  readonly target?: string;
  /** Whether the target is classes or real numbers. Default: numbers where it is numbers, else classes. */
  readonly task?: "classes" | "numbers";
  /** Columns to leave out. */
  readonly ignore?: readonly string[];
  /** What columns are, where that should not be found out. */
  readonly types?: Readonly<Record<string, "number" | "category">>;
  /**
   * What to do about missing values of features: refuse them (the default), fill them with the column's mean or its
   * commonest category, or drop their rows. A missing target is refused, too, or its row dropped.
   */
  readonly missing?: "refuse" | "fill" | "drop";
  /** Whether numbers are scaled to mean 0 and standard deviation 1. Default false. */
  readonly standardize?: boolean;
  /** The rows whose mean, deviation and commonest category count, by their numbers from 0. Default: all. */
  readonly statisticsOf?: readonly number[];
}

export const fitOptionNames: readonly string[] = [
  "target",
  "task",
  "ignore",
  "types",
  "missing",
  "standardize",
  "statisticsOf",
];

/** More categories than this, when few rows share one, are names or numbers of rows, not a feature. */
const mostCategories = 50;

/** The order of strings by code units; numbers among them by value. */
function inOrder(a: string, b: string): number {
  const [x, y] = [Number(a), Number(b)];
  if (!Number.isNaN(x) && !Number.isNaN(y) && x !== y) return x - y;
  return a < b ? -1 : a > b ? 1 : 0;
}

interface ColumnCells {
  readonly index: number;
  readonly name: string;
  readonly cells: readonly Cell[];
}

/** Whether a column has numbers; a few other cells among many numbers are a mistake, and said to be one. */
function isNumeric(op: string, table: Table, { index, name, cells }: ColumnCells): boolean {
  let numbers = 0;
  let other = -1;
  let values = 0;
  cells.forEach((cell, row) => {
    if (cell === null) return;
    values++;
    if (!Number.isNaN(numberOf(cell, table.parsesNumbers))) numbers++;
    else if (other < 0) other = row;
  });
  if (values === 0) {
    throw DataError.of(op, "source", "no values", "a value in every column", {
      problem: `${table.source}: column ${quotedName(name)} has no values`,
      hint: `Leave it out: ignore it by { ignore: [${quotedName(name)}] }.`,
    });
  }
  if (other < 0) return true;
  if (numbers < 0.5 * values) return false;
  const share = `${numbers.toLocaleString("en-US")} of the column's ${values.toLocaleString("en-US")} values are`;
  const problem = `${shownCell(cells[other])} is not a number, and ${share}`;
  const asCategory = `say { types: { ${quotedName(name)}: "category" } }`;
  const hint = `Correct it, add it to { missingValues } if it means that there is none, or ${asCategory}.`;
  throw cellError(op, table, { row: other, column: index }, problem, "a number", hint);
}

/** The different values of a column as strings, in order. */
function categoriesOf(cells: readonly Cell[]): string[] {
  return [...new Set(cells.filter((cell) => cell !== null).map(String))].sort(inOrder);
}

/** The first row whose cell is missing; throws for it unless missing values are filled or dropped. */
function refuseMissing(op: string, table: Table, column: ColumnCells, fixes: string): void {
  const row = column.cells.indexOf(null);
  if (row < 0) return;
  const count = column.cells.filter((cell) => cell === null).length;
  const others = count === 1 ? "" : `, one of ${count.toLocaleString("en-US")} in this column`;
  throw cellError(op, table, { row, column: column.index }, `the value is missing${others}`, "a value", fixes);
}

function numberFeature(
  op: string,
  table: Table,
  column: ColumnCells,
  rows: readonly number[],
  { missing, standardize: standardizes = false }: FitTableOptions,
): NumberFeature {
  const values = rows.flatMap((row) =>
    column.cells[row] === null ? [] : [realOf(op, table, { row, column: column.index })],
  );
  // Rows without any value leave 0.
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);
  // Two passes: the sum of squares of large numbers close to each other would cancel.
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(values.length, 1);
  const deviation = Math.sqrt(variance);
  return {
    kind: "number",
    name: column.name,
    mean: standardizes ? mean : 0,
    scale: standardizes && deviation > 0 ? deviation : 1,
    fill: missing === "fill" ? mean : null,
  };
}

function categoryFeature(
  op: string,
  table: Table,
  { name, cells }: ColumnCells,
  rows: readonly number[],
  { missing }: FitTableOptions,
): CategoryFeature {
  const categories = categoriesOf(cells);
  if (categories.length > mostCategories && categories.length > cells.length / 2) {
    const count = categories.length.toLocaleString("en-US");
    throw DataError.of(op, "source", `${count} categories`, "categories that rows share", {
      problem: `${table.source}: column ${quotedName(name)} has ${count} different strings in ${cells.length.toLocaleString("en-US")} rows`,
      hint: `Leave it out: ignore it by { ignore: [${quotedName(name)}] }.`,
    });
  }
  const counts = new Map(categories.map((category) => [category, 0]));
  for (const row of rows) {
    const category = cells[row];
    if (category !== null) counts.set(String(category), counts.get(String(category))! + 1);
  }
  const commonest = categories.reduce((best, category) =>
    counts.get(category)! > counts.get(best)! ? category : best,
  );
  return { kind: "category", name, categories, fill: missing === "fill" ? commonest : null };
}

/** @throws SpecError for options that are not what they should be, DataError for columns that the table has not */
function checkFitOptions(op: string, table: Table, options: FitTableOptions): void {
  const { target, task, ignore = [], types = {}, missing = "refuse", standardize = false } = options;
  if (target !== undefined) {
    checkKind(op, "target", target, typeof target === "string", "the name of a column");
    columnOf(op, table, target, "target");
  } else if (task !== undefined) {
    throw SpecError.of(op, "task", task, "a target, too", { problem: "there is a task without a target" });
  }
  if (task !== undefined) checkOneOf(op, "task", task, ["classes", "numbers"]);
  checkKind(op, "ignore", ignore, Array.isArray(ignore), "a list of names of columns");
  for (const name of ignore) columnOf(op, table, name, "ignore");
  checkKind(op, "types", types, isPlain(types), 'an object such as { age: "number" }');
  for (const [name, kind] of Object.entries(types)) {
    columnOf(op, table, name, "types");
    checkColumnKind(op, kind);
  }
  checkOneOf(op, "missing", missing, ["refuse", "fill", "drop"]);
  checkOneOf(op, "standardize", standardize, [true, false]);
  const { statisticsOf = [] } = options;
  checkKind(op, "statisticsOf", statisticsOf, Array.isArray(statisticsOf), "a list of rows");
  for (const row of statisticsOf) checkInteger(op, "statisticsOf", row, 0, table.rows.length - 1);
}

/**
 * Decides what the columns of a table mean.
 *
 * A column is numbers where all of its values are, and categories otherwise; some other strings among numbers are an
 * error. Categories and classes are in order, numbers among them by value. Mean and standard deviation
 * √(Σ (x − mean)² / N) are those of the rows of `statisticsOf`: the rows to learn from, where others are for a test.
 *
 * @param table    from `parseCsv` or `parseJsonLines`
 * @param options  `target`; `task`; `ignore`; `types`; `missing` ("refuse"); `standardize` (false);
 *                 `statisticsOf`. With `missing: "drop"` pass the table that `dropMissing` gives
 * @returns        the encoding, plain data
 * @throws DataError when a value is missing or not of its column's type, when a column has no values, or a different
 *                   string on most rows, when there is no column of a name
 * @throws SpecError when an option is none, or of another kind
 */
export function fitTable(table: Table, options: FitTableOptions = {}): TableEncoding {
  const op = "fitTable";
  checkOptions(op, options, fitOptionNames);
  checkTable(op, table);
  checkFitOptions(op, table, options);
  const { target, task, ignore = [], types = {}, missing = "refuse" } = options;
  const { statisticsOf = table.rows.map((_, row) => row) } = options;
  const kindOf = new Map(Object.entries(types));
  const columnAt = (index: number): ColumnCells => {
    return { index, name: table.names[index], cells: table.rows.map((row) => row[index]) };
  };
  const isNumber = (column: ColumnCells): boolean => {
    const kind = kindOf.get(column.name);
    return kind === undefined ? isNumeric(op, table, column) : kind === "number";
  };
  const columns = table.names.map((_, index) => index).filter((index) => !ignore.includes(table.names[index]));
  const features = columns
    .filter((index) => table.names[index] !== target)
    .map((index) => {
      const column = columnAt(index);
      if (table.unnamed.includes(column.name) && !kindOf.has(column.name)) {
        throw DataError.of(op, "source", "no name", "a name for every column", {
          problem: `${table.source}: column ${index + 1} has no name, as where pandas writes the numbers of rows`,
          hint: `Leave it out by { ignore: ["${column.name}"] }, or keep it by { types: { ${column.name}: "number" } }.`,
        });
      }
      const numeric = isNumber(column);
      const fixes = 'Pass { missing: "fill" } for the mean or the commonest, or "drop" to leave out such rows.';
      if (missing === "refuse") refuseMissing(op, table, column, fixes);
      return (numeric ? numberFeature : categoryFeature)(op, table, column, statisticsOf, options);
    });
  if (features.length === 0) {
    throw DataError.of(op, "source", "none", "a column beside the target", {
      problem: `${table.source} has no columns left for samples`,
    });
  }
  if (target === undefined) return { features, target: null };
  const column = columnAt(columnOf(op, table, target, "target"));
  refuseMissing(op, table, column, 'Pass { missing: "drop" } to leave out such rows.');
  const isClasses = (task ?? (isNumber(column) ? "numbers" : "classes")) === "classes";
  return { features, target: { name: target, classes: isClasses ? categoriesOf(column.cells) : null } };
}
