/**
 * Places a region with everything in it: inner regions first, each of which then stands as one box. Arrows that leave or
 * enter a region pass its border at ports, so that their ways outside and inside meet.
 */
import type { GraphData } from "@adjoint/autograd";
import type { Box, Link, Region } from "../fold.ts";
import { type CellLayout, layoutCell } from "./cell.ts";
import { moved, type Points, type Rectangle, shifted } from "./geometry.ts";
import { type Item, type ItemLink, layoutRegion } from "./region.ts";

/** What all regions of a drawing have in common. */
export interface Plan {
  readonly graph: GraphData;
  readonly boxes: ReadonlyMap<string, Box>;
  /** The arrows of the forward pass, which decide where things are. */
  readonly forward: readonly Link[];
  /** All arrows, by where they lead. */
  readonly linksTo: ReadonlyMap<string, readonly Link[]>;
}

/** A region laid out, counted from its own corner. */
export interface Placed {
  readonly width: number;
  readonly height: number;
  readonly boxes: Map<string, Rectangle>;
  /** Open scopes by path, and cells by their forward boxes. */
  readonly regions: Map<string, Rectangle>;
  readonly cells: Map<string, Rectangle>;
  /** The bends of arrows, by {@link wayKey}. */
  readonly ways: Map<string, Points>;
  /** The ports, by the box inside whose arrows pass there, with the ways from it to the border or back. */
  readonly exits: Map<string, Port>;
  readonly entries: Map<string, Port>;
}

/** Where arrows of one box pass a region's border. */
interface Port {
  readonly height: number;
  readonly way: Points;
}

type Side = "exits" | "entries";

const padding = { left: 14, right: 14, top: 30, bottom: 14 } as const;
const portHeight = 12;
/** Arrows from leaves give way to those that carry the computation. */
const leafStrength = 0.001;

/** The key of an arrow's bends: keys of boxes hold any characters, so they are not just put together. */
export function wayKey(from: string, to: string): string {
  return JSON.stringify([from, to]);
}

/** Something that stands in a region: a cell, or a region inside. */
type Content =
  | { readonly kind: "cell"; readonly layout: CellLayout; readonly forward: string; readonly first: number }
  | { readonly kind: "region"; readonly layout: Placed; readonly first: number };

/** An arrow in a region: between two items, or between an item and a port. */
interface Route extends ItemLink {
  readonly source: { readonly key: string; readonly item: Item; readonly isPort: boolean };
  readonly target: { readonly key: string; readonly item: Item; readonly isPort: boolean };
}

/** Places a region. */
export function placeRegion(plan: Plan, region: Region): Placed {
  const contents = contentsOf(plan, region);
  const items = new Map<Item, Content>();
  const itemOf = new Map<string, Item>();
  for (const [i, content] of contents.entries()) {
    const { width, height } = content.layout;
    const item: Item = { key: String(i), width, height, x: 0, top: 0 };
    items.set(item, content);
    for (const key of content.kind === "cell" ? [content.forward] : content.layout.cells.keys()) itemOf.set(key, item);
  }
  const ports = { entries: new Map<string, Item>(), exits: new Map<string, Item>() };
  const routes = routesOf(plan, items, itemOf, ports);
  const [entries, exits] = [ports.entries, ports.exits].map((side) => new Set(side.values()));
  const result = layoutRegion([...entries, ...items.keys(), ...exits], routes, entries, exits);
  return assemble(region, items, routes, result);
}

/** What is directly in a region, in the order of the computation. */
function contentsOf(plan: Plan, region: Region): Content[] {
  const cells = region.cells.map(
    (cell): Content => ({
      kind: "cell",
      layout: layoutCell(plan.graph, cell, plan.linksTo),
      forward: cell.forward.key,
      first: cell.forward.nodes[0],
    }),
  );
  const regions = region.regions.map(
    (inner): Content => ({ kind: "region", layout: placeRegion(plan, inner), first: firstNode(inner) }),
  );
  return [...cells, ...regions].sort((a, b) => a.first - b.first);
}

function firstNode(region: Region): number {
  return Math.min(...region.cells.map((cell) => cell.forward.nodes[0]), ...region.regions.map(firstNode));
}

/** How far below the top of an item the arrows of a box in it leave, or arrive. */
function offsetOf(content: Content, key: string, side: Side): number {
  if (content.kind === "region") return content.layout[side].get(key)?.height ?? content.layout.height / 2;
  const box = content.layout.boxes.get(key) as Rectangle;
  return box.y + box.height / 2;
}

