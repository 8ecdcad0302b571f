/**
 * The layout of a folded graph: forward from left to right, backward below it from right to left.
 */
import type { GraphData } from "@adjoint/autograd";
import { type CellLayout, layoutCell, type Rectangle, roomBelow } from "./cell.ts";
import type { Box, FoldedGraph, Link, LinkKind, Region } from "./fold.ts";
import { type Item, type ItemLink, layoutRegion, type Points } from "./region.ts";

/** A drawn arrow: the points that its curve passes, and the edges of the graph that it stands for. */
export interface DrawnLink {
  readonly from: string;
  readonly to: string;
  readonly kind: LinkKind | "arrival";
  readonly points: Points;
  readonly edges: readonly (readonly [from: number, to: number])[];
}

/** A graph with everything in place. Plain data, which a worker can send. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly boxes: ReadonlyMap<string, Rectangle>;
  /** Open scopes, outer ones first. */
  readonly regions: ReadonlyMap<string, Rectangle>;
  readonly links: readonly DrawnLink[];
}

const padding = { left: 14, right: 14, top: 30, bottom: 14 } as const;
const border = 24;

/** A region laid out, counted from its own corner. */
interface Placed {
  readonly width: number;
  readonly height: number;
  readonly boxes: Map<string, Rectangle>;
  readonly regions: Map<string, Rectangle>;
  readonly cells: Map<string, Rectangle>;
  /** For an arrow that leaves or enters: the points of its way through this region, in its direction. */
  readonly ways: Map<string, Points>;
  readonly exits: Map<string, number>;
  readonly entries: Map<string, number>;
  readonly inside: ReadonlySet<string>;
}

/** Lays out a folded graph. */
export function layoutGraph(graph: GraphData, folded: FoldedGraph): Layout {
  const linksTo = new Map<string, Link[]>();
  for (const link of folded.links) linksTo.set(link.to, [...(linksTo.get(link.to) ?? []), link]);
  const forward = folded.links.filter((link) => link.kind === "forward" || !hasRoom(folded, link));
  const placed = place(graph, folded.root, forward, linksTo, folded.boxes);
  const shift = (r: Rectangle): Rectangle => ({ ...r, x: r.x + border, y: r.y + border });
  const boxes = new Map([...placed.boxes].map(([key, r]) => [key, shift(r)]));
  const regions = new Map([...placed.regions].map(([path, r]) => [path, shift(r)]));
  const ways = new Map(
    [...placed.ways].map(([key, points]) => [key, points.map(([x, y]) => [x + border, y + border] as const)]),
  );
  const readers = new Map<string, string[]>();
  for (const { from, to, kind } of folded.links)
    if (kind === "forward") readers.set(from, [...(readers.get(from) ?? []), to]);
  const cellOf = new Map(cellsOf(folded.root));
  const cells = new Map([...placed.cells].map(([key, r]) => [key, shift(r)]));
  const sheet: Sheet = { folded, cellOf, cells, boxes, ways, readers, open: cellsWithoutRules(folded.root) };
  const links = [...folded.links.map((link) => drawLink(link, sheet)), ...arrivals(graph, sheet)];
  return { width: placed.width + 2 * border, height: placed.height + 2 * border, boxes, regions, links };
}

/** Whether an arrow of the backward pass runs beside arrows of the forward pass, which made room for it. */
function hasRoom(folded: FoldedGraph, link: Link): boolean {
  const isCell = (key: string): boolean => folded.boxes.get(key)?.isBackward === false;
  return !(isCell(link.from) && isCell(link.to));
}

function linkKey({ from, to }: { readonly from: string; readonly to: string }): string {
  return `${from}\n${to}`;
}

