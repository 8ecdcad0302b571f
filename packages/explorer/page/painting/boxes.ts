/** Boxes on the canvas: what they are called, and their values as a number, as rows of numbers, or as a picture. */
import type { Box } from "../../src/drawing/fold.ts";
import {
  cellIn,
  cellSize,
  type Grid,
  gridIn,
  hasPicture,
  type Label,
  pictureSize,
  resultOf,
  textWidth,
} from "../../src/drawing/labels.ts";
import { overlaps, type Rectangle } from "../../src/drawing/layout/geometry.ts";
import {
  boxColors,
  changedElements,
  cornerOf,
  isBeside,
  isWaiting,
  numbersOf,
  partOf,
  scaleFor,
} from "../../src/drawing/painting/appearance.ts";
import type { Colors } from "../../src/drawing/painting/colors.ts";
import { cellText } from "../../src/drawing/painting/numbers.ts";
import { cellColor } from "../../src/drawing/painting/scale.ts";
import { font } from "../../src/drawing/painting/svg.ts";
import type { Sheet } from "./frame.ts";

/** Paints the boxes in sight. */
export function paintBoxes(sheet: Sheet): void {
  const { context, drawing, state, seen } = sheet;
  const { colors, view } = sheet.frame;
  const scale = view.k;
  for (const [key, r] of drawing.layout.boxes) {
    const box = drawing.folded.boxes.get(key);
    if (box === undefined || !overlaps(r, seen)) continue;
    const [fill, stroke] = boxColors(state, box, colors);
    const isSelected = state.selected === key;
    // What the present step is to a box colours its border.
    const part = partOf(state, box);
    const special = part === null ? null : colors[part];
    context.globalAlpha = isWaiting(state, box) || isBeside(state, box) ? 0.35 : 1;
    context.fillStyle = fill;
    context.strokeStyle = special ?? (isSelected ? colors.selected : stroke);
    context.lineWidth = isSelected || special !== null ? 3 : 1.2;
    if (scale < 0.2) {
      context.fillRect(r.x, r.y, r.width, r.height);
      // A border of a tenth of a pixel cannot be seen.
      if (scale >= 0.1 || isSelected || special !== null) context.strokeRect(r.x, r.y, r.width, r.height);
      continue;
    }
    context.beginPath();
    context.roundRect(r.x, r.y, r.width, r.height, cornerOf(state, box));
    context.fill();
    context.stroke();
    if (isSelected && special !== null) outline(context, r, 3, colors.selected);
    if (box.nodes.some((id) => state.found.has(id))) outline(context, r, 4, colors.current);
    if (box.scope === null && state.changed.has(box.nodes[0])) paintMark(context, r, colors);
    if (scale >= 0.28) paintContent(sheet, r, box, drawing.labels.get(key) as Label);
  }
  context.globalAlpha = 1;
}

function outline(context: CanvasRenderingContext2D, r: Rectangle, distance: number, color: string): void {
  context.strokeStyle = color;
  context.lineWidth = 2;
  context.strokeRect(r.x - distance, r.y - distance, r.width + 2 * distance, r.height + 2 * distance);
}

/** A corner that says: this leaf was changed. */
function paintMark(context: CanvasRenderingContext2D, r: Rectangle, colors: Colors): void {
  context.fillStyle = colors.selected;
  context.beginPath();
  context.moveTo(r.x + r.width - 14, r.y);
  context.lineTo(r.x + r.width, r.y);
  context.lineTo(r.x + r.width, r.y + 14);
  context.closePath();
  context.fill();
}

function paintContent(sheet: Sheet, r: Rectangle, box: Box, label: Label): void {
  sheet.context.textBaseline = "middle";
  const grid = gridIn(sheet.state.graph, box);
  if (grid !== null) paintGrid(sheet, r, box, label, grid);
  else paintLines(sheet, r, box, label);
}

