/**
 * The drawing on a canvas: what lies in the window, and only as much of it as can be told apart at the present scale.
 */

import type { FoldedGraph } from "../fold.ts";
import { hasPicture, type Label, labelOf, pictureSize } from "../labels.ts";
import type { DrawnLink } from "../layout/arrows.ts";
import type { Rectangle } from "../layout/cell.ts";
import type { Layout } from "../layout/layout.ts";
import { boxColors, type DrawingState, isEmphasized, isLinkWaiting, isWaiting, numbersOf } from "./appearance.ts";
import type { Colors } from "./colors.ts";
import { type Curve, curveOf, headOf } from "./curve.ts";

/** The window onto the drawing: screen = drawing · k + (x, y). */
export interface View {
  readonly x: number;
  readonly y: number;
  readonly k: number;
}

/** A link with its curve and extent, computed once for a layout. */
interface PreparedLink {
  readonly link: DrawnLink;
  readonly curve: Curve;
  readonly extent: Rectangle;
}

/** A layout with all that can be computed before painting. */
export interface PreparedDrawing {
  readonly layout: Layout;
  readonly folded: FoldedGraph;
  readonly links: readonly PreparedLink[];
  readonly labels: ReadonlyMap<string, Label>;
}

/** Prepares a layout for painting. */
export function prepareDrawing(
  state: Pick<DrawingState, "graph">,
  folded: FoldedGraph,
  layout: Layout,
): PreparedDrawing {
  const links = layout.links.map((link) => ({ link, curve: curveOf(link), extent: extentOf(link) }));
  const labels = new Map([...folded.boxes.values()].map((box) => [box.key, labelOf(state.graph, box)]));
  return { layout, folded, links, labels };
}

