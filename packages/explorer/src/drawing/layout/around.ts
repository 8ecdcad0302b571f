/**
 * Ways around boxes: an arrow whose curve would cross a box that it has nothing to do with, or the title of a layer, runs
 * in straight lines between the boxes instead. It is the shortest way with few bends (A* on the lines beside the boxes),
 * apart from the arrows that run there already.
 */

import { append } from "../append.ts";
import { textWidth } from "../labels.ts";
import { curveOf, pointOn } from "../painting/curve.ts";
import type { DrawnLink } from "./arrows.ts";
import { many } from "./fit.ts";
import { around, extentOf, grown, type Point, type Points, pointAt, pointsOf, type Rectangle } from "./geometry.ts";
import type { Layout } from "./layout.ts";

/** The room left beside a box: at least, and on the lines that arrows run on. */
const clearance = 2;
const beside = [6, 11] as const;
/** How far an arrow runs straight where it leaves and arrives. */
const stub = 6;
/** What a bend costs, in pixels of way, and a pixel beside another arrow. */
const cost = { bend: 24, shared: 3 } as const;
/** More things than these are not gone around: a drawing with so many between two boxes is not read arrow by arrow. */
const most = 200;
/** How far beyond an arrow's own extent its way may lead. */
const reach = 60;

/** A place at which an arrow may leave or arrive: where, in which direction out of the box, and what it costs. */
interface End {
  readonly point: Point;
  readonly out: Point;
  readonly cost: number;
}

/** A straight part of an arrow. */
interface Part {
  readonly from: Point;
  readonly to: Point;
  readonly owner: string;
}

/** The drawing with its arrows led around the boxes, where it has not too many of them. */
export function aroundBoxes(layout: Layout): Layout {
  if (layout.boxes.size > many) return layout;
  const things = thingsOf(layout);
  const near = indexOf(things);
  const isCrossing = (link: DrawnLink): boolean => {
    const { start, strokes } = curveOf(link);
    const corners = strokes.map(([a, b, c, d, x, y]) => around([pointAt(a, b), pointAt(c, d), pointAt(x, y)]));
    const extent = around([pointAt(...start), ...corners]);
    const others = near(extent).filter(({ key }) => key !== link.from && key !== link.to);
    if (others.length === 0) return false;
    return strokes.some((stroke, s) => {
      const from = s === 0 ? start : ([strokes[s - 1][4], strokes[s - 1][5]] as const);
      const length = Math.abs(stroke[4] - from[0]) + Math.abs(stroke[5] - from[1]);
      const steps = Math.max(2, Math.ceil(length / 3));
      for (let k = 0; k <= steps; k++) {
        const [x, y] = pointOn({ start: from, strokes: [stroke], direction: [1, 0] }, k / steps);
        if (others.some(({ r }) => isInside(r, x, y))) return true;
      }
      return false;
    });
  };
  const crossing = new Set(layout.links.filter(isCrossing));
  if (crossing.size === 0) return layout;
  const taken: Part[] = layout.links
    .filter((link) => !crossing.has(link) && link.turn !== undefined)
    .flatMap((link) => partsOf((link.turn as NonNullable<DrawnLink["turn"]>).corners, link.from));
  const links = layout.links.map((link) => {
    if (!crossing.has(link)) return link;
    const points = wayFor(link, layout, near, taken);
    if (points === null) return link;
    taken.push(...partsOf(points, link.from));
    const { turn: _, ...others } = link;
    return { ...others, points, isAngular: true as const };
  });
  return { ...layout, links };
}

/** A box by its key, or a title. */
interface Thing {
  readonly key: string | null;
  readonly r: Rectangle;
}

/** What no arrow of others may cross: the boxes, and the titles of open layers. */
function thingsOf({ boxes, regions }: Layout): Thing[] {
  const titles = [...regions].flatMap(([path, parts]) =>
    parts.map((r) => {
      const width = textWidth(`▾ ${path.slice(path.lastIndexOf("/") + 1).slice(0, 60)}`, 13.5);
      return { key: null, r: { x: r.x + 8, y: r.y + 6, width: Math.min(width, r.width - 16), height: 18 } };
    }),
  );
  return [...[...boxes].map(([key, r]) => ({ key, r })), ...titles];
}

