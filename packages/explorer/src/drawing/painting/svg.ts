/**
 * The drawing as an SVG document: every box a `<g class="node">` and every edge of the graph a `<g class="edge">` with
 * the titles that Graphviz would give them.
 */
import { formatShape } from "@adjoint/tensor";
import { escapedXml } from "../../xml-text.ts";
import type { Box, FoldedGraph } from "../fold.ts";
import {
  cellIn,
  cellSize,
  type Grid,
  gridIn,
  hasPicture,
  type Label,
  labelOf,
  nameIn,
  pictureSize,
  resultOf,
} from "../labels.ts";
import type { DrawnLink } from "../layout/arrows.ts";
import type { Rectangle } from "../layout/cell.ts";
import type { Layout } from "../layout/layout.ts";
import { boxColors, type DrawingState, isWaiting, numbersOf, scaleFor } from "./appearance.ts";
import type { Colors } from "./colors.ts";
import { curveOf, headOf } from "./curve.ts";
import { cellText } from "./numbers.ts";
import { cellColor } from "./scale.ts";

const font = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif";

function round(x: number): number {
  return Math.round(x * 10) / 10;
}

/** The drawing as text; pictures of tensors, by node, are URLs of data. */
export function drawingToSvg(
  state: DrawingState,
  folded: FoldedGraph,
  layout: Layout,
  colors: Colors,
  title: string,
  pictures: ReadonlyMap<number, string>,
): string {
  const { width, height } = layout;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${round(width)}" height="${round(height)}" viewBox="0 0 ${round(width)} ${round(height)}" font-family="${font}">`,
    `<title>${escapedXml(title)}</title>`,
    `<rect width="100%" height="100%" fill="${colors.background}"/>`,
    ...[...layout.regions].flatMap(([path, parts]) => parts.map((r) => regionToSvg(path, r, colors))),
    ...layout.links.flatMap((link) => linkToSvg(link, colors)),
    ...[...layout.boxes].map(([key, r]) => boxToSvg(state, folded.boxes.get(key) as Box, r, colors, pictures)),
    "</svg>",
  ];
  return `${parts.join("\n")}\n`;
}

function regionToSvg(path: string, r: Rectangle, colors: Colors): string {
  const [fill, stroke] = colors.region;
  return (
    `<g class="cluster"><title>${escapedXml(path)}</title>${rectangle(r, fill, stroke, 10)}` +
    `<text x="${round(r.x + 10)}" y="${round(r.y + 19)}" font-size="13" font-weight="600" fill="${colors.faintText}">${escapedXml(path.slice(path.lastIndexOf("/") + 1))}</text></g>`
  );
}

function rectangle(r: Rectangle, fill: string, stroke: string, corner: number): string {
  return `<rect x="${round(r.x)}" y="${round(r.y)}" width="${round(r.width)}" height="${round(r.height)}" rx="${corner}" fill="${fill}" stroke="${stroke}"/>`;
}

/** One group for each edge that the arrow stands for; an arrow that completes a gradient is one of its own class. */
function linkToSvg(link: DrawnLink, colors: Colors): string[] {
  const curve = curveOf(link);
  const color = colors.link[link.kind];
  const path = [
    `M${curve.start.map(round).join(" ")}`,
    ...curve.strokes.map((stroke) => `C${stroke.map(round).join(" ")}`),
  ].join("");
  const dash = link.kind === "forward" ? "" : ` stroke-dasharray="${link.kind === "saved" ? "2 3" : "6 4"}"`;
  const head = headOf(curve)
    .map((point) => point.map(round).join(","))
    .join(" ");
  const drawn =
    `<path d="${path}" fill="none" stroke="${color}" stroke-width="${link.kind === "saved" ? 1 : 1.5}"${dash}/>` +
    `<polygon points="${head}" fill="${color}"/>`;
  if (link.edges.length === 0) return [`<g class="arrival">${drawn}</g>`];
  return link.edges.map(([from, to]) => `<g class="edge"><title>n${from}-&gt;n${to}</title>${drawn}</g>`);
}

