/** The inside of a cell: a forward box, and below it the boxes of its backward rules, flowing from right to left. */
import type { GraphData } from "@adjoint/autograd";
import type { Box, Cell, Link } from "../fold.ts";
import { sizeOf } from "../labels.ts";
import type { Rectangle } from "./geometry.ts";

/** A cell with its boxes in place, counted from its own corner. */
export interface CellLayout {
  readonly width: number;
  readonly height: number;
  readonly boxes: ReadonlyMap<string, Rectangle>;
}

/** The room below a forward box whose rules have no boxes of their own: the gradient passes there. */
export const roomBelow = 18;

const below = 22;
const rowGap = 10;
const columnGap = 20;

/** Places the boxes of a cell. */
export function layoutCell(graph: GraphData, cell: Cell, linksTo: ReadonlyMap<string, readonly Link[]>): CellLayout {
  const forward = sizeOf(graph, cell.forward);
  const places = placesOf(cell, linksTo);
  const sizes = new Map(cell.backward.map((box) => [box.key, sizeOf(graph, box)]));
  const widths: number[] = [];
  let rows = 0;
  for (const [key, { column, row }] of places) {
    widths[column] = Math.max(widths[column] ?? 0, sizes.get(key)?.width ?? 0);
    rows = Math.max(rows, row + 1);
  }
  const lower = widths.reduce((sum, width) => sum + width + columnGap, -columnGap);
  const width = Math.max(forward.width, lower);
  const boxes = new Map<string, Rectangle>();
  boxes.set(cell.forward.key, { x: (width - forward.width) / 2, y: 0, ...forward });
  const rowHeight = Math.max(0, ...[...sizes.values()].map((size) => size.height));
  for (const [key, { column, row }] of places) {
    const size = sizes.get(key);
    if (size === undefined) continue;
    const x =
      (width - Math.max(0, lower)) / 2 + widths.slice(0, column).reduce((sum, other) => sum + other + columnGap, 0);
    const y = forward.height + below + row * (rowHeight + rowGap);
    boxes.set(key, { x: x + (widths[column] - size.width) / 2, y, ...size });
  }
  const height =
    forward.height +
    (rows === 0
      ? graph.nodes[cell.forward.nodes[0]].op === null
        ? 0
        : roomBelow
      : below + rows * (rowHeight + rowGap) - rowGap);
  return { width, height, boxes };
}

interface Place {
  readonly column: number;
  readonly row: number;
}

/**
 * Columns count from the left, where gradients leave. What feeds a box stands to its right in the same row, unless the
 * box also takes the gradient that arrives from outside: that arrow needs the row for itself.
 */
function placesOf(cell: Cell, linksTo: ReadonlyMap<string, readonly Link[]>): Map<string, Place> {
  const inside = new Map<string, Box>(cell.backward.map((box) => [box.key, box]));
  const sources = (key: string): Link[] =>
    (linksTo.get(key) ?? []).filter((link) => link.kind === "backward" && inside.has(link.from));
  const feeds = new Set(cell.backward.flatMap((box) => sources(box.key).map((link) => link.from)));
  const places = new Map<string, Place>();
  let rows = 0;
  const takesFromOutside = (key: string): boolean =>
    (linksTo.get(key) ?? []).some((link) => link.kind === "backward" && !inside.has(link.from));
  const visit = (key: string, column: number, row: number): void => {
    const before = places.get(key);
    if (before !== undefined) {
      if (before.column < column) places.set(key, { column, row: before.row });
      return;
    }
    places.set(key, { column, row });
    let isRowFree = !takesFromOutside(key);
    for (const { from } of sources(key)) {
      visit(from, column + 1, isRowFree ? row : places.has(from) ? row : rows++);
      isRowFree = false;
    }
  };
  for (const box of cell.backward) if (!feeds.has(box.key)) visit(box.key, 0, rows++);
  return places;
}
