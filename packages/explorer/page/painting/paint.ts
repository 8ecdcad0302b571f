/**
 * The drawing on a canvas: what lies in the window, and only as much of it as can be told apart at the present scale.
 */
import type { FoldedGraph } from "../../src/drawing/fold.ts";
import { labelOf } from "../../src/drawing/labels.ts";
import { extentOf, overlaps, pointsOf, type Rectangle } from "../../src/drawing/layout/geometry.ts";
import type { Layout } from "../../src/drawing/layout/layout.ts";
import type { DrawingState } from "../../src/drawing/painting/appearance.ts";
import { curveOf } from "../../src/drawing/painting/curve.ts";
import { font } from "../../src/drawing/painting/svg.ts";
import { paintBoxes } from "./boxes.ts";
import type { Frame, PreparedDrawing, Sheet } from "./frame.ts";
import { paintLinks } from "./links.ts";

export function prepareDrawing(
  state: Pick<DrawingState, "graph">,
  folded: FoldedGraph,
  layout: Layout,
): PreparedDrawing {
  const links = layout.links.map((link) => ({ link, curve: curveOf(link), extent: extentOf(pointsOf(link), 40) }));
  const labels = new Map([...folded.boxes.values()].map((box) => [box.key, labelOf(state.graph, box)]));
  return { layout, folded, links, labels };
}

export function paint(
  context: CanvasRenderingContext2D,
  drawing: PreparedDrawing,
  state: DrawingState,
  frame: Frame,
): void {
  const { view, colors, window } = frame;
  const { density } = window;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.fillStyle = colors.background;
  context.fillRect(0, 0, window.width * density, window.height * density);
  context.setTransform(view.k * density, 0, 0, view.k * density, view.x * density, view.y * density);
  const seen: Rectangle = {
    x: -view.x / view.k,
    y: -view.y / view.k,
    width: window.width / view.k,
    height: window.height / view.k,
  };
  const sheet = { context, drawing, state, frame, seen };
  paintRegions(sheet);
  paintLinks(sheet);
  paintBoxes(sheet);
}

function paintRegions({ context, drawing, frame: { colors, view }, seen }: Sheet): void {
  for (const [path, parts] of drawing.layout.regions) {
    for (const [i, r] of parts.entries()) {
      if (!overlaps(r, seen)) continue;
      context.beginPath();
      context.roundRect(r.x, r.y, r.width, r.height, 10);
      [context.fillStyle, context.strokeStyle] = colors.region;
      context.lineWidth = 1;
      context.fill();
      context.stroke();
      if (view.k < 0.25) continue;
      context.fillStyle = colors.faintText;
      context.font = `600 13px ${font}`;
      context.textAlign = "left";
      context.textBaseline = "middle";
      const name = path.slice(path.lastIndexOf("/") + 1).slice(0, 60);
      context.fillText(i === 0 ? `▾ ${name}` : `… ${name}`, r.x + 10, r.y + 15, Math.max(10, r.width - 20));
    }
  }
}
