/**
 * A long drawing in rows, as text is set in lines: it is cut where no box stands, and arrows from one row to another run
 * around the end of the row, between the rows, and in again at the other side.
 */
import type { DrawnLink } from "./arrows.ts";
import { around, moved, type Points, type Rectangle, shifted } from "./geometry.ts";
import type { Layout } from "./layout.ts";

/** Room at the border of the drawing, and between arrows that run beside each other on their way between rows. */
interface Spacing {
  readonly border: number;
  readonly lane: number;
}

const spacing: { readonly wide: Spacing; readonly narrow: Spacing } = {
  wide: { border: 14, lane: 6 },
  narrow: { border: 5, lane: 4 },
};
/** Room for the title of a region, and around what is in it. */
const padding = { left: 6, right: 6, top: 28, bottom: 10 } as const;
/** The most arrows that have a lane of their own. */
const lanes = 6;
/** The least room between two boxes at which a row may end. */
const leastGap = 14;

/** A row: what stands between two cuts. */
interface Row {
  readonly from: number;
  readonly to: number;
  /** How far everything in it moves. */
  dx: number;
  dy: number;
  /** After the move. */
  top: number;
  bottom: number;
  right: number;
}

/** Where no box stands: the middles of the gaps between columns. */
function gapsOf(boxes: Iterable<Rectangle>): number[] {
  const sorted = [...boxes].sort((a, b) => a.x - b.x);
  const gaps: number[] = [];
  let right = Number.NEGATIVE_INFINITY;
  for (const { x, width } of sorted) {
    if (right > Number.NEGATIVE_INFINITY && x - right >= leastGap) gaps.push((x + right) / 2);
    right = Math.max(right, x + width);
  }
  return gaps;
}

/** The cuts, so that no row is wider than `width` where it can be helped. */
function cutsOf(gaps: readonly number[], end: number, width: number): number[] {
  const cuts = [0];
  let last: number | null = null;
  for (const gap of [...gaps, end]) {
    const start = cuts[cuts.length - 1];
    if (gap - start > width && last !== null && last > start) cuts.push(last);
    last = gap;
  }
  return [...cuts, end];
}

/** Cuts of rows that are about as long as each other, no more of them than needed. */
function evenCuts(gaps: readonly number[], end: number, width: number): number[] {
  const most = cutsOf(gaps, end, width);
  let [low, high] = [end / (most.length - 1), width];
  for (let i = 0; i < 8; i++) {
    const middle = (low + high) / 2;
    if (cutsOf(gaps, end, middle).length <= most.length) high = middle;
    else low = middle;
  }
  return cutsOf(gaps, end, high);
}

/** The drawing in rows of about `width`; as it is where it is no wider. */
export function wrapLayout(layout: Layout, width: number): Layout {
  if (layout.width <= width) return layout;
  const gaps = gapsOf(layout.boxes.values());
  // How much room arrows between rows take is known once it is known where the rows end.
  const { border, lane } = width < 600 ? spacing.narrow : spacing.wide;
  let wrapped = layout;
  let taken = 2 * lane;
  for (let i = 0; i < 8; i++) {
    const cuts = evenCuts(gaps, layout.width, Math.max(80, width - 2 * border - taken));
    if (cuts.length < 3) return layout;
    wrapped = inRows(layout, cuts, { border, lane });
    if (wrapped.width <= width) break;
    taken += wrapped.width - width + 4;
  }
  return wrapped;
}

