/** Arrows on the canvas, and the tokens that run along those of the present step. */
import type { DrawnLink } from "../../src/drawing/layout/arrows.ts";
import { overlaps } from "../../src/drawing/layout/geometry.ts";
import { type DrawingState, isEmphasized, isLinkWaiting } from "../../src/drawing/painting/appearance.ts";
import type { Colors } from "../../src/drawing/painting/colors.ts";
import { headOf, pointOn } from "../../src/drawing/painting/curve.ts";
import type { PreparedDrawing, PreparedLink, Sheet } from "./frame.ts";

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

/** Paints the arrows in sight. */
export function paintLinks(sheet: Sheet): void {
  const { context, drawing, state, frame, seen } = sheet;
  const scale = frame.view.k;
  for (const { style, isSaved, links } of groupsOf(drawing, state, frame.colors)) {
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
      for (const stroke of curve.strokes) {
        // A bend of a few pixels cannot be told from a straight line, which costs less.
        if (scale < 0.12) context.lineTo(stroke[4], stroke[5]);
        else context.bezierCurveTo(...stroke);
      }
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
  if (frame.token !== null) paintTokens(sheet, frame.token);
}

/** A token on each arrow that carries what the present step is about. */
function paintTokens({ context, drawing, state, frame: { colors } }: Sheet, token: number): void {
  if (state.step === null) return;
  context.fillStyle = colors.current;
  context.strokeStyle = colors.background;
  context.lineWidth = 1.5;
  for (const { link, curve } of drawing.links) {
    if (link.kind === "saved" || !isEmphasized(state, link)) continue;
    const [x, y] = pointOn(curve, token);
    context.beginPath();
    context.arc(x, y, 6, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
  }
}