function isInside(r: Rectangle, x: number, y: number): boolean {
  return x > r.x && x < r.x + r.width && y > r.y && y < r.y + r.height;
}

/** Finds which things touch a rectangle, by squares of the plane. */
function indexOf(all: readonly Thing[]): (wanted: Rectangle) => Thing[] {
  const side = 240;
  const squares = new Map<string, Thing[]>();
  const over = (r: Rectangle, take: (key: string) => void): void => {
    for (let x = Math.floor(r.x / side); x <= Math.floor((r.x + r.width) / side); x++)
      for (let y = Math.floor(r.y / side); y <= Math.floor((r.y + r.height) / side); y++) take(`${x} ${y}`);
  };
  for (const thing of all) over(thing.r, (key) => append(squares, key, thing));
  return (wanted) => {
    const found = new Set<Thing>();
    over(wanted, (key) => {
      for (const thing of squares.get(key) ?? []) {
        const { r } = thing;
        const isApart =
          r.x > wanted.x + wanted.width ||
          wanted.x > r.x + r.width ||
          r.y > wanted.y + wanted.height ||
          wanted.y > r.y + r.height;
        if (!isApart) found.add(thing);
      }
    });
    return [...found];
  };
}

function partsOf(points: Points, owner: string): Part[] {
  return points.slice(1).map((to, i) => ({ from: points[i], to, owner }));
}

/** Where an arrow may leave its box and arrive at the other. Values that rules read leave and arrive on any side. */
function endsOf(
  link: DrawnLink,
  from: Rectangle,
  to: Rectangle,
): readonly [starts: readonly End[], ends: readonly End[]] {
  const last = link.turn?.points ?? link.points;
  const [begin, tip] = [link.points[0], last[last.length - 1]];
  if (link.kind !== "saved") {
    const side: Point = link.isUpward ? [0, -1] : link.kind === "forward" ? [1, 0] : [-1, 0];
    return [[{ point: begin, out: side, cost: 0 }], [{ point: tip, out: [-side[0], -side[1]], cost: 0 }]];
  }
  const sides = (r: Rectangle, aside: number, costs: readonly number[]): End[] => {
    const [x, y] = [r.x + r.width / 2, r.y + r.height / 2];
    return [
      { point: [x + aside, r.y + r.height], out: [0, 1], cost: costs[0] },
      { point: [x + aside, r.y], out: [0, -1], cost: costs[1] },
      { point: [r.x + r.width, y + aside], out: [1, 0], cost: costs[2] },
      { point: [r.x, y + aside], out: [-1, 0], cost: costs[3] },
    ];
  };
  return [sides(from, 12, [0, 60, 20, 40]), sides(to, 0, [40, 0, 60, 30])];
}

/** The corners of a way; null where there is none, or too much to go around. */
function wayFor(
  link: DrawnLink,
  { boxes }: Layout,
  near: (wanted: Rectangle) => readonly Thing[],
  taken: readonly Part[],
): Points | null {
  const [from, to] = [boxes.get(link.from) as Rectangle, boxes.get(link.to) as Rectangle];
  const extent = grown(around([from, to, extentOf(pointsOf(link), 0)]), reach);
  const obstacles = near(extent).map(({ r }) => r);
  if (obstacles.length > most) return null;
  const others = taken.filter(({ owner }) => owner !== link.from);
  const [starts, ends] = endsOf(link, from, to);
  // Straight through the rows in between, the arrows of layers that look alike would run on as one line.
  const [out, down, across, back] = link.kind === "saved" ? [] : (link.turn?.corners ?? []);
  if (back !== undefined) {
    const away: Point = [Math.sign(out[0] - across[0]), 0];
    const first = wayBetween(starts, [{ point: out, out: [-away[0], 0], cost: 0 }], extent, obstacles, others);
    const last = wayBetween([{ point: back, out: away, cost: 0 }], ends, extent, obstacles, others);
    if (first !== null && last !== null) return withoutMiddles([...first, down, across, ...last]);
  }
  return wayBetween(starts, ends, extent, obstacles, others);
}

