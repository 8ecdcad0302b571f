/**
 * Walking over the drawing with the arrow keys: along the arrows to the left and right, to the nearest box up and down.
 */
import type { Rectangle } from "../../../src/drawing/layout/geometry.ts";
import type { Layout } from "../../../src/drawing/layout/layout.ts";

export type Direction = "left" | "right" | "up" | "down";

function middleOf(r: Rectangle): readonly [x: number, y: number] {
  return [r.x + r.width / 2, r.y + r.height / 2];
}

/** The box that an arrow key leads to from a box; null where there is none. */
export function neighbourOf(
  { boxes, links }: Layout,
  from: string,
  direction: Direction,
  isBackward: boolean,
): string | null {
  const start = boxes.get(from);
  if (start === undefined) return null;
  const [x, y] = middleOf(start);
  const sideways = direction === "left" || direction === "right";
  const sign = direction === "left" || direction === "up" ? -1 : 1;
  const linked = new Map<string, number>();
  for (const link of links) {
    const other = link.from === from ? link.to : link.to === from ? link.from : null;
    // Forward boxes are walked along the forward pass, backward ones along the backward pass, as far as that goes.
    const own = isBackward ? link.kind === "backward" || link.kind === "arrival" : link.kind === "forward";
    if (other !== null) linked.set(other, Math.min(linked.get(other) ?? 9, own ? 0 : link.kind === "saved" ? 2 : 1));
  }
  let best: string | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const [key, r] of boxes) {
    if (key === from || (sideways && !linked.has(key))) continue;
    const [otherX, otherY] = middleOf(r);
    const ahead = (sideways ? otherX - x : otherY - y) * sign;
    const aside = Math.abs(sideways ? otherY - y : otherX - x);
    if (ahead <= 1) continue;
    const distance = sideways ? aside + ahead / 100 + 10_000 * (linked.get(key) ?? 0) : ahead + 3 * aside;
    if (distance < least) [best, least] = [key, distance];
  }
  return best;
}

/** The box to start from where none is chosen: the one farthest to the left and up. */
export function firstBox({ boxes }: Layout): string | null {
  let best: string | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const [key, r] of boxes) {
    if (r.x + r.y / 1000 < least) [best, least] = [key, r.x + r.y / 1000];
  }
  return best;
}
