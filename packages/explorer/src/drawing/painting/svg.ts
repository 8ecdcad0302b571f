/**
 * The drawing as an SVG document, which needs no script: every box a `<g class="node" data-key="n3">`, every arrow a
 * `<g class="edge" data-edges="n0->n3">` with the edges of the graph that it stands for.
 */
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
  shapeText,
} from "../labels.ts";
import type { DrawnLink } from "../layout/arrows.ts";
import type { Rectangle } from "../layout/geometry.ts";
import type { Layout } from "../layout/layout.ts";
import {
  boxInk,
  cornerOf,
  type DrawingState,
  isLinkWaiting,
  isWaiting,
  numbersOf,
  partOf,
  scaleFor,
} from "./appearance.ts";
import { type Curve, curveOf, headOf } from "./curve.ts";
import { heatClass, type Ink, type Inked, inkOf, type PictureTheme } from "./ink.ts";
import { cellText, numberText } from "./numbers.ts";
import { cellTint } from "./scale.ts";

/** The typeface of drawings. */
export const font = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif";

/** What a picture shows. */
export interface SvgDrawing {
  readonly state: DrawingState;
  readonly folded: FoldedGraph;
  readonly layout: Layout;
  readonly theme: PictureTheme;
  /** What the picture is called, and what is in it, for who does not see it. */
  readonly title: string;
  readonly description?: string;
  /** Whether the title stands above the drawing, too. */
  readonly hasHeading?: boolean;
  /** Pictures of tensors, by node, as URLs of data. */
  readonly pictures: ReadonlyMap<number, string>;
  /** What moves: classes of what appears, and what is drawn above the rest. */
  readonly motion?: Motion;
}

/** What a picture in motion has besides a still one. */
export interface Motion {
  /** The class of what is pale until a step, and of what is not seen until then; none for what is there from the start. */
  readonly fading: (nodes: readonly number[]) => string;
  readonly appearing: (node: number) => string;
  /** What is drawn above: borders of the present step, and tokens on its arrows. */
  readonly above: string;
  /** What stands below, and its height. */
  readonly below: (y: number, width: number) => string;
  readonly room: number;
  readonly rules: string;
}

const headingRoom = 30;

/** Pixels with one digit. */
export function round(x: number): number {
  return Math.round(x * 10) / 10;
}

/** What everything in a picture is drawn by. */
interface Sheet extends Pick<SvgDrawing, "state" | "folded" | "pictures" | "motion"> {
  readonly ink: Ink;
}

