/**
 * The layout of one region: dagre orders what is directly in it from left to right, and {@link align} levels the
 * arrows. Regions inside are laid out before, and stand as boxes.
 */
import { graphlib, layout } from "@dagrejs/dagre";
import { append } from "../append.ts";
import { align, type Pull, type Standing } from "./align.ts";
import type { Points } from "./geometry.ts";

/** Something to be placed: a cell, a region, or a port on the border. */
export interface Item extends Standing {
  readonly key: string;
  readonly width: number;
  x: number;
}

/** An arrow between two items. */
export interface ItemLink {
  readonly key: string;
  readonly from: Item;
  readonly fromOffset: number;
  readonly to: Item;
  readonly toOffset: number;
  /** How strongly it is levelled: arrows from leaves give way. */
  readonly strength: number;
}

/** What a layout found: the size of the whole, and the bends of long arrows. */
export interface RegionLayout {
  readonly width: number;
  readonly height: number;
  readonly bends: ReadonlyMap<string, Points>;
}

const columnGap = 44;
const rowGap = 22;
/** The height that a passing pair of arrows, forth and back, is given. */
const lane = 30;
/** dagre recurses over chains: more items than these are laid out part by part, one to the right of the other. */
const largest = 200;
/** More items than these are ranked by the quicker of dagre's ways. */
const quick = 100;

/** A stretch of an arrow between two columns. */
interface Passing extends Standing {
  readonly x: number;
  /** Half the width of the widest item of the column: over it the arrow runs level. */
  readonly half: number;
}

/**
 * Places the items (`x`, `top` are set): arrows from left to right, entries on the left border, exits on the right.
 *
 * @param items in topological order
 */
export function layoutRegion(
  items: readonly Item[],
  links: readonly ItemLink[],
  entries: ReadonlySet<Item>,
  exits: ReadonlySet<Item>,
): RegionLayout {
  const bends = new Map<string, Points>();
  const columns: Standing[][] = [];
  const pulls: Pull[] = [];
  const passings = new Map<string, Passing[]>();
  let width = 0;
  for (let start = 0; start < items.length; start += largest) {
    const part = items.slice(start, start + largest);
    const partSet = new Set(part);
    const inner = links.filter((link) => partSet.has(link.from) && partSet.has(link.to));
    const placed = orderPart(part, inner, entries, exits);
    for (const item of part) item.x += width;
    for (const [key, points] of placed.passings) {
      const moved = points.map((p) => ({ ...p, x: p.x + width }));
      passings.set(key, moved);
    }
    const through = [...placed.passings.keys()].flatMap((key) => passings.get(key) as Passing[]);
    columns.push(...columnsOf(part, inner, through));
    width += placed.width + columnGap;
  }
  for (const link of links) pulls.push(...pullsOf(link, passings.get(link.key) ?? []));
  align(columns, pulls, rowGap);
  const everything = columns.flat();
  const top = everything.reduce((least, one) => Math.min(least, one.top), Number.POSITIVE_INFINITY);
  for (const one of everything) one.top -= top;
  const height = everything.reduce((most, one) => Math.max(most, one.top + one.height), 0);
  for (const [key, points] of passings) {
    const ends = points.flatMap(({ x, half, top: y, height: h }) => {
      return [x - half, x + half].map((at) => [at, y + h / 2] as const);
    });
    bends.set(key, ends);
  }
  return { width: Math.max(0, width - columnGap), height, bends };
}

/** One run of dagre: sets `x` and a first `top` of the items. */
function orderPart(
  items: readonly Item[],
  links: readonly ItemLink[],
  entries: ReadonlySet<Item>,
  exits: ReadonlySet<Item>,
) {
  const g = new graphlib.Graph({ multigraph: true });
  // The shortest arrows, or nearly so where there are many to be placed.
  const ranker = items.length > quick ? "tight-tree" : "network-simplex";
  g.setGraph({ rankdir: "LR", ranksep: columnGap, nodesep: rowGap, edgesep: rowGap, ranker });
  const names = new Map(items.map((item, i) => [item, String(i)]));
  for (const [item, name] of names) g.setNode(name, { width: item.width, height: item.height });
  const nameOf = (item: Item): string => names.get(item) as string;
  for (const link of links) g.setEdge(nameOf(link.from), nameOf(link.to), { weight: 1, minlen: 1 }, link.key);
  borders(g, items, links, entries, exits, nameOf);
  layout(g);
  let left = Number.POSITIVE_INFINITY;
  let right = 0;
  for (const item of items) {
    const { x = 0, y = 0 } = g.node(nameOf(item)) as { x?: number; y?: number };
    item.x = x - item.width / 2;
    item.top = y - item.height / 2;
    left = Math.min(left, item.x);
    right = Math.max(right, item.x + item.width);
  }
  const passings = new Map<string, Passing[]>();
  const halves = new Map<number, number>();
  for (const item of items) {
    const center = Math.round(item.x + item.width / 2);
    halves.set(center, Math.max(halves.get(center) ?? 0, item.width / 2));
  }
  for (const item of items) item.x -= left;
  for (const link of links) {
    const edge = g.edge({ v: nameOf(link.from), w: nameOf(link.to), name: link.key }) as {
      points?: { x: number; y: number }[];
    };
    const between = (edge.points ?? []).slice(1, -1).filter(({ x }) => halves.has(Math.round(x)));
    if (between.length === 0) continue;
    const passing = between.map(({ x, y }): Passing => {
      return { x: x - left, half: halves.get(Math.round(x)) ?? 0, top: y - lane / 2, height: lane };
    });
    passings.set(link.key, passing);
  }
  return { width: Math.max(0, right - left), passings };
}

