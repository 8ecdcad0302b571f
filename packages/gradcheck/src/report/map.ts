/** Draws a small map of the entries and their verdicts. */
import { formatShape, type Shape, unravel } from "@adjoint/tensor";
import type { Verdict } from "../numerical/judge.ts";

const widest = 48;
const tallest = 12;

/** How each verdict is drawn, the worst first: a cell for several entries shows the worst of them. */
const marks: readonly (readonly [Verdict | "outside", string])[] = [
  ["wrong", "✗"],
  ["outside", "✗"],
  ["undefined", "!"],
  ["kink", "k"],
  ["unsure", "?"],
  ["ok", "·"],
];

/**
 * One line for each row of the last two axes; leading axes one under the other, after a line that says which. Large
 * maps are shrunk, so that a mark covers a block of entries. Entries that were not compared are blank.
 *
 * @param verdicts by position in the flat input; `outside`: a value outside the slopes of a kink
 */
export function errorMap(shape: Shape, verdicts: ReadonlyMap<number, Verdict | "outside">): string[] {
  if (![...verdicts.values()].some((v) => v !== "ok")) return [];
  const width = shape.at(-1) ?? 1;
  const height = shape.at(-2) ?? 1;
  const plane = width * height;
  const planes = new Map<number, (Verdict | "outside")[][]>();
  const [across, down] = [Math.ceil(width / widest), Math.ceil(height / tallest)];
  for (const [position, verdict] of verdicts) {
    const key = Math.floor(position / plane);
    const cells = planes.get(key) ?? [];
    planes.set(key, cells);
    const row = Math.floor((position % plane) / width / down);
    const column = Math.floor((position % width) / across);
    (cells[row * Math.ceil(width / across) + column] ??= []).push(verdict);
  }
  const lines: string[] = [];
  const columns = Math.ceil(width / across);
  const troubled = [...planes].filter(([, cells]) => cells.some((cell) => cell?.some((v) => v !== "ok")));
  for (const [key, cells] of troubled.slice(0, 4)) {
    if (shape.length > 2) lines.push(`${formatShape(unravel(key, shape.slice(0, -2)))}:`);
    for (let row = 0; row < Math.ceil(height / down); row++) {
      const marksOfRow = Array.from({ length: columns }, (_, i) => markOf(cells[row * columns + i]));
      lines.push(marksOfRow.join(columns <= 24 ? " " : "").trimEnd());
    }
  }
  if (troubled.length > 4) lines.push(`… and ${troubled.length - 4} more`);
  if (across * down > 1) lines.push(`(each mark covers ${down} × ${across} entries)`);
  return lines;
}

function markOf(cell: readonly (Verdict | "outside")[] | undefined): string {
  return marks.find(([verdict]) => cell?.includes(verdict))?.[1] ?? " ";
}
