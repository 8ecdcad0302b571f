/**
 * The drawing as an SVG document: every box a `<g class="node">` and every edge of the graph a `<g class="edge">` with
 * the titles that Graphviz would give them.
 */
import { formatShape } from "@adjoint/tensor";
import { escapedXml } from "../../../src/xml-text.ts";
import type { Box, FoldedGraph } from "../fold.ts";
import { hasPicture, labelOf, nameOfNode, pictureSize } from "../labels.ts";
import type { DrawnLink } from "../layout/arrows.ts";
import type { Rectangle } from "../layout/cell.ts";
import type { Layout } from "../layout/layout.ts";
import { boxColors, type DrawingState, isWaiting, numbersOf } from "./appearance.ts";
import type { Colors } from "./colors.ts";
import { curveOf, headOf } from "./curve.ts";

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
    ...[...layout.regions].map(([path, r]) => regionToSvg(path, r, colors)),
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
  const { title, detail } = labelOf(state.graph, box);
  const { value, gradient } = numbersOf(state, box);
  const node = box.scope === null ? state.graph.nodes[box.nodes[0]] : null;
  const side = hasPicture(state.graph, box) ? pictureSize + 8 : 0;
  const [x, y] = [round(r.x + (r.width - side) / 2), r.y + r.height / 2];
  const picture = isWaiting(state, box) ? undefined : pictures.get(box.nodes[0]);
  const image =
    side === 0 || picture === undefined
      ? ""
      : `<image x="${round(r.x + r.width - pictureSize - 7)}" y="${round(y - pictureSize / 2)}" width="${pictureSize}" height="${pictureSize}" preserveAspectRatio="none" style="image-rendering: pixelated" href="${picture}"/>`;
  const corner = node === null ? 8 : node.op === null ? 3 : 16;
  const lines = [
    `<text x="${x}" y="${round(y - 4)}" font-size="13" font-weight="600" text-anchor="middle" fill="${colors.text}">${escapedXml(title)}</text>`,
  ];
  const below = (text: string, at: number, color: string, size = 12): string =>
    `<text x="${round(at)}" y="${round(y + 13)}" font-size="${size}" text-anchor="middle" fill="${color}">${escapedXml(text)}</text>`;
  if (detail !== "") lines.push(below(detail, x, colors.faintText, 11));
  else if (gradient === "") lines.push(below(value, x, colors.text));
  else {
    lines.push(
      below(value, r.x + r.width * 0.28, colors.text),
      below(gradient, r.x + r.width * 0.72, colors.gradientText),
    );
  }
  const hover = node === null ? "" : `<desc>${escapedXml(`${nameOfNode(node)} ${formatShape(node.shape)}`)}</desc>`;
  const dimmed = isWaiting(state, box) ? ' opacity="0.35"' : "";
  return `<g class="node"${dimmed}><title>${escapedXml(box.key)}</title>${hover}${rectangle(r, fill, stroke, corner)}${lines.join("")}${image}</g>`;
}
