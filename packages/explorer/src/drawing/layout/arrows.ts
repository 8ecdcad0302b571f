/** The arrows of a drawing whose boxes are in place. */
import type { GraphData } from "@adjoint/autograd";
import type { FoldedGraph, Link, LinkKind, Region } from "../fold.ts";
import { gradientsOf } from "../homes.ts";
import { roomBelow } from "./cell.ts";
import { type Point, type Points, type Rectangle, shifted, type Turn } from "./geometry.ts";
import { wayKey } from "./place.ts";

/** A drawn arrow: the points that its curve passes, and the edges of the graph that it stands for. */
export interface DrawnLink {
  readonly from: string;
  readonly to: string;
  /** `arrival`: of a completed gradient to its leaf, which is no edge of the graph. */
  readonly kind: LinkKind | "arrival";
  readonly points: Points;
  readonly edges: readonly (readonly [from: number, to: number])[];
  /** Of an arrival the node of the gradient, which no edge names. */
  readonly carries?: number;
  /** Whether it goes straight up, from a sum of gradients to the value above it. */
  readonly isUpward?: true;
  /** Whether its points are corners between straight lines, around boxes: see around.ts. */
  readonly isAngular?: true;
  /** Of an arrow that goes on in another row of the drawing: the corners on its way there, and its points in that row. */
  readonly turn?: Turn;
}

const leftOf = (r: Rectangle): Point => [r.x, r.y + r.height / 2];
const rightOf = (r: Rectangle): Point => [r.x + r.width, r.y + r.height / 2];

/** What arrows are drawn by. */
export interface Sheet {
  readonly folded: FoldedGraph;
  readonly cellOf: ReadonlyMap<string, string>;
  /** The cells, by their forward boxes. */
  readonly cells: ReadonlyMap<string, Rectangle>;
  readonly boxes: ReadonlyMap<string, Rectangle>;
  /** The bends of the arrows of the forward pass, by from and to. */
  readonly ways: ReadonlyMap<string, Points>;
  /** For each forward box those that read it. */
  readonly readers: ReadonlyMap<string, readonly string[]>;
  /** The cells that gradients only pass through. */
  readonly open: ReadonlySet<string>;
}

export function drawLink(link: Link, sheet: Sheet): DrawnLink {
  const [from, to] = [sheet.boxes.get(link.from) as Rectangle, sheet.boxes.get(link.to) as Rectangle];
  if (link.kind === "saved") return { ...link, points: savedPoints(from, to) };
  if (link.kind === "forward") {
    const way = sheet.ways.get(wayKey(link.from, link.to)) ?? [];
    return {
      ...link,
      points: between(rightOf(from), way, leftOf(to), cellAt(link.from, sheet), cellAt(link.to, sheet)),
    };
  }
  const way = wayBack(link.from, link.to, sheet);
  const [end, start] = [cellAt(link.to, sheet), cellAt(link.from, sheet)];
  return { ...link, points: between(leftOf(from), way, rightOf(to), start, end) };
}

function cellAt(key: string, { cellOf, cells, boxes }: Sheet): Rectangle {
  return (cells.get(cellOf.get(key) as string) ?? boxes.get(key)) as Rectangle;
}

/** An arrow that leaves its cell, and enters the other, on the level of its end: so it passes no box of theirs. */
function between(start: Point, way: Points, end: Point, from: Rectangle, to: Rectangle): Points {
  if (from === to) return [start, ...way, end];
  const isForth = from.x < to.x;
  const out = isForth ? from.x + from.width : from.x;
  const into = isForth ? to.x : to.x + to.width;
  const points: Point[] = [start];
  if (Math.abs(out - start[0]) > 12) points.push([out, start[1]]);
  points.push(...way);
  if (Math.abs(into - end[0]) > 12) points.push([into, end[1]]);
  points.push(end);
  return points;
}

/**
 * The bends of a gradient's arrow: beside the arrows of the forward pass, a little lower, and below the boxes that
 * gradients pass unchanged.
 */