/** The arrows within a region, those of one box to the outside taken together. Ports are made as they are needed. */
function routesOf(
  { graph, boxes, forward }: Plan,
  items: ReadonlyMap<Item, Content>,
  itemOf: ReadonlyMap<string, Item>,
  ports: { readonly [S in Side]: Map<string, Item> },
): Route[] {
  const strengthOf = (key: string): number => {
    const { scope, nodes } = boxes.get(key) as Box;
    return scope === null && graph.nodes[nodes[0]].op === null ? leafStrength : 1;
  };
  const portOf = (side: Side, key: string): Item => {
    const port = ports[side].get(key) ?? { key: `${side} ${key}`, width: 0, height: portHeight, x: 0, top: 0 };
    ports[side].set(key, port);
    return port;
  };
  const routes = new Map<string, Route>();
  for (const link of forward) {
    const [from, to] = [itemOf.get(link.from), itemOf.get(link.to)];
    if ((from === undefined && to === undefined) || from === to) continue;
    const source = from ?? portOf("entries", link.to);
    const target = to ?? portOf("exits", link.from);
    const key = wayKey(from === undefined ? "" : link.from, to === undefined ? "" : link.to);
    routes.set(key, {
      key,
      from: source,
      fromOffset: from === undefined ? portHeight / 2 : offsetOf(items.get(from) as Content, link.from, "exits"),
      to: target,
      toOffset: to === undefined ? portHeight / 2 : offsetOf(items.get(to) as Content, link.to, "entries"),
      strength: from === undefined || to === undefined ? 1 : strengthOf(link.from),
      source: { key: link.from, item: source, isPort: from === undefined },
      target: { key: link.to, item: target, isPort: to === undefined },
    });
  }
  return [...routes.values()];
}

/** Puts everything where the layout of the region wants it. */
function assemble(
  region: Region,
  items: ReadonlyMap<Item, Content>,
  routes: readonly Route[],
  result: { readonly width: number; readonly height: number; readonly bends: ReadonlyMap<string, Points> },
): Placed {
  const isRoot = region.path === "";
  const [dx, dy] = isRoot ? [0, 0] : [padding.left, padding.top];
  const width = result.width + (isRoot ? 0 : padding.left + padding.right);
  const height = result.height + (isRoot ? 0 : padding.top + padding.bottom);
  const placed: Placed = {
    width,
    height,
    boxes: new Map(),
    regions: new Map(isRoot ? [] : [[region.path, { x: 0, y: 0, width, height }]]),
    cells: new Map(),
    ways: new Map(),
    exits: new Map(),
    entries: new Map(),
  };
  for (const [item, content] of items) {
    const at = (r: Rectangle): Rectangle => moved(r, item.x + dx, item.top + dy);
    for (const [key, r] of content.layout.boxes) placed.boxes.set(key, at(r));
    if (content.kind === "cell") {
      placed.cells.set(content.forward, at({ x: 0, y: 0, width: item.width, height: item.height }));
      continue;
    }
    for (const [path, r] of content.layout.regions) placed.regions.set(path, at(r));
    for (const [key, r] of content.layout.cells) placed.cells.set(key, at(r));
    for (const [key, way] of content.layout.ways) placed.ways.set(key, shifted(way, item.x + dx, item.top + dy));
  }
  /** The way of a box's arrows between the box and the border of the item that it is in. */
  const inner = (side: Side, { key, item }: Route["source"]): Points => {
    const content = items.get(item);
    const way = content?.kind === "region" ? (content.layout[side].get(key)?.way ?? []) : [];
    return shifted(way, item.x + dx, item.top + dy);
  };
  const onBorder = (port: Item, x: number): readonly [number, number] => [x, port.top + portHeight / 2 + dy];
  for (const { key, source, target } of routes) {
    const bends = shifted(result.bends.get(key) ?? [], dx, dy);
    if (source.isPort) {
      const border = onBorder(source.item, 0);
      placed.entries.set(target.key, { height: border[1], way: [border, ...bends, ...inner("entries", target)] });
    } else if (target.isPort) {
      const border = onBorder(target.item, width);
      placed.exits.set(source.key, { height: border[1], way: [...inner("exits", source), ...bends, border] });
    } else {
      const way = [...inner("exits", source), ...bends, ...inner("entries", target)];
      placed.ways.set(wayKey(source.key, target.key), way);
    }
  }
  return placed;
}
