/**
 * The curve of an arrow: level where it leaves, passes a bend and arrives; between two rows of the drawing, and around
 * boxes, straight, with round corners.
 */
import type { DrawnLink } from "../layout/arrows.ts";

/** A cubic Bézier curve: two control points and the end. */
export type Stroke = readonly [x1: number, y1: number, x2: number, y2: number, x: number, y: number];

type Point = readonly [x: number, y: number];

/** An arrow's curve, and the direction in which it arrives. */
export interface Curve {
  readonly start: Point;
  readonly strokes: readonly Stroke[];
  /** A unit vector. */
  readonly direction: readonly [dx: number, dy: number];
}

function bends(points: readonly Point[], forward: number): Stroke[] {
  return points.slice(1).map(([x, y], i): Stroke => {
    const [fromX, fromY] = points[i];
    const bow = forward * Math.max(12, Math.abs(x - fromX) / 2);
    return [fromX + bow, fromY, x - bow, y, x, y];
  });
}

function falling(points: readonly Point[]): Stroke[] {
  return points.slice(1).map(([x, y], i): Stroke => {
    const [fromX, fromY] = points[i];
    const bow = Math.max(6, Math.min(60, Math.abs(y - fromY) / 2)) * Math.sign(y - fromY);
    return [fromX, fromY + bow, x, y - bow, x, y];
  });
}

const corner = 8;

/** Straight from point to point, the corners rounded. */
function straight(points: readonly Point[]): Stroke[] {
  const strokes: Stroke[] = [];
  const toward = ([fromX, fromY]: Point, [x, y]: Point): Point => {
    const length = Math.hypot(x - fromX, y - fromY);
    const share = length === 0 ? 0 : Math.min(corner, length / 2) / length;
    return [fromX + (x - fromX) * share, fromY + (y - fromY) * share];
  };
  let at = points[0];
  const line = (to: Point): void => {
    strokes.push([...at, ...to, ...to]);
    at = to;
  };
  for (let i = 1; i < points.length; i++) {
    const point = points[i];
    const next = points[i + 1];
    if (next === undefined) {
      line(point);
      break;
    }
    line(toward(point, points[i - 1]));
    const out = toward(point, next);
    strokes.push([...point, ...point, ...out]);
    at = out;
  }
  return strokes;
}

/** The curve through the points of an arrow. */
export function curveOf({
  kind,
  points,
  isUpward,
  isAngular,
  turn,
}: Pick<DrawnLink, "kind" | "points" | "isUpward" | "isAngular" | "turn">): Curve {
  const start = points[0];
  if (isAngular) {
    const [[fromX, fromY], [x, y]] = points.slice(-2);
    const isLevel = Math.abs(x - fromX) > Math.abs(y - fromY);
    const direction = isLevel ? ([Math.sign(x - fromX), 0] as const) : ([0, Math.sign(y - fromY)] as const);
    return { start, strokes: straight(points), direction };
  }
  const forward = kind === "forward" || kind === "saved" ? 1 : -1;
  if (turn !== undefined) {
    const corners = [points[points.length - 1], ...turn.corners, turn.points[0]];
    const strokes = [...bends(points, forward), ...straight(corners), ...bends(turn.points, forward)];
    return { start, strokes, direction: [forward, 0] };
  }
  if (isUpward) return { start, strokes: falling(points), direction: [0, -1] };
  const isFalling = kind === "saved" && points[points.length - 1][1] > points[0][1] + 10;
  if (isFalling) return { start, strokes: falling(points), direction: [0, 1] };
  return { start, strokes: bends(points, forward), direction: [forward, 0] };
}

/** A point of a curve: `t` from 0 to 1. */
export function pointOn({ start, strokes }: Curve, t: number): Point {
  if (strokes.length === 0) return start;
  const at = Math.max(0, Math.min(strokes.length - 1e-9, t * strokes.length));
  const i = Math.floor(at);
  const u = at - i;
  const from = i === 0 ? start : ([strokes[i - 1][4], strokes[i - 1][5]] as const);
  const [x1, y1, x2, y2, x, y] = strokes[i];
  const v = 1 - u;
  const mix = (a: number, b: number, c: number, d: number): number =>
    v * v * v * a + 3 * v * v * u * b + 3 * v * u * u * c + u * u * u * d;
  return [mix(from[0], x1, x2, x), mix(from[1], y1, y2, y)];
}

/** The corners of an arrow's head. */
export function headOf({ strokes, start, direction: [dx, dy] }: Curve): readonly Point[] {
  const last = strokes[strokes.length - 1];
  const [x, y] = last === undefined ? start : [last[4], last[5]];
  const [length, half] = [8, 3.5];
  return [
    [x, y],
    [x - dx * length - dy * half, y - dy * length + dx * half],
    [x - dx * length + dy * half, y - dy * length - dx * half],
  ];
}