function wayBack(from: string, to: string, { cellOf, boxes, ways, readers, open }: Sheet): Points {
  const [start, end] = [cellOf.get(from) as string, cellOf.get(to) as string];
  const paths: string[][] = [[end]];
  const seen = new Set([end]);
  for (let path = paths.shift(); path !== undefined; path = paths.shift()) {
    const last = path[path.length - 1];
    if (last === start) return alongPath(path, boxes, ways);
    if (path.length > 1 && !open.has(last)) continue;
    for (const next of readers.get(last) ?? []) {
      if (seen.has(next)) continue;
      seen.add(next);
      paths.push([...path, next]);
    }
  }
  return [];
}

function alongPath(
  path: readonly string[],
  boxes: ReadonlyMap<string, Rectangle>,
  ways: ReadonlyMap<string, Points>,
): Points {
  const points: Point[] = [];
  for (const [i, cell] of path.slice(1).entries()) {
    points.push(...shifted(ways.get(wayKey(path[i], cell)) ?? [], 0, laneBelow));
    const r = boxes.get(cell) as Rectangle;
    const y = r.y + r.height + roomBelow / 2;
    if (i + 2 < path.length) points.push([r.x, y], [r.x + r.width, y]);
  }
  return points.toReversed();
}

/** How far below the arrow of the forward pass the arrow of its gradient runs. */
const laneBelow = 14;

/** A value that a rule reads comes down from its box. */
function savedPoints(from: Rectangle, to: Rectangle): Points {
  const isBelow = to.y > from.y + from.height;
  return [
    isBelow ? [from.x + from.width / 2 + 12, from.y + from.height] : rightOf(from),
    isBelow ? [to.x + to.width / 2, to.y] : leftOf(to),
  ];
}

export function cellsWithoutRules(region: Region): Set<string> {
  const own = region.cells.filter((cell) => cell.backward.length === 0).map((cell) => cell.key);
  return new Set([...own, ...region.regions.flatMap((inner) => [...cellsWithoutRules(inner)])]);
}

/** For each box the forward box of its cell. */
export function cellsOf(region: Region): [box: string, cell: string][] {
  return [
    ...region.cells.flatMap(({ forward, backward }) =>
      [forward, ...backward].map((box): [string, string] => [box.key, forward.key]),
    ),
    ...region.regions.flatMap(cellsOf),
  ];
}

/**
 * The arrows of completed gradients to the values they belong to: no edges of the graph, but what the book draws. To
 * leaves from the rule that computed them, and to any value from the sum of its gradients, which stands below it.
 */
export function arrivals(graph: GraphData, sheet: Sheet): DrawnLink[] {
  const { folded, cellOf, boxes } = sheet;
  const drawn = new Map<string, DrawnLink>();
  for (const [node, gradient] of gradientsOf(graph)) {
    const [from, to] = [folded.boxOf[gradient], folded.boxOf[node]];
    if (from === null || to === null || from === to) continue;
    const [start, end] = [boxes.get(from) as Rectangle, boxes.get(to) as Rectangle];
    const link = { from, to, kind: "arrival", edges: [], carries: gradient } as const;
    if (cellOf.get(from) === cellOf.get(to)) {
      if (start.y <= end.y + end.height || folded.boxes.get(to)?.scope !== null) continue;
      const within = (r: Rectangle, x: number): number => Math.max(r.x + 8, Math.min(r.x + r.width - 8, x));
      const x = within(start, within(end, start.x + start.width / 2));
      const points = [[x, start.y] as const, [within(end, x), end.y + end.height] as const];
      drawn.set(wayKey(from, to), { ...link, points, isUpward: true });
    } else if (graph.nodes[node].op === null) {
      const tip = [end.x + end.width, end.y + end.height - 10] as const;
      const points = between(leftOf(start), wayBack(from, to, sheet), tip, cellAt(from, sheet), cellAt(to, sheet));
      drawn.set(wayKey(from, to), { ...link, points });
    }
  }
  return [...drawn.values()];
}
