/** Tables for people: columns of text, numbers to the right. */
import { checkKind, printable } from "@adjoint/tensor";
import widthOf from "fast-string-width";

/** One column: its title and the side of its cells. */
export interface Column {
  readonly title: string;
  /** Default "left". */
  readonly align?: "left" | "right";
}

/** A column of numbers. */
export const right = (title: string): Column => ({ title, align: "right" });

/**
 * The rows as a table with lines around the cells, without colours. Wide characters take two columns of the terminal.
 *
 * @param titles  the columns; a title alone is a column whose cells go to the left
 */
export function renderTable(titles: readonly (Column | string)[], rows: readonly (readonly string[])[]): string {
  const columns = Array.isArray(titles)
    ? titles.map((of) => (typeof of === "string" ? { title: of } : (of as Column)))
    : [];
  const isTable = Array.isArray(titles) && columns.every((column) => typeof column?.title === "string");
  checkKind("renderTable", "columns", titles, isTable, "an array of columns with titles");
  checkKind("renderTable", "rows", rows, Array.isArray(rows) && rows.every(Array.isArray), "an array of rows of cells");
  const [head, ...body] = [columns.map(({ title }) => title), ...rows].map((cells) =>
    columns.map((_, i) => printable(String(cells[i] ?? "")).split("\n")),
  );
  const widths = columns.map((_, i) =>
    [head, ...body].reduce((most, row) => row[i].reduce((width, line) => Math.max(width, widthOf(line)), most), 0),
  );
  const rule = (left: string, middle: string, right: string): string =>
    left + widths.map((width) => "─".repeat(width + 2)).join(middle) + right;
  const line = (row: readonly string[][], at: number): string => {
    const cells = row.map((lines, i) => {
      const text = lines[at] ?? "";
      const gap = " ".repeat(widths[i] - widthOf(text));
      return columns[i].align === "right" ? gap + text : text + gap;
    });
    return `│ ${cells.join(" │ ")} │`;
  };
  const drawn = (row: readonly string[][]): string[] =>
    row
      .reduce<readonly string[]>((longest, lines) => (lines.length > longest.length ? lines : longest), [])
      .map((_, at) => line(row, at));
  return [
    rule("┌", "┬", "┐"),
    ...drawn(head),
    ...(body.length > 0 ? [rule("├", "┼", "┤")] : []),
    ...body.flatMap(drawn),
    rule("└", "┴", "┘"),
  ].join("\n");
}