/** The drawing as text. */
export function drawingToSvg(drawing: SvgDrawing): string {
  const { layout, theme, title, description, hasHeading = false, motion } = drawing;
  const ink = inkOf(theme);
  const sheet: Sheet = { ...drawing, ink };
  const top = hasHeading ? headingRoom : 0;
  const width = Math.max(round(layout.width), hasHeading ? Math.min(360, 40 + 9 * title.length) : 0);
  const height = round(layout.height + top + (motion?.room ?? 0));
  const rules = ink.rules + (motion?.rules ?? "");
  const content = [
    ...[...layout.regions].flatMap(([path, parts]) => parts.map((r, i) => regionToSvg(path, r, i > 0, ink))),
    ...layout.links.map((link) => linkToSvg(link, sheet)),
    ...[...layout.boxes].map(([key, r]) => boxToSvg(drawing.folded.boxes.get(key) as Box, r, sheet)),
    stepToSvg(drawing.state, drawing.folded, layout, ink),
    motion?.above ?? "",
  ];
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="${font}">`,
    `<title>${escapedXml(title)}</title>`,
    description === undefined ? "" : `<desc>${escapedXml(description)}</desc>`,
    rules === "" ? "" : `<style>${rules}</style>`,
    `<rect width="100%" height="100%"${ink.of("background")}/>`,
    hasHeading
      ? textAt(title, 14, 21, ink.of("text"), { size: 15, weight: 600, anchor: "start", room: width - 28 })
      : "",
    top === 0 ? "" : `<g transform="translate(0 ${top})">`,
    ...content,
    top === 0 ? "" : "</g>",
    motion?.below(top + layout.height, width) ?? "",
    "</svg>",
  ];
  return `${parts.filter((part) => part !== "").join("\n")}\n`;
}

function regionToSvg(path: string, r: Rectangle, continues: boolean, ink: Ink): string {
  const name = `${continues ? "… " : ""}${path.slice(path.lastIndexOf("/") + 1).slice(0, 60)}`;
  const style = { size: 13, weight: 600, anchor: "start", room: r.width - 16 } as const;
  return `<g class="cluster">${rectangle(r, ink.of("region"), 10)}${textAt(name, r.x + 10, r.y + 19, ink.of("faint"), style)}</g>`;
}

/** The borders of the boxes that the present step is about, by what it is to them. */
export function stepToSvg(state: DrawingState, folded: FoldedGraph, layout: Layout, ink: Ink): string {
  if (state.step === null) return "";
  const borders = [...layout.boxes].flatMap(([key, r]) => {
    const box = folded.boxes.get(key) as Box;
    const part = partOf(state, box);
    return part === null ? [] : [rectangle(r, `${ink.of(part)} stroke-width="3"`, cornerOf(state, box))];
  });
  return borders.join("");
}

/** A rectangle with round corners. */
export function rectangle(r: Rectangle, attributes: string, corner: number): string {
  const rounded = corner === 0 ? "" : ` rx="${corner}"`;
  return `<rect x="${round(r.x)}" y="${round(r.y)}" width="${round(r.width)}" height="${round(r.height)}"${rounded}${attributes}/>`;
}

/** The path of an arrow, as the attribute `d` has it. */
export function pathOf({ start, strokes }: Curve): string {
  return [`M${start.map(round).join(" ")}`, ...strokes.map((stroke) => `C${stroke.map(round).join(" ")}`)].join("");
}

function linkToSvg(link: DrawnLink, { ink, state, motion }: Sheet): string {
  const curve = curveOf(link);
  const dash = link.kind === "forward" ? "" : ` stroke-dasharray="${link.kind === "saved" ? "2 3" : "6 4"}"`;
  const head = headOf(curve)
    .map((point) => point.map(round).join(","))
    .join(" ");
  const line = `<path d="${pathOf(curve)}"${ink.of(link.kind)} stroke-width="${link.kind === "saved" ? 1 : 1.5}"${dash}/>`;
  const edges = link.edges.map(([from, to]) => `n${from}->n${to}`).join(" ");
  const kind = link.edges.length === 0 ? "arrival" : "edge";
  const data = edges === "" ? "" : ` data-edges="${escapedXml(edges)}"`;
  const ends = link.carries === undefined ? link.edges.map(([, to]) => to) : [link.carries];
  const waiting = isLinkWaiting(state, link) ? ' opacity="0.25"' : "";
  return `<g class="${kind}${motion?.fading(ends) ?? ""}"${waiting}${data}>${line}<polygon points="${head}"${ink.of(`${link.kind}Head`)}/></g>`;
}

/** How a text is set. */
export interface TextStyle {
  readonly size?: number;
  readonly weight?: number;
  readonly anchor?: "start" | "middle" | "end";
  /** The width that it has to keep to. */
  readonly room?: number;
}

/** About how wide a text is in common typefaces, rather too wide than too narrow. */
export function likelyWidth(text: string, size: number, weight = 400): number {
  let width = 0;
  for (const character of text) {
    const code = character.codePointAt(0) as number;
    if (code >= 0x1f000) width += 1.4;
    else if (code > 0x2e7f) width += 1;
    else if (/[MW@—…∂%m]/.test(character)) width += 0.92;
    else if (/[iljtfI.,:;'|!()[\]\s]/.test(character)) width += 0.36;
    else width += /[A-Z−+=<>×÷≠≤≥w]/.test(character) ? 0.7 : 0.59;
  }
  return width * size * (weight > 400 ? 1.06 : 1);
}

/** A text at a place, narrowed where it would be wider than its room. */
export function textAt(text: string, x: number, y: number, attributes: string, style: TextStyle = {}): string {
  if (text === "") return "";
  const { size = 12, weight, anchor = "middle", room } = style;
  const bold = weight === undefined ? "" : ` font-weight="${weight}"`;
  const set = anchor === "start" ? "" : ` text-anchor="${anchor}"`;
  const isWide = room !== undefined && likelyWidth(text, size, weight) > room;
  const narrowed = isWide ? ` textLength="${round(room)}" lengthAdjust="spacingAndGlyphs"` : "";
  return `<text x="${round(x)}" y="${round(y)}" font-size="${size}"${bold}${set}${narrowed}${attributes}>${escapedXml(text)}</text>`;
}

function boxToSvg(box: Box, r: Rectangle, sheet: Sheet): string {
  const { state, ink, motion } = sheet;
  const label = labelOf(state.graph, box);
  const grid = gridIn(state.graph, box);
  const content = grid === null ? linesToSvg(box, r, sheet, label) : gridToSvg(box, r, sheet, label, grid);
  const dimmed = isWaiting(state, box) ? ' opacity="0.35"' : "";
  return (
    `<g class="node${motion?.fading(box.nodes) ?? ""}" data-key="${escapedXml(box.key)}"${dimmed}>` +
    `<title>${escapedXml(hintOf(state, box))}</title>` +
    `${rectangle(r, ink.of(boxInk(state, box)), cornerOf(state, box))}${content}</g>`
  );
}

/** The tooltip of a box. */
function hintOf(state: DrawingState, box: Box): string {
  const { graph, summaries } = state;
  const id = resultOf(graph, box);
  if (box.scope !== null) return `${box.scope}${box.isBackward ? ", backward" : ""}: ${box.nodes.length} nodes`;
  const value = isWaiting(state, box) ? null : (summaries[id]?.value ?? null);
  const { op, shape } = graph.nodes[id];
  const name = nameIn(graph, id);
  const what = op === null || name.startsWith(`${op} `) ? name : `${name} (${op})`;
  if (value !== null) return `${what} = ${numberText(value)}`;
  return shape.length === 0 ? what : `${what}, shape ${shapeText(shape)}`;
}

/** What appears when a node is computed. */
function appearing(content: string, node: number, { motion }: Sheet): string {
  const name = motion?.appearing(node) ?? "";
  return content === "" || name === "" ? content : `<g class="${name}">${content}</g>`;
}

/** The name, and below it a number, a norm, or the shape beside a picture. */
function linesToSvg(box: Box, r: Rectangle, sheet: Sheet, { title, detail }: Label): string {
  const { state, ink } = sheet;
  const { value, gradient } = numbersOf(state, box);
  const side = hasPicture(state.graph, box) ? pictureSize + 6 : 0;
  const room = r.width - 16 - side;
  const [x, y] = [r.x + 8 + room / 2, r.y + r.height / 2];
  const result = resultOf(state.graph, box);
  const line = (text: string, below: number, inked: Inked, style: TextStyle = {}, at = x): string =>
    textAt(text, at, y + below, ink.of(inked), { room, ...style });
  const bold = { size: 13, weight: 600 };
  const own: Inked = box.isBackward ? "bar" : "text";
  if (box.scope !== null) {
    const isTall = detail !== "";
    const shown = appearing(line(value, isTall ? 21 : 13, own), result, sheet);
    return line(title, isTall ? -12 : -4, "text", bold) + line(detail, 5, "faint") + shown;
  }
  const heading = line(title, -4, "text", bold);
  if (detail === "") {
    if (gradient === "") return heading + appearing(line(value, 13, "text"), result, sheet);
    const half = { room: room / 2 - 4 };
    const gradientNode = state.gradientOf.get(result) as number;
    return (
      heading +
      appearing(line(value, 13, "text", half, x - room / 4 - 2), result, sheet) +
      appearing(line(gradient, 13, "bar", half, x + room / 4 + 2), gradientNode, sheet)
    );
  }
  return heading + line(detail, 13, "faint") + appearing(pictureToSvg(box, r, sheet), result, sheet);
}

function pictureToSvg(box: Box, r: Rectangle, { state, pictures, ink }: Sheet): string {
  const picture = isWaiting(state, box) ? undefined : pictures.get(box.nodes[0]);
  if (picture === undefined) return "";
  const place = {
    x: r.x + r.width - pictureSize - 7,
    y: r.y + (r.height - pictureSize) / 2,
    width: pictureSize,
    height: pictureSize,
  };
  return (
    rectangle(place, ink.of("zero"), 0) +
    `<image class="${heatClass}" x="${round(place.x)}" y="${round(place.y)}" width="${pictureSize}" height="${pictureSize}" preserveAspectRatio="none" image-rendering="pixelated" href="${picture}"/>`
  );
}

/** The name and the shape, and below them every number. */
function gridToSvg(box: Box, r: Rectangle, sheet: Sheet, { title, detail }: Label, grid: Grid): string {
  const { state, ink } = sheet;
  const inner = r.width - 2 * cellSize.side;
  const shapeStyle = { size: 11.5, anchor: "end" } as const;
  const own = Math.max(20, inner - likelyWidth(detail, 11.5) - 6);
  const heading =
    textAt(title, r.x + cellSize.side, r.y + 16, ink.of("text"), {
      size: 13,
      weight: 600,
      anchor: "start",
      room: own,
    }) + textAt(detail, r.x + r.width - cellSize.side, r.y + 16, ink.of("faint"), shapeStyle);
  const id = resultOf(state.graph, box);
  const elements = isWaiting(state, box) ? null : (state.summaries[id]?.elements ?? null);
  if (elements === null) return heading;
  const largest = scaleFor(state, id);
  const [width, height] = [cellSize.width - 1, cellSize.height - 1];
  const cells = elements.map((_, place) => {
    const [dx, dy] = cellIn(grid, r.width, place);
    return { x: r.x + dx + 0.5, y: r.y + dy + 0.5, width, height };
  });
  const behind = cells.map(({ x, y }) => `M${round(x)} ${round(y)}h${width}v${height}h-${width}z`).join("");
  const numbers = elements.map((value, place) => {
    const cell = cells[place];
    const tint = cellTint(value, largest);
    const tinted =
      tint === 0 ? "" : rectangle(cell, `${ink.of(value < 0 ? "below" : "above")} fill-opacity="${tint}"`, 0);
    return (
      tinted + textAt(cellText(value), cell.x + width / 2, cell.y + 12, ink.of("text"), { room: cellSize.width - 4 })
    );
  });
  return heading + appearing(`<path d="${behind}"${ink.of("background")}/>${numbers.join("")}`, id, sheet);
}