/** The corners of a way from one of the starts to one of the ends; null where there is none. */
function wayBetween(
  starts: readonly End[],
  ends: readonly End[],
  extent: Rectangle,
  obstacles: readonly Rectangle[],
  taken: readonly Part[],
): Points | null {
  const off = ({ point, out }: End): Point => [point[0] + stub * out[0], point[1] + stub * out[1]];
  const lines = (low: number, size: number, at: (r: Rectangle) => readonly [number, number], axis: 0 | 1): number[] => {
    const found = obstacles.flatMap((r) => {
      const [start, length] = at(r);
      return beside.flatMap((d) => [start - d, start + length + d]);
    });
    const inside = found.filter((x) => x >= low && x <= low + size);
    return [
      ...new Set([...inside, ...[...starts, ...ends].map((end) => off(end)[axis])].map((x) => Math.round(x * 2) / 2)),
    ].sort((a, b) => a - b);
  };
  const xs = lines(extent.x, extent.width, (r) => [r.x, r.width], 0);
  const ys = lines(extent.y, extent.height, (r) => [r.y, r.height], 1);
  return search(xs, ys, obstacles, starts, ends, off, taken);
}

/** The first index whose number is not smaller. */
function firstFrom(numbers: readonly number[], wanted: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle] < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A* over the crossings of the lines: a state is a crossing and the direction in which it was reached. */
function search(
  xs: readonly number[],
  ys: readonly number[],
  obstacles: readonly Rectangle[],
  starts: readonly End[],
  ends: readonly End[],
  off: (end: End) => Point,
  taken: readonly Part[],
): Points | null {
  const [columns, rows] = [xs.length, ys.length];
  // Whether the stretch to the right of a crossing, and the one below it, runs through something.
  const blocked = [new Uint8Array(columns * rows), new Uint8Array(columns * rows)];
  const extra = [new Float64Array(columns * rows), new Float64Array(columns * rows)];
  for (const r of obstacles) {
    const [left, right] = [r.x - clearance, r.x + r.width + clearance];
    const [top, bottom] = [r.y - clearance, r.y + r.height + clearance];
    const [i0, i1] = [firstFrom(xs, left + 1e-6), firstFrom(xs, right)];
    const [j0, j1] = [firstFrom(ys, top + 1e-6), firstFrom(ys, bottom)];
    for (let j = j0; j < j1; j++) for (let i = Math.max(0, i0 - 1); i < i1; i++) blocked[0][j * columns + i] = 1;
    for (let j = Math.max(0, j0 - 1); j < j1; j++) for (let i = i0; i < i1; i++) blocked[1][j * columns + i] = 1;
  }
  const apart = 4;
  for (const { from, to } of taken) {
    const isLevel = Math.abs(from[1] - to[1]) < 1;
    const [along, across] = isLevel ? [xs, ys] : [ys, xs];
    const [a, b] = isLevel ? [from[0], to[0]] : [from[1], to[1]];
    const at = isLevel ? from[1] : from[0];
    const [k0, k1] = [firstFrom(along, Math.min(a, b) - apart), firstFrom(along, Math.max(a, b))];
    for (let c = firstFrom(across, at - apart); c < across.length && across[c] < at + apart; c++) {
      for (let k = k0; k < Math.min(k1, along.length - 1); k++) {
        const place = isLevel ? c * columns + k : k * columns + c;
        extra[isLevel ? 0 : 1][place] = (along[k + 1] - along[k]) * cost.shared;
      }
    }
  }
  const placeOf = ([x, y]: Point): number =>
    firstFrom(ys, Math.round(y * 2) / 2) * columns + firstFrom(xs, Math.round(x * 2) / 2);
  const isFree = (end: End): boolean => {
    const [x, y] = off(end);
    return obstacles.every((r) => !isInside(grown(r, clearance), x, y));
  };
  const goals = new Map<number, End[]>();
  for (const end of ends) if (isFree(end)) goals.set(placeOf(off(end)), [...(goals.get(placeOf(off(end))) ?? []), end]);
  if (goals.size === 0) return null;
  const targets = ends.filter(isFree).map(off);
  const left = (place: number): number => {
    const [x, y] = [xs[place % columns], ys[Math.floor(place / columns)]];
    return Math.min(...targets.map(([tx, ty]) => Math.abs(tx - x) + Math.abs(ty - y)));
  };
  // A state: crossing · 4 + direction (right, left, down, up).
  const steps = [1, -1, columns, -columns];
  const directionOf = ([dx, dy]: Point): number => (dx > 0 ? 0 : dx < 0 ? 1 : dy > 0 ? 2 : 3);
  const best = new Map<number, number>();
  const before = new Map<number, number>();
  const open = new Queue();
  const startOf = new Map<number, End>();
  for (const start of starts.filter(isFree)) {
    const state = placeOf(off(start)) * 4 + directionOf(start.out);
    if ((best.get(state) ?? Number.POSITIVE_INFINITY) <= start.cost) continue;
    best.set(state, start.cost);
    startOf.set(state, start);
    open.push(state, start.cost + left(state >> 2));
  }
  let found: { readonly state: number; readonly end: End; readonly total: number } | null = null;
  for (let state = open.pop(); state !== null; state = open.pop()) {
    const place = state >> 2;
    const so = best.get(state) as number;
    if (found !== null && so + left(place) >= found.total) break;
    const direction = state & 3;
    for (const end of goals.get(place) ?? []) {
      const into = directionOf([-end.out[0], -end.out[1]]);
      if ((into ^ direction) === 1) continue;
      const total = so + end.cost + (into === direction ? 0 : cost.bend);
      if (found === null || total < found.total) found = { state, end, total };
    }
    for (const [next, step] of steps.entries()) {
      if ((next ^ direction) === 1) continue;
      const i = place % columns;
      if ((next === 0 && i === columns - 1) || (next === 1 && i === 0)) continue;
      const to = place + step;
      if (to < 0 || to >= columns * rows) continue;
      const edge = Math.min(place, to);
      const axis = next >> 1;
      if (blocked[axis][edge] === 1) continue;
      const length =
        axis === 0
          ? Math.abs(xs[to % columns] - xs[i])
          : Math.abs(ys[Math.floor(to / columns)] - ys[Math.floor(place / columns)]);
      const total = so + length + extra[axis][edge] + (next === direction ? 0 : cost.bend);
      const key = to * 4 + next;
      if ((best.get(key) ?? Number.POSITIVE_INFINITY) <= total) continue;
      best.set(key, total);
      before.set(key, state);
      open.push(key, total + left(to));
    }
  }
  if (found === null) return null;
  const way: Point[] = [found.end.point, off(found.end)];
  let state: number | undefined = found.state;
  let first = state;
  while (state !== undefined) {
    first = state;
    way.push([xs[(state >> 2) % columns], ys[Math.floor((state >> 2) / columns)]]);
    state = before.get(state);
  }
  const start = startOf.get(first) as End;
  way.push(off(start), start.point);
  return withoutMiddles(way.toReversed());
}