function place(
  graph: GraphData,
  region: Region,
  links: readonly Link[],
  linksTo: ReadonlyMap<string, readonly Link[]>,
  boxesOf: ReadonlyMap<string, Box>,
): Placed {
  const cells = new Map<string, CellLayout>();
  const inner = new Map<string, Placed>();
  const itemOf = new Map<string, Item>();
  const boxes = new Map<string, Rectangle>();
  const entriesOf: { readonly first: number; readonly item: Item }[] = [];
  for (const cell of region.cells) {
    const layout = layoutCell(graph, cell, linksTo);
    cells.set(cell.key, layout);
    const item: Item = { key: cell.key, width: layout.width, height: layout.height, x: 0, top: 0 };
    itemOf.set(cell.forward.key, item);
    entriesOf.push({ first: cell.forward.nodes[0], item });
  }
  for (const child of region.regions) {
    const layout = place(graph, child, links, linksTo, boxesOf);
    inner.set(child.path, layout);
    const item: Item = { key: child.path, width: layout.width, height: layout.height, x: 0, top: 0 };
    for (const key of layout.inside) itemOf.set(key, item);
    entriesOf.push({ first: firstNode(child), item });
  }
  const items = entriesOf.sort((a, b) => a.first - b.first).map(({ item }) => item);
  const inside = new Set(itemOf.keys());
  const middle = (key: string, side: "exits" | "entries"): number => {
    const item = itemOf.get(key) as Item;
    const child = inner.get(item.key);
    if (child !== undefined && !cells.has(item.key)) return child[side].get(key) ?? item.height / 2;
    const box = cells.get(item.key)?.boxes.get(key) as Rectangle;
    return box.y + box.height / 2;
  };

  const ports = { entries: new Map<string, Item>(), exits: new Map<string, Item>() };
  const portOf = (side: "entries" | "exits", key: string): Item => {
    const found = ports[side].get(key);
    if (found !== undefined) return found;
    const made: Item = { key: `${side} ${key}`, width: 0, height: 12, x: 0, top: 0 };
    ports[side].set(key, made);
    return made;
  };
  const strengthOf = (key: string): number => {
    const { scope, nodes } = boxesOf.get(key) as Box;
    return scope === null && graph.nodes[nodes[0]].op === null ? 0.001 : 1;
  };
  const itemLinks: ItemLink[] = [];
  for (const link of links) {
    const [from, to] = [itemOf.get(link.from), itemOf.get(link.to)];
    if (from === undefined && to === undefined) continue;
    if (from !== undefined && to !== undefined) {
      if (from !== to)
        itemLinks.push({
          key: linkKey(link),
          from,
          fromOffset: middle(link.from, "exits"),
          to,
          toOffset: middle(link.to, "entries"),
          strength: strengthOf(link.from),
        });
    } else if (from !== undefined) {
      const port = portOf("exits", link.from);
      itemLinks.push({
        key: `exit ${link.from}`,
        from,
        fromOffset: middle(link.from, "exits"),
        to: port,
        toOffset: 6,
        strength: 1,
      });
    } else if (to !== undefined) {
      const port = portOf("entries", link.to);
      itemLinks.push({
        key: `entry ${link.to}`,
        from: port,
        fromOffset: 6,
        to,
        toOffset: middle(link.to, "entries"),
        strength: 1,
      });
    }
  }
  const unique = [...new Map(itemLinks.map((link) => [link.key, link])).values()];
  const all = [...ports.entries.values(), ...items, ...ports.exits.values()];
  const result = layoutRegion(all, unique, new Set(ports.entries.values()), new Set(ports.exits.values()));

  const isRoot = region.path === "";
  const [dx, dy] = isRoot ? [0, 0] : [padding.left, padding.top];
  const regions = new Map<string, Rectangle>();
  const cellPlaces = new Map<string, Rectangle>();
  const width = result.width + (isRoot ? 0 : padding.left + padding.right);
  const height = result.height + (isRoot ? 0 : padding.top + padding.bottom);
  if (!isRoot) regions.set(region.path, { x: 0, y: 0, width, height });
  const ways = new Map<string, Points>();
  for (const item of items) {
    const at = (r: Rectangle): Rectangle => ({ ...r, x: r.x + item.x + dx, y: r.y + item.top + dy });
    const child = cells.get(item.key) ?? inner.get(item.key);
    for (const [key, r] of child?.boxes ?? []) boxes.set(key, at(r));
    for (const [path, r] of inner.get(item.key)?.regions ?? []) regions.set(path, at(r));
    for (const [key, r] of inner.get(item.key)?.cells ?? []) cellPlaces.set(key, at(r));
    if (cells.has(item.key)) cellPlaces.set(item.key, at({ x: 0, y: 0, width: item.width, height: item.height }));
    for (const [key, points] of inner.get(item.key)?.ways ?? []) {
      ways.set(
        key,
        points.map(([x, y]) => [x + item.x + dx, y + item.top + dy] as const),
      );
    }
  }
  const bend = (key: string): Points => (result.bends.get(key) ?? []).map(([x, y]) => [x + dx, y + dy] as const);
  const portPoint = (port: Item, x: number): Points => [[x, port.top + 6 + dy]];
  for (const link of unique) {
    if (link.key.startsWith("exit ") || link.key.startsWith("entry ")) continue;
    const [from, to] = link.key.split("\n");
    ways.set(link.key, [...(ways.get(`exit ${from}`) ?? []), ...bend(link.key), ...(ways.get(`entry ${to}`) ?? [])]);
  }
  for (const [key, port] of ports.exits) {
    ways.set(`exit ${key}`, [...(ways.get(`exit ${key}`) ?? []), ...bend(`exit ${key}`), ...portPoint(port, width)]);
  }
  for (const [key, port] of ports.entries) {
    ways.set(`entry ${key}`, [...portPoint(port, 0), ...bend(`entry ${key}`), ...(ways.get(`entry ${key}`) ?? [])]);
  }
  const middles = (side: Map<string, Item>): Map<string, number> =>
    new Map([...side].map(([key, port]) => [key, port.top + 6 + dy]));
  return {
    width,
    height,
    boxes,
    regions,
    cells: cellPlaces,
    ways,
    exits: middles(ports.exits),
    entries: middles(ports.entries),
    inside,
  };
}