function boxToSvg(
  state: DrawingState,
  box: Box,
  r: Rectangle,
  colors: Colors,
  pictures: ReadonlyMap<number, string>,
): string {
  const [fill, stroke] = boxColors(state, box, colors);
  const label = labelOf(state.graph, box);
  const grid = gridIn(state.graph, box);
  const node = box.scope === null ? state.graph.nodes[box.nodes[0]] : null;
  const content =
    grid === null ? linesToSvg(state, box, r, colors, label, pictures) : gridToSvg(state, box, r, colors, label, grid);
  const corner = node === null ? 8 : node.op === null ? 3 : grid === null ? 16 : 10;
  const hover =
    node === null ? "" : `<desc>${escapedXml(`${nameIn(state.graph, node.id)} ${formatShape(node.shape)}`)}</desc>`;
  const dimmed = isWaiting(state, box) ? ' opacity="0.35"' : "";
  return `<g class="node"${dimmed}><title>${escapedXml(box.key)}</title>${hover}${rectangle(r, fill, stroke, corner)}${content}</g>`;
}

interface TextStyle {
  readonly size?: number;
  readonly weight?: number;
  readonly anchor?: "start" | "middle" | "end";
}

function line(text: string, x: number, y: number, color: string, style: TextStyle = {}): string {
  const { size = 12, weight, anchor = "middle" } = style;
  const bold = weight === undefined ? "" : ` font-weight="${weight}"`;
  return `<text x="${round(x)}" y="${round(y)}" font-size="${size}"${bold} text-anchor="${anchor}" fill="${color}">${escapedXml(text)}</text>`;
}

/** The name, and below it a number, a norm, or the shape beside a picture. */
function linesToSvg(
  state: DrawingState,
  box: Box,
  r: Rectangle,
  colors: Colors,
  { title, detail }: Label,
  pictures: ReadonlyMap<number, string>,
): string {
  const { value, gradient } = numbersOf(state, box);
  const side = hasPicture(state.graph, box) ? pictureSize + 8 : 0;
  const [x, y] = [r.x + (r.width - side) / 2, r.y + r.height / 2];
  const bold = { size: 13, weight: 600 };
  if (box.scope !== null) {
    const color = box.isBackward ? colors.gradientText : colors.text;
    if (detail === "") return line(title, x, y - 4, colors.text, bold) + line(value, x, y + 13, color);
    return (
      line(title, x, y - 12, colors.text, bold) +
      line(detail, x, y + 5, colors.faintText) +
      line(value, x, y + 21, color)
    );
  }
  const below =
    detail !== ""
      ? line(detail, x, y + 13, colors.faintText)
      : gradient === ""
        ? line(value, x, y + 13, colors.text)
        : line(value, r.x + r.width * 0.27, y + 13, colors.text) +
          line(gradient, r.x + r.width * 0.73, y + 13, colors.gradientText);
  const picture = isWaiting(state, box) ? undefined : pictures.get(box.nodes[0]);
  const image =
    side === 0 || picture === undefined
      ? ""
      : `<image x="${round(r.x + r.width - pictureSize - 7)}" y="${round(y - pictureSize / 2)}" width="${pictureSize}" height="${pictureSize}" preserveAspectRatio="none" style="image-rendering: pixelated" href="${picture}"/>`;
  return line(title, x, y - 4, colors.text, bold) + below + image;
}

/** The name and the shape, and below them every number. */
function gridToSvg(
  state: DrawingState,
  box: Box,
  r: Rectangle,
  colors: Colors,
  { title, detail }: Label,
  grid: Grid,
): string {
  const parts = [
    line(title, r.x + cellSize.side, r.y + 16, colors.text, { size: 13, weight: 600, anchor: "start" }),
    line(detail, r.x + r.width - cellSize.side, r.y + 16, colors.faintText, { size: 11.5, anchor: "end" }),
  ];
  const id = resultOf(state.graph, box);
  const elements = isWaiting(state, box) ? null : (state.summaries[id]?.elements ?? null);
  for (const [place, value] of (elements ?? []).entries()) {
    const [dx, dy] = cellIn(grid, r.width, place);
    const cell = { x: r.x + dx + 0.5, y: r.y + dy + 0.5, width: cellSize.width - 1, height: cellSize.height - 1 };
    parts.push(
      rectangle(cell, colors.background, "none", 0),
      rectangle(cell, cellColor(value, scaleFor(state, id), colors.theme), "none", 0),
      line(cellText(value), cell.x + cell.width / 2, cell.y + 12, colors.text),
    );
  }
  return parts.join("");
}