function extentOf({ points }: DrawnLink): Rectangle {
  let [left, top, right, bottom] = [points[0][0], points[0][1], points[0][0], points[0][1]];
  for (const [x, y] of points) {
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return { x: left - 40, y: top - 40, width: right - left + 80, height: bottom - top + 80 };
}

/** Pictures of tensors by node, as far as they are there. */
export type Pictures = ReadonlyMap<number, CanvasImageSource>;

const font = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif";

/** Paints the drawing. `width` and `height` are those of the window in CSS pixels, `density` device pixels each. */
export function paint(
  context: CanvasRenderingContext2D,
  drawing: PreparedDrawing,
  state: DrawingState,
  colors: Colors,
  view: View,
  window: { readonly width: number; readonly height: number; readonly density: number },
  pictures: Pictures,
): void {
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
  paintRegions(context, drawing, colors, seen, view.k);
  paintLinks(context, drawing, state, colors, seen, view.k);
  paintBoxes(context, drawing, state, colors, seen, view.k, pictures);
}

function overlaps(a: Rectangle, b: Rectangle): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

function paintRegions(
  context: CanvasRenderingContext2D,
  { layout }: PreparedDrawing,
  colors: Colors,
  seen: Rectangle,
  scale: number,
): void {
  for (const [path, r] of layout.regions) {
    if (!overlaps(r, seen)) continue;
    context.beginPath();
    context.roundRect(r.x, r.y, r.width, r.height, 10);
    [context.fillStyle, context.strokeStyle] = colors.region;
    context.lineWidth = 1;
    context.fill();
    context.stroke();
    if (scale < 0.25) continue;
    context.fillStyle = colors.faintText;
    context.font = `600 13px ${font}`;
    context.textAlign = "left";
    context.textBaseline = "middle";
    context.fillText(
      `▾ ${path.slice(path.lastIndexOf("/") + 1).slice(0, 60)}`,
      r.x + 10,
      r.y + 15,
      Math.max(10, r.width - 20),
    );
  }
}

interface LinkStyle {
  readonly color: string;
  readonly dash: readonly number[];
  readonly width: number;
  readonly alpha: number;
}

function styleOf(link: DrawnLink, state: DrawingState, colors: Colors): LinkStyle {
  const isStrong = isEmphasized(state, link);
  const waiting = isLinkWaiting(state, link) ? 0.25 : 1;
  const color = colors.link[link.kind];
  if (link.kind === "saved")
    return { color, dash: [2, 3], width: isStrong ? 2 : 1, alpha: isStrong ? 1 : 0.55 * waiting };
  return { color, dash: link.kind === "forward" ? [] : [6, 4], width: isStrong ? 3 : 1.5, alpha: waiting };
}

/** Arrows of one style: they are painted as one path, since setting up a stroke costs more than the stroke itself. */
interface LinkGroup {
  readonly style: LinkStyle;
  readonly isSaved: boolean;
  readonly links: readonly PreparedLink[];
}

/** The groups of a drawing's arrows; kept while the drawing, what it says and its colours stay, as they do in a pan. */
const groupsOf: (drawing: PreparedDrawing, state: DrawingState, colors: Colors) => readonly LinkGroup[] = (() => {
  let last: readonly [PreparedDrawing, DrawingState, Colors, readonly LinkGroup[]] | null = null;
  return (drawing, state, colors) => {
    if (last !== null && last[0] === drawing && last[1] === state && last[2] === colors) return last[3];
    const groups = new Map<string, { style: LinkStyle; isSaved: boolean; links: PreparedLink[] }>();
    for (const prepared of drawing.links) {
      const style = styleOf(prepared.link, state, colors);
      const isSaved = prepared.link.kind === "saved";
      const key = `${isSaved} ${style.color} ${style.width} ${style.alpha} ${style.dash}`;
      const group = groups.get(key) ?? { style, isSaved, links: [] };
      group.links.push(prepared);
      groups.set(key, group);
    }
    last = [drawing, state, colors, [...groups.values()]];
    return last[3];
  };
})();

function paintLinks(
  context: CanvasRenderingContext2D,
  drawing: PreparedDrawing,
  state: DrawingState,
  colors: Colors,
  seen: Rectangle,
  scale: number,
): void {
  for (const { style, isSaved, links } of groupsOf(drawing, state, colors)) {
    if (scale < 0.12 && isSaved) continue;
    const members = links.filter(({ extent }) => overlaps(extent, seen));
    if (members.length === 0) continue;
    context.globalAlpha = style.alpha;
    context.strokeStyle = context.fillStyle = style.color;
    context.lineWidth = Math.max(style.width, 0.6 / scale);
    context.setLineDash(scale < 0.3 ? [] : [...style.dash]);
    context.beginPath();
    for (const { curve } of members) {
      context.moveTo(...curve.start);
      for (const stroke of curve.strokes) context.bezierCurveTo(...stroke);
    }
    context.stroke();
    context.setLineDash([]);
    if (scale < 0.3) continue;
    context.beginPath();
    for (const { curve } of members) {
      const [tip, ...rest] = headOf(curve);
      context.moveTo(...tip);
      for (const corner of rest) context.lineTo(...corner);
      context.closePath();
    }
    context.fill();
  }
  context.globalAlpha = 1;
}

function paintBoxes(
  context: CanvasRenderingContext2D,
  { layout, folded, labels }: PreparedDrawing,
  state: DrawingState,
  colors: Colors,
  seen: Rectangle,
  scale: number,
  pictures: Pictures,
): void {
  for (const [key, r] of layout.boxes) {
    const box = folded.boxes.get(key);
    if (box === undefined || !overlaps(r, seen)) continue;
    const [fill, stroke] = boxColors(state, box, colors);
    const isSelected = state.selected === key;
    const isCurrent = box.nodes.some((id) => state.current.has(id));
    context.globalAlpha = isWaiting(state, box) ? 0.35 : 1;
    context.fillStyle = fill;
    context.strokeStyle = isSelected ? colors.selected : isCurrent ? colors.current : stroke;
    context.lineWidth = isSelected || isCurrent ? 3 : 1.2;
    if (scale < 0.2) {
      context.fillRect(r.x, r.y, r.width, r.height);
      // A border of a tenth of a pixel cannot be seen.
      if (scale >= 0.1 || isSelected || isCurrent) context.strokeRect(r.x, r.y, r.width, r.height);
    } else {
      context.beginPath();
      context.roundRect(r.x, r.y, r.width, r.height, cornerOf(state, key, folded));
      context.fill();
      context.stroke();
      if (box.nodes.some((id) => state.found.has(id))) {
        context.strokeStyle = colors.current;
        context.lineWidth = 2;
        context.strokeRect(r.x - 4, r.y - 4, r.width + 8, r.height + 8);
      }
    }
    if (scale >= 0.28) paintText(context, r, state, colors, folded, key, labels.get(key) as Label, pictures);
  }
  context.globalAlpha = 1;
}

/** Leaves have corners, results of ops are round, folded scopes between. */
function cornerOf({ graph }: DrawingState, key: string, folded: FoldedGraph): number {
  const box = folded.boxes.get(key);
  if (box === undefined || box.scope !== null) return 8;
  return graph.nodes[box.nodes[0]].op === null ? 3 : 16;
}

function paintText(
  context: CanvasRenderingContext2D,
  r: Rectangle,
  state: DrawingState,
  colors: Colors,
  folded: FoldedGraph,
  key: string,
  { title, detail }: Label,
  pictures: Pictures,
): void {
  const box = folded.boxes.get(key);
  if (box === undefined) return;
  const picture = hasPicture(state.graph, box);
  const room = r.width - 16 - (picture ? pictureSize + 6 : 0);
  const x = r.x + 8 + room / 2;
  const middle = r.y + r.height / 2;
  const { value, gradient } = numbersOf(state, box);
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillStyle = colors.text;
  context.font = `600 13px ${font}`;
  context.fillText(title, x, middle - 9, room);
  context.font = `12px ${font}`;
  if (detail !== "") {
    context.fillStyle = colors.faintText;
    context.font = `11px ${font}`;
    context.fillText(detail, x, middle + 9, room);
  } else if (gradient === "") {
    context.fillText(value, x, middle + 9, room);
  } else {
    context.fillText(value, x - room / 4, middle + 9, room / 2 - 2);
    context.fillStyle = colors.gradientText;
    context.fillText(gradient, x + room / 4, middle + 9, room / 2 - 2);
  }
  const image = picture && !isWaiting(state, box) ? pictures.get(box.nodes[0]) : undefined;
  if (image === undefined) return;
  context.imageSmoothingEnabled = false;
  context.drawImage(image, r.x + r.width - pictureSize - 7, middle - pictureSize / 2, pictureSize, pictureSize);
}
