/**
 * Tables for people: columns of text, numbers to the right.
 */
import { printable } from "@adjoint/tensor";
import Table from "cli-table3";

/** One column: its title, and on which side its cells stand. */
export interface Column {
  readonly title: string;
  /** Default "left". */
  readonly align?: "left" | "right";
}

/** The rows as a table with lines around the cells; no colours of its own. */
export function renderTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const table = new Table({
    head: columns.map((column) => column.title),
    colAligns: columns.map((column) => column.align ?? "left"),
    // Without these, heads are red and borders grey, also where nobody asked for colours.
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) table.push(row.map(printable));
  return table.toString();
}