/** Holds entries in the first column and exits in the last, by arrows that are not drawn. */
function borders(
  g: graphlib.Graph,
  items: readonly Item[],
  links: readonly ItemLink[],
  entries: ReadonlySet<Item>,
  exits: ReadonlySet<Item>,
  nameOf: (item: Item) => string,
): void {
  const hold = { minlen: 1, weight: 0 };
  const tight = { minlen: 1, weight: 100 };
  const own = (set: ReadonlySet<Item>): boolean => items.some((item) => set.has(item));
  if (own(entries)) {
    const reached = new Set(links.map((link) => link.to));
    g.setNode("start", { width: 0, height: 0 });
    for (const item of items)
      if (!reached.has(item)) g.setEdge("start", nameOf(item), entries.has(item) ? tight : hold);
  }
  if (own(exits)) {
    const left = new Set(links.map((link) => link.from));
    g.setNode("end", { width: 0, height: 0 });
    for (const item of items) if (!left.has(item)) g.setEdge(nameOf(item), "end", exits.has(item) ? tight : hold);
  }
}

/** What stands at the same x, from top to bottom; inputs of one op in the op's order. */
function columnsOf(items: readonly Item[], links: readonly ItemLink[], passings: readonly Passing[]): Standing[][] {
  const byX = new Map<number, { readonly one: Standing; readonly middle: number }[]>();
  const put = (x: number, one: Standing): void => {
    append(byX, Math.round(x), { one, middle: one.top + one.height / 2 });
  };
  for (const item of items) put(item.x + item.width / 2, item);
  for (const passing of passings) put(passing.x, passing);
  const siblings = siblingsOf(links);
  return [...byX]
    .sort(([a], [b]) => a - b)
    .map(([, column]) => column.sort((a, b) => a.middle - b.middle).map(({ one }) => one))
    .map((column) => inOrder(column, siblings));
}

/** For each op its inputs, in order, that nothing else reads and that read nothing. */
function siblingsOf(links: readonly ItemLink[]): Item[][] {
  const reads = new Set(links.map((link) => link.to));
  const uses = new Map<Item, number>();
  for (const { from } of links) uses.set(from, (uses.get(from) ?? 0) + 1);
  const siblings = new Map<Item, Item[]>();
  for (const { from, to } of links) {
    if (uses.get(from) === 1 && !reads.has(from)) append(siblings, to, from);
  }
  return [...siblings.values()].filter((group) => group.length > 1);
}

/** The column with siblings that dagre has put in any order in their own. */
function inOrder(column: readonly Standing[], siblings: readonly (readonly Item[])[]): Standing[] {
  const sorted = [...column];
  for (const group of siblings) {
    const places = group.map((item) => column.indexOf(item));
    if (places.includes(-1)) continue;
    for (const [k, place] of places.toSorted((a, b) => a - b).entries()) sorted[place] = group[k];
  }
  return sorted;
}

function pullsOf(link: ItemLink, passings: readonly Passing[]): Pull[] {
  const stops: { readonly one: Standing; readonly offset: number }[] = [
    { one: link.from, offset: link.fromOffset },
    ...passings.map((one) => ({ one, offset: one.height / 2 })),
    { one: link.to, offset: link.toOffset },
  ];
  return stops.slice(1).map((stop, i) => ({
    from: stops[i].one,
    fromOffset: stops[i].offset,
    to: stop.one,
    toOffset: stop.offset,
    strength: link.strength,
  }));
}