function firstNode(region: Region): number {
  return Math.min(...region.cells.map((cell) => cell.forward.nodes[0]), ...region.regions.map(firstNode));
}

const leftOf = (r: Rectangle): readonly [number, number] => [r.x, r.y + r.height / 2];
const rightOf = (r: Rectangle): readonly [number, number] => [r.x + r.width, r.y + r.height / 2];

/** What arrows are drawn by. */
interface Sheet {
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

function drawLink(link: Link, sheet: Sheet): DrawnLink {
  const [from, to] = [sheet.boxes.get(link.from) as Rectangle, sheet.boxes.get(link.to) as Rectangle];
  if (link.kind === "saved") return { ...link, points: savedPoints(from, to) };
  if (link.kind === "forward") {
    const way = sheet.ways.get(linkKey(link)) ?? [];
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
function between(
  start: readonly [number, number],
  way: Points,
  end: readonly [number, number],
  from: Rectangle,
  to: Rectangle,
): Points {
  if (from === to) return [start, ...way, end];
  const isForth = from.x < to.x;
  const out = isForth ? from.x + from.width : from.x;
  const into = isForth ? to.x : to.x + to.width;
  const points: (readonly [number, number])[] = [start];
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
  const points: (readonly [number, number])[] = [];
  for (const [i, cell] of path.slice(1).entries()) {
    points.push(...(ways.get(`${path[i]}\n${cell}`) ?? []).map(([x, y]) => [x, y + laneBelow] as const));
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

function cellsWithoutRules(region: Region): Set<string> {
  const own = region.cells.filter((cell) => cell.backward.length === 0).map((cell) => cell.key);
  return new Set([...own, ...region.regions.flatMap((inner) => [...cellsWithoutRules(inner)])]);
}

/** For each box the forward box of its cell. */
function cellsOf(region: Region): [box: string, cell: string][] {
  return [
    ...region.cells.flatMap(({ forward, backward }) =>
      [forward, ...backward].map((box): [string, string] => [box.key, forward.key]),
    ),
    ...region.regions.flatMap(cellsOf),
  ];
}

/** The arrows of completed gradients to the leaves they belong to: no edges of the graph, but what the book draws. */
function arrivals(graph: GraphData, sheet: Sheet): DrawnLink[] {
  const { folded, cellOf, boxes } = sheet;
  const drawn = new Map<string, DrawnLink>();
  for (const [leaf, gradient] of Object.entries(graph.gradients)) {
    const [from, to] = [folded.boxOf[gradient], folded.boxOf[Number(leaf)]];
    if (from === null || to === null || cellOf.get(from) === cellOf.get(to)) continue;
    const [start, end] = [boxes.get(from) as Rectangle, boxes.get(to) as Rectangle];
    const tip = [end.x + end.width, end.y + end.height - 10] as const;
    const points = between(leftOf(start), wayBack(from, to, sheet), tip, cellAt(from, sheet), cellAt(to, sheet));
    drawn.set(`${from}\n${to}`, { from, to, kind: "arrival", points, edges: [] });
  }
  return [...drawn.values()];
}