/** The name, and below it the numbers of a single number or a folded layer, or the shape beside a picture. */
function paintLines({ context, state, frame }: Sheet, r: Rectangle, box: Box, { title, detail }: Label): void {
  const { colors, pictures } = frame;
  const picture = hasPicture(state.graph, box);
  const room = r.width - 16 - (picture ? pictureSize + 6 : 0);
  const x = r.x + 8 + room / 2;
  const middle = r.y + r.height / 2;
  const { value, gradient } = numbersOf(state, box);
  context.textAlign = "center";
  const line = (text: string, y: number, color: string, of = font, at = x, width = room): void => {
    context.fillStyle = color;
    context.font = of;
    context.fillText(text, at, y, width);
  };
  const small = `12px ${font}`;
  if (box.scope !== null) {
    const isTall = detail !== "";
    line(title, middle - (isTall ? 16 : 9), colors.text, `600 13px ${font}`);
    line(detail, middle + 1, colors.faintText, small);
    line(value, middle + (isTall ? 17 : 9), box.isBackward ? colors.gradientText : colors.text, small);
    return;
  }
  line(title, middle - 9, colors.text, `600 13px ${font}`);
  if (detail !== "") line(detail, middle + 9, colors.faintText, small);
  else if (gradient === "") line(value, middle + 9, colors.text, small);
  else {
    line(value, middle + 9, colors.text, small, x - room / 4 - 2, room / 2 - 4);
    line(gradient, middle + 9, colors.gradientText, small, x + room / 4 + 2, room / 2 - 4);
  }
  const image = picture && !isWaiting(state, box) ? pictures.get(box.nodes[0]) : undefined;
  if (image === undefined) return;
  context.imageSmoothingEnabled = false;
  context.drawImage(image, r.x + r.width - pictureSize - 7, middle - pictureSize / 2, pictureSize, pictureSize);
}

/** The name and the shape, and below them every number. */
function paintGrid(sheet: Sheet, r: Rectangle, box: Box, { title, detail }: Label, grid: Grid): void {
  const { context, state, frame } = sheet;
  const { colors } = frame;
  const y = r.y + 12;
  const width = textWidth(title, 14.5);
  context.fillStyle = colors.text;
  context.font = `600 13px ${font}`;
  context.textAlign = "left";
  const start = r.x + Math.max(cellSize.side, (r.width - width - textWidth(detail, 11.5) - 8) / 2);
  context.fillText(title, start, y, r.width - 2 * cellSize.side);
  context.fillStyle = colors.faintText;
  context.font = `11.5px ${font}`;
  context.textAlign = "right";
  context.fillText(detail, r.x + r.width - cellSize.side, y);
  const id = resultOf(state.graph, box);
  const elements = isWaiting(state, box) ? null : (state.summaries[id]?.elements ?? null);
  if (elements === null) return;
  const largest = scaleFor(state, id);
  const lit = state.lit.get(id);
  const changed = changedElements(state.summaries[id], state.before[id]);
  context.textAlign = "center";
  context.font = `12px ${font}`;
  for (const [place, value] of elements.entries()) {
    const [dx, dy] = cellIn(grid, r.width, place);
    const [left, top] = [r.x + dx, r.y + dy];
    for (const fill of [colors.background, cellColor(value, largest, colors.theme)]) {
      context.fillStyle = fill;
      context.fillRect(left + 0.5, top + 0.5, cellSize.width - 1, cellSize.height - 1);
    }
    if (lit?.has(place)) {
      context.strokeStyle = colors.current;
      context.lineWidth = 2;
      context.strokeRect(left + 1, top + 1, cellSize.width - 2, cellSize.height - 2);
    }
    if (changed.has(place)) {
      context.fillStyle = colors.selected;
      context.fillRect(left + 4, top + cellSize.height - 2.5, cellSize.width - 8, 2);
    }
    context.fillStyle = colors.text;
    context.fillText(cellText(value), left + cellSize.width / 2, top + cellSize.height / 2 + 0.5, cellSize.width - 4);
  }
}
