/**
 * The curve of an arrow: level where it leaves, passes a bend and arrives.
 */
import type { DrawnLink } from "../layout/arrows.ts";

/** A cubic Bézier curve: two control points and the end. */
export type Stroke = readonly [x1: number, y1: number, x2: number, y2: number, x: number, y: number];

/** An arrow's curve, and the direction in which it arrives. */
export interface Curve {
  readonly start: readonly [x: number, y: number];
  readonly strokes: readonly Stroke[];
  /** A unit vector. */
  readonly direction: readonly [dx: number, dy: number];
}

/** The curve through the points of an arrow. */
export function curveOf({ kind, points }: Pick<DrawnLink, "kind" | "points">): Curve {
  const isVertical = kind === "saved" && points[points.length - 1][1] > points[0][1] + 10;
  const forward = kind === "forward" || kind === "saved" ? 1 : -1;
  const strokes = points.slice(1).map(([x, y], i): Stroke => {
    const [fromX, fromY] = points[i];
    if (isVertical) {
      const bow = Math.max(16, Math.min(60, Math.abs(y - fromY) / 2));
      return [fromX, fromY + bow, x, y - bow, x, y];
    }
    const bow = forward * Math.max(12, Math.abs(x - fromX) / 2);
    return [fromX + bow, fromY, x - bow, y, x, y];
  });
  return { start: points[0], strokes, direction: isVertical ? [0, 1] : [forward, 0] };
}

/** The corners of an arrow's head. */
export function headOf({ strokes, start, direction: [dx, dy] }: Curve): readonly (readonly [number, number])[] {
  const last = strokes[strokes.length - 1];
  const [x, y] = last === undefined ? start : [last[4], last[5]];
  const [length, half] = [8, 3.5];
  return [
    [x, y],
    [x - dx * length - dy * half, y - dy * length + dx * half],
    [x - dx * length + dy * half, y - dy * length - dx * half],
  ];
}
