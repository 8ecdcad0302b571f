/** The layout of a folded graph: forward from left to right, backward below it from right to left. */
import type { GraphData } from "@adjoint/autograd";
import { append } from "../append.ts";
import type { FoldedGraph, Link } from "../fold.ts";
import { arrivals, cellsOf, cellsWithoutRules, type DrawnLink, drawLink, type Sheet } from "./arrows.ts";
import { moved, type Rectangle, shifted } from "./geometry.ts";
import { placeRegion } from "./place.ts";

/** A graph with everything in place. Plain data, which a worker can send. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly boxes: ReadonlyMap<string, Rectangle>;
  /** Open scopes, outer ones first: one rectangle each, or one in each row of a drawing in rows. */
  readonly regions: ReadonlyMap<string, readonly Rectangle[]>;
  readonly links: readonly DrawnLink[];
  /** In how many rows it is set: see wrap.ts. One when absent. */
  readonly rows?: number;
}

const border = 24;

/** Lays out a folded graph. */
export function layoutGraph(graph: GraphData, folded: FoldedGraph): Layout {
  const linksTo = new Map<string, Link[]>();
  const readers = new Map<string, string[]>();
  for (const link of folded.links) {
    append(linksTo, link.to, link);
    if (link.kind === "forward") append(readers, link.from, link.to);
  }
  const cellOf = new Map(cellsOf(folded.root));
  // Gradients whose forward node is no part of the graph have cells of their own, and are ordered like forward ones.
  const isCell = (key: string): boolean => cellOf.get(key) === key;
  const forward = folded.links.filter(({ kind, from, to }) => kind === "forward" || (isCell(from) && isCell(to)));
  const placed = placeRegion({ graph, boxes: folded.boxes, forward, linksTo }, folded.root);
  const inside = (all: ReadonlyMap<string, Rectangle>): Map<string, Rectangle> =>
    new Map([...all].map(([key, r]) => [key, moved(r, border, border)]));
  const boxes = inside(placed.boxes);
  const sheet: Sheet = {
    folded,
    cellOf,
    cells: inside(placed.cells),
    boxes,
    ways: new Map([...placed.ways].map(([key, way]) => [key, shifted(way, border, border)])),
    readers,
    open: cellsWithoutRules(folded.root),
  };
  return {
    width: placed.width + 2 * border,
    height: placed.height + 2 * border,
    boxes,
    regions: new Map([...inside(placed.regions)].map(([path, r]) => [path, [r]])),
    links: [...folded.links.map((link) => drawLink(link, sheet)), ...arrivals(graph, sheet)],
  };
}