/** The drawing with a row from each cut to the next. */
function inRows(layout: Layout, cuts: readonly number[], { border, lane }: Spacing): Layout {
  const rows: Row[] = cuts.slice(1).map((to, i) => ({ from: cuts[i], to, dx: 0, dy: 0, top: 0, bottom: 0, right: 0 }));
  const rowAt = (x: number): number => {
    let [low, high] = [0, rows.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (x < rows[middle].to) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  const rowOf = new Map([...layout.boxes].map(([key, r]) => [key, rowAt(r.x + r.width / 2)]));
  const parts = regionParts(layout, rows, rowOf);
  const crossing = layout.links.filter(({ from, to }) => rowOf.get(from) !== rowOf.get(to));
  const used = lanesOf(crossing, rowOf, rows.length);
  const margin = border + 4 + lane * Math.max(0, ...used.counts);
  place(layout, rows, rowOf, parts, used.counts, margin, { border, lane });
  const right = Math.max(...rows.map((row) => row.right)) + 4;
  const inRow = (r: Rectangle, row: number): Rectangle => moved(r, rows[row].dx, rows[row].dy);
  const boxes = new Map([...layout.boxes].map(([key, r]) => [key, inRow(r, rowOf.get(key) as number)]));
  const links = layout.links.map((link): DrawnLink => {
    const [a, b] = [rowOf.get(link.from) as number, rowOf.get(link.to) as number];
    if (a === b) return { ...link, points: shifted(link.points, rows[a].dx, rows[a].dy) };
    return turned(link, rows, a, b, { used, left: margin, right, lane });
  });
  return {
    width: right + margin,
    height: rows[rows.length - 1].bottom + border,
    boxes,
    regions: new Map([...parts].map(([path, shown]) => [path, shown.map(({ r, row }) => inRow(r, row))] as const)),
    links,
    rows: rows.length,
  };
}

interface RegionPart {
  readonly r: Rectangle;
  readonly row: number;
}

const contains = (outer: Rectangle, inner: Rectangle): boolean =>
  outer.x <= inner.x &&
  outer.y <= inner.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height;

/** Of each region its part in each row: around what is in it there. */
function regionParts(
  { regions, boxes }: Layout,
  rows: readonly Row[],
  rowOf: ReadonlyMap<string, number>,
): Map<string, RegionPart[]> {
  const parts = new Map<string, RegionPart[]>();
  const paths = [...regions.keys()];
  const inside = new Map<string, string[]>(paths.map((path) => [path, []]));
  for (const [key, box] of boxes) {
    for (const [path, [r]] of regions) if (contains(r, box)) inside.get(path)?.push(key);
  }
  // Inner regions come after outer ones, and are there when those are drawn around them.
  for (const path of paths.toReversed()) {
    const found: RegionPart[] = [];
    for (let row = 0; row < rows.length; row++) {
      const all = (inside.get(path) ?? [])
        .filter((key) => rowOf.get(key) === row)
        .map((key) => boxes.get(key) as Rectangle);
      for (const [other, shown] of parts)
        if (other.startsWith(`${path}/`)) all.push(...shown.flatMap((part) => (part.row === row ? [part.r] : [])));
      if (all.length === 0) continue;
      const inner = around(all);
      const x = Math.max(inner.x - padding.left, rows[row].from);
      const right = Math.min(inner.x + inner.width + padding.right, rows[row].to);
      const height = inner.height + padding.top + padding.bottom;
      found.push({ r: { x, y: inner.y - padding.top, width: right - x, height }, row });
    }
    parts.set(path, found);
  }
  return new Map(paths.map((path) => [path, parts.get(path) ?? []]));
}

interface Lanes {
  /** Of each arrow its lane in the gutter that it runs through. */
  readonly of: ReadonlyMap<DrawnLink, number>;
  /** How many lanes the gutter after each row has. */
  readonly counts: readonly number[];
}

/** Arrows of one box share a lane. */
function lanesOf(crossing: readonly DrawnLink[], rowOf: ReadonlyMap<string, number>, rows: number): Lanes {
  const taken = Array.from({ length: rows }, () => new Map<string, number>());
  const of = new Map<DrawnLink, number>();
  for (const link of crossing) {
    const [a, b] = [rowOf.get(link.from) as number, rowOf.get(link.to) as number];
    const gutter = taken[Math.min(a, b)];
    const known = gutter.get(link.from) ?? gutter.size % lanes;
    gutter.set(link.from, known);
    of.set(link, known);
  }
  return { of, counts: taken.map((gutter) => Math.min(lanes, gutter.size)) };
}

/** Puts the rows one below the other. */
function place(
  { boxes, links }: Layout,
  rows: readonly Row[],
  rowOf: ReadonlyMap<string, number>,
  parts: ReadonlyMap<string, readonly RegionPart[]>,
  counts: readonly number[],
  margin: number,
  { border, lane }: Spacing,
): void {
  const members = rows.map((): Rectangle[] => []);
  for (const [key, r] of boxes) members[rowOf.get(key) as number].push(r);
  for (const shown of parts.values()) for (const { r, row } of shown) members[row].push(r);
  for (const { from, to, points } of links) {
    // Of an arrow to another row what runs in its own rows; between them it has room of its own.
    const own = [rowOf.get(from) as number, rowOf.get(to) as number];
    for (const row of new Set(own)) {
      for (const [x, y] of points) {
        if (x >= rows[row].from && x <= rows[row].to) members[row].push({ x, y: y - 4, width: 0, height: 8 });
      }
    }
  }
  let y = border;
  for (const [i, row] of rows.entries()) {
    const extent = around(members[i]);
    row.dx = margin - extent.x;
    row.dy = y - extent.y;
    row.top = y;
    row.bottom = y + extent.height;
    row.right = margin + extent.width;
    y = row.bottom + 26 + lane * counts[i];
  }
}

/** An arrow from one row to another: around the ends of the rows, through the room below the upper one. */
function turned(
  link: DrawnLink,
  rows: readonly Row[],
  a: number,
  b: number,
  {
    used,
    left,
    right,
    lane,
  }: { readonly used: Lanes; readonly left: number; readonly right: number; readonly lane: number },
): DrawnLink {
  const [own, other] = [rows[a], rows[b]];
  const inRow = ({ from, to }: Row): Points => link.points.filter(([x]) => x >= from && x <= to);
  const begin = [link.points[0], ...inRow(own).filter((point) => point !== link.points[0])];
  const tip = link.points[link.points.length - 1];
  const end = [...inRow(other).filter((point) => point !== tip), tip];
  const offset = lane * ((used.of.get(link) ?? 0) + 1);
  const upper = rows[Math.min(a, b)];
  const gutter = upper.bottom + 8 + offset;
  const isDown = a < b;
  const [outX, inX] = isDown ? [right + offset, left - 4 - offset] : [left - 4 - offset, right + offset];
  const points = shifted(begin, own.dx, own.dy);
  const rest = shifted(end, other.dx, other.dy);
  const [outY, inY] = [points[points.length - 1][1], rest[0][1]];
  const corners: Points = [
    [outX, outY],
    [outX, gutter],
    [inX, gutter],
    [inX, inY],
  ];
  const { isUpward: _, ...others } = link;
  return { ...others, points, turn: { corners, points: rest } };
}
