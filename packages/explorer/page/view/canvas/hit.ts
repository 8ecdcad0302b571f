/** What lies where the mouse or a finger is. */
import { cellIn, cellSize, gridIn, resultOf } from "../../../src/drawing/labels.ts";
import type { Rectangle } from "../../../src/drawing/layout/geometry.ts";
import type { PreparedDrawing } from "../../painting/frame.ts";
import { graph } from "../../state/document.ts";
import { isKnown } from "../../state/stepping.ts";
import { drawing } from "../../state/view.ts";
import { view } from "./camera.ts";

/** The element whose number stands at a point of a box; null where there is none. */
function placeAt({ folded }: PreparedDrawing, key: string, r: Rectangle, x: number, y: number): number | null {
  const box = folded.boxes.get(key);
  const grid = box === undefined ? null : gridIn(graph.value, box);
  if (box === undefined || grid === null || !isKnown(resultOf(graph.value, box))) return null;
  for (let place = 0; place < grid.rows * grid.columns; place++) {
    const [left, top] = cellIn(grid, r.width, place);
    if (x >= left && x < left + cellSize.width && y >= top && y < top + cellSize.height) return place;
  }
  return null;
}

/** What lies at a point of the window. */
export interface Hit {
  readonly box?: string;
  /** The path of an open scope whose title it is. */
  readonly title?: string;
  /** Whether it is the sign of a box that opens. */
  readonly sign?: boolean;
  /** The element of the box's tensor whose number stands there. */
  readonly place?: number;
}

/** The box or title of an open scope at a point of the window. */
export function hit(x: number, y: number): Hit {
  const shown = drawing.value;
  if (shown === null) return {};
  const { k, x: left, y: top } = view.value;
  const [px, py] = [(x - left) / k, (y - top) / k];
  const within = (r: Rectangle): boolean => px >= r.x && px <= r.x + r.width && py >= r.y && py <= r.y + r.height;
  for (const [key, r] of shown.layout.boxes) {
    if (!within(r)) continue;
    const place = placeAt(shown, key, r, px - r.x, py - r.y);
    return { box: key, sign: px < r.x + 26, ...(place === null ? {} : { place }) };
  }
  for (const [path, parts] of [...shown.layout.regions].toReversed()) {
    if (parts.some((r) => within({ ...r, height: 28 }))) return { title: path };
  }
  return {};
}
