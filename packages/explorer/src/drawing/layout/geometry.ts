/** Rectangles and points of the drawing. */

/** A rectangle of the drawing. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A point of the drawing, and points that an arrow passes on its way. */
export type Point = readonly [x: number, y: number];
export type Points = readonly Point[];

/** A rectangle elsewhere. */
export function moved<R extends { readonly x: number; readonly y: number }>(r: R, dx: number, dy: number): R {
  return { ...r, x: r.x + dx, y: r.y + dy };
}

/** Points elsewhere. */
export function shifted(points: Points, dx: number, dy: number): Points {
  return points.map(([x, y]) => [x + dx, y + dy] as const);
}

/** The smallest rectangle around all of some. */
export function around(rs: readonly Rectangle[]): Rectangle {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y, width, height } of rs) {
    [left, top] = [Math.min(left, x), Math.min(top, y)];
    [right, bottom] = [Math.max(right, x + width), Math.max(bottom, y + height)];
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** The rectangle with so much room around it. */
export function grown({ x, y, width, height }: Rectangle, more: number): Rectangle {
  return { x: x - more, y: y - more, width: width + 2 * more, height: height + 2 * more };
}

/** A point as a rectangle. */
export function pointAt(x: number, y: number): Rectangle {
  return { x, y, width: 0, height: 0 };
}

/** The smallest rectangle around points, with so much room around it. */
export function extentOf(points: Points, more: number): Rectangle {
  return grown(around(points.map(([x, y]) => pointAt(x, y))), more);
}

/** Whether two rectangles have a part in common. */
export function overlaps(a: Rectangle, b: Rectangle): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** All points of an arrow, in every row that it runs in. */
export function pointsOf({ points, turn }: { readonly points: Points; readonly turn?: Turn }): Points {
  return turn === undefined ? points : [...points, ...turn.corners, ...turn.points];
}

/** How an arrow goes on in another row of the drawing: the corners on its way there, and its points in that row. */
export interface Turn {
  readonly corners: Points;
  readonly points: Points;
}