/** The corners alone: no points on the way between two of them. */
function withoutMiddles(points: Points): Points {
  const corners: Point[] = [];
  for (const point of points) {
    const [a, b] = [corners[corners.length - 2], corners[corners.length - 1]];
    const isSame = b !== undefined && Math.abs(b[0] - point[0]) < 0.6 && Math.abs(b[1] - point[1]) < 0.6;
    if (isSame) continue;
    const isOn = (axis: 0 | 1): boolean => Math.abs(a[axis] - b[axis]) < 0.6 && Math.abs(b[axis] - point[axis]) < 0.6;
    if (a !== undefined && (isOn(0) || isOn(1))) corners.pop();
    corners.push(point);
  }
  return corners;
}

/** What is cheapest comes first: a binary heap. */
class Queue {
  readonly #heap: { readonly state: number; readonly cost: number }[] = [];

  push(state: number, cost: number): void {
    const heap = this.#heap;
    let at = heap.length;
    const one = { state, cost };
    heap.push(one);
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (heap[above].cost <= cost) break;
      heap[at] = heap[above];
      at = above;
    }
    heap[at] = one;
  }

  pop(): number | null {
    const heap = this.#heap;
    const [top] = heap;
    const last = heap.pop();
    if (top === undefined || last === undefined) return null;
    if (heap.length > 0) {
      let at = 0;
      for (;;) {
        let below = 2 * at + 1;
        if (below >= heap.length) break;
        if (below + 1 < heap.length && heap[below + 1].cost < heap[below].cost) below++;
        if (heap[below].cost >= last.cost) break;
        heap[at] = heap[below];
        at = below;
      }
      heap[at] = last;
    }
    return top.state;
  }
}
