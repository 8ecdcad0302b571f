/** Makes tensors of a table, by an encoding. */
import { allocate, checkKind, isPlain, Tensor } from "@adjoint/tensor";
import type { TableEncoding } from "./fit-table.ts";
import { cellError, checkTable, columnOf, quotedName, realOf, shownCell, type Table, takeTableRows } from "./table.ts";

/** Samples and targets of a table. */
export interface TableData {
  /** The samples, float32 [N, features]: a number column gives one feature, a category column one for each category. */
  readonly x: Tensor<"float32">;
  /** The targets: classes by number, int32 [N], or real numbers, float32 [N, 1]; null without a target. */
  readonly t: Tensor<"int32" | "float32"> | null;
  /** The names of the features: `age`, and `color=red` for a category. */
  readonly features: readonly string[];
  /** The names of the classes; null where the targets are numbers, or there are none. */
  readonly classes: readonly string[] | null;
  /** How the table became this: plain data, by which other tables become the same. */
  readonly encoding: TableEncoding;
}

/** The names of the features that an encoding makes. */
export function featureNames({ features }: TableEncoding): string[] {
  return features.flatMap((feature) =>
    feature.kind === "number" ? [feature.name] : feature.categories.map((category) => `${feature.name}=${category}`),
  );
}

/** The error for a category that the encoding does not have. */
function unknown(op: string, table: Table, row: number, column: number, known: readonly string[], what: string) {
  const shown = known.slice(0, 12).map(quotedName).join(", ");
  const problem = `${shownCell(table.rows[row][column])} is a ${what} that the encoding does not have`;
  const list = `${shown}${known.length > 12 ? ", …" : ""}`;
  return cellError(op, table, { row, column }, problem, list, `It has ${list}.`);
}

/** The targets; null where there are none. */
function targetsOf(op: string, table: Table, { target }: TableEncoding): TableData["t"] {
  if (target === null) return null;
  const column = table.names.indexOf(target.name);
  // A file of samples to predict has no targets.
  if (column < 0) return null;
  const { classes } = target;
  const numbers = classes && new Map(classes.map((name, i) => [name, i]));
  const count = table.rows.length;
  const t = allocate(numbers === null ? "float32" : "int32", count, op);
  for (let row = 0; row < count; row++) {
    const cell = table.rows[row][column];
    if (cell === null) throw cellError(op, table, { row, column }, "the target is missing", "a target");
    if (numbers !== null) {
      const label = numbers.get(String(cell));
      if (label === undefined) throw unknown(op, table, row, column, classes!, "class");
      t[row] = label;
      continue;
    }
    t[row] = realOf(op, table, { row, column }, 'Pass { task: "classes" } for classes.');
  }
  return new Tensor(t, numbers === null ? [count, 1] : [count]) as TableData["t"];
}

/**
 * Makes tensors of a table: samples and, where the table has the target's column, targets.
 *
 * @param table     from `parseCsv` or `parseJsonLines`; columns that the encoding does not name are left out
 * @param encoding  from `fitTable`, of this table or of another with the same columns
 * @returns         `x`, `t`, the names of features and classes, and the encoding
 * @throws DataError when a column is not there, a value is missing and nothing fills it, a number is none, or a category
 *                   or class is one that the encoding does not have
 */
export function encodeTable(table: Table, encoding: TableEncoding): TableData {
  const op = "encodeTable";
  checkTable(op, table);
  checkEncoding(op, encoding);
  const features = featureNames(encoding);
  const count = table.rows.length;
  const data = allocate("float32", count * features.length, op);
  let at = 0;
  for (const feature of encoding.features) {
    const column = columnOf(op, table, feature.name, "encoding");
    const missing = (row: number) =>
      cellError(op, table, { row, column }, "the value is missing", "a value", "Fill or leave out such rows first.");
    if (feature.kind === "number") {
      const { mean, scale, fill } = feature;
      for (let row = 0; row < count; row++) {
        const cell = table.rows[row][column];
        const value = cell === null ? fill : realOf(op, table, { row, column });
        if (value === null) throw missing(row);
        data[row * features.length + at] = (value - mean) / scale;
      }
      at++;
      continue;
    }
    const numbers = new Map(feature.categories.map((category, i) => [category, i]));
    for (let row = 0; row < count; row++) {
      const cell = table.rows[row][column];
      const category = cell === null ? feature.fill : String(cell);
      if (category === null) throw missing(row);
      const i = numbers.get(category);
      if (i === undefined) throw unknown(op, table, row, column, feature.categories, "category");
      data[row * features.length + at + i] = 1;
    }
    at += feature.categories.length;
  }
  const x = new Tensor<"float32">(data, [count, features.length]);
  return { x, t: targetsOf(op, table, encoding), features, classes: encoding.target?.classes ?? null, encoding };
}

const isString = (value: unknown): value is string => typeof value === "string";
const areStrings = (value: unknown): boolean => Array.isArray(value) && value.every(isString);

/** Whether a value, perhaps from a file of others, is a feature of an encoding. */
function isFeature(value: unknown): boolean {
  if (!isPlain(value) || !isString(value.name)) return false;
  const { kind, fill } = value;
  if (kind === "category") return areStrings(value.categories) && (fill === null || isString(fill));
  const { mean, scale } = value;
  return kind === "number" && Number.isFinite(mean) && Number(scale) > 0 && (fill === null || Number.isFinite(fill));
}

/** @throws SpecError for anything but an encoding, also for one that was saved and changed */
export function checkEncoding(op: string, encoding: unknown): asserts encoding is TableEncoding {
  const isEncoding = isPlain(encoding) && Array.isArray(encoding.features) && encoding.features.every(isFeature);
  const target = isEncoding ? encoding.target : undefined;
  const isTarget =
    target === null ||
    (isPlain(target) && isString(target.name) && (target.classes === null || areStrings(target.classes)));
  const hint = "Make one by fitTable(table), or keep that of readCsv.";
  checkKind(op, "encoding", encoding, isEncoding && isTarget, "an encoding", hint);
}

/**
 * The table without the rows that lack a value in one of the columns.
 *
 * @param table   from `parseCsv` or `parseJsonLines`
 * @param ignore  columns that may lack values. Default: none
 * @returns       a table with the other rows, in their order
 * @throws DataError when there is no column of a name
 */
export function dropMissing(table: Table, ignore: readonly string[] = []): Table {
  checkTable("dropMissing", table);
  checkKind("dropMissing", "ignore", ignore, Array.isArray(ignore), "a list of names of columns");
  for (const name of ignore) columnOf("dropMissing", table, name, "ignore");
  const isNeeded = table.names.map((name) => !ignore.includes(name));
  const whole = table.rows.flatMap((row, i) => (row.some((cell, k) => cell === null && isNeeded[k]) ? [] : [i]));
  return takeTableRows(table, whole);
}
