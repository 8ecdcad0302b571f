/** From a table to the text of a CSV file. */
import { calledAs, checkKind, SpecError, shown } from "@adjoint/tensor";
import { writeWhole } from "../files/write-whole.ts";
import type { Cell, Table } from "./table.ts";

/** A cell as text: in quotes where it has a comma, a quote or an end of line, and where a reader would take spaces away. */
function textOf(cell: Cell): string {
  if (cell === null) return "";
  const text = String(cell);
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * The text of a table as CSV: the names of the columns, then a line for each row; null is an empty cell.
 *
 * @throws SpecError for rows that are longer or shorter than the names, and for cells that are neither strings nor finite numbers
 */
export function encodeCsv(table: Pick<Table, "names" | "rows">): string {
  const isTable = Array.isArray(table?.names) && Array.isArray(table.rows);
  checkKind("encodeCsv", "table", table, isTable, "{ names, rows }");
  const { names, rows } = table;
  rows.forEach((row, i) => {
    if (row.length !== names.length) {
      const found = `${row.length} cell${row.length === 1 ? "" : "s"}`;
      const problem = `row ${i} has ${found}`;
      throw SpecError.of("encodeCsv", "table", found, `${names.length}, one for each column`, { problem });
    }
    const odd = row.findIndex((cell) => !(cell === null || typeof cell === "string" || Number.isFinite(cell)));
    if (odd < 0) return;
    throw SpecError.of("encodeCsv", "table", row[odd], "a string, a finite number, or null", {
      problem: `row ${i} has ${shown(row[odd])} in column ${shown(names[odd])}`,
      hint: "Write null for a missing value.",
    });
  });
  // A line of one empty cell would be an empty line, which readers skip.
  const line = (row: readonly Cell[]): string =>
    row.length === 1 && row[0] === null ? '""' : row.map(textOf).join(",");
  return [names, ...rows].map((row) => `${line(row)}\n`).join("");
}

/**
 * Writes a table as CSV, as pandas reads it. The file is there whole, or as it was before.
 *
 * @param path   where the file is written
 * @param table  names of columns, and rows of strings, numbers and null
 * @throws as {@link encodeCsv}; DataError when the file cannot be written
 */
export async function writeCsv(path: string | URL, table: Pick<Table, "names" | "rows">): Promise<void> {
  const text = calledAs("writeCsv", () => encodeCsv(table));
  await writeWhole("writeCsv", path, text);
}
