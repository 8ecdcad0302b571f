/** What charts share: axes, legends, texts and colours, as pieces of SVG. */
import { checkKind, SpecError } from "@adjoint/tensor";
import { escapedXml } from "../xml-text.ts";
import { labelledTicks, type Scale } from "./ticks.ts";

/** Okabe and Ito's palette without its yellow, which is too pale for lines on white. */
export const palette = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000"];

/** The axis below the plot. */
export function horizontalAxis(x: Scale, title: string, height: number): string {
  const width = x.range()[1];
  // Labels of four characters need so much room.
  const count = Math.min(8, Math.max(2, Math.floor(width / 45)));
  const ticks = labelledTicks(x, count);
  return [
    `<g transform="translate(0.5,${height + 0.5})" text-anchor="middle">`,
    `<path d="M0,0h${width}${ticks.map(([tick]) => `M${Math.round(x(tick))},0v5`).join("")}" stroke="#888"/>`,
    ...ticks.map(([tick, label]) => textAt(round(x(tick)), 15, label, ' fill="#444"')),
    textAt(width / 2, 34, title, ' font-size="12"'),
    "</g>",
  ].join("");
}

/** The axis to the left of the plot, and the width it takes. */
export function verticalAxis(y: Scale, title: string): { drawing: string; room: number } {
  const height = y.range()[0];
  const labelled = labelledTicks(y, 6);
  const [ticks, labels] = [labelled.map(([tick]) => tick), labelled.map(([, label]) => label)];
  const titleAt = 15 + Math.max(0, ...labels.map(widthOf));
  const drawing = [
    '<g transform="translate(0.5,0.5)" text-anchor="end">',
    `<path d="M0,0v${height}${ticks.map((tick) => `M0,${Math.round(y(tick))}h-5`).join("")}" stroke="#888"/>`,
    ...labels.map((label, i) => textAt(-7, round(y(ticks[i]) + 3), label, ' fill="#444"')),
    `<g transform="translate(${-titleAt},${height / 2}) rotate(-90)" text-anchor="middle">`,
    textAt(0, -2, title, ' font-size="12"'),
    "</g></g>",
  ].join("");
  return { drawing, room: titleAt + 11 };
}

/** Pale lines across the plot at the ticks of the vertical axis. */
export function gridLines(y: Scale, width: number): string {
  const lines = labelledTicks(y, 6).map(([tick]) => `M0,${Math.round(y(tick)) + 0.5}h${width}`);
  return `<path d="${lines.join("")}" stroke="#e5e5e5"/>`;
}

/** The names beside samples of their colours, in as many lines as `room` needs from `y` on. */
export function legendOf(
  series: readonly { readonly name: string }[],
  colors: readonly string[],
  room: number,
  y: number,
) {
  let [x, width] = [0, 0];
  const entries = series.map(({ name }, i) => {
    const end = x + 17 + widthOf(name);
    if (x > 0 && end > room) [x, y] = [0, y + 18];
    const entry = `<path d="M${x + 1.5},${y - 4}h10" stroke="${colors[i]}" stroke-width="3"/>${textAt(x + 17, y, name)}`;
    x += 32 + widthOf(name);
    width = Math.max(width, x - 15);
    return entry;
  });
  return { drawing: entries.join(""), width, bottom: y };
}

/** A text at a place. */
export function textAt(x: number, y: number, content: string, attributes = ""): string {
  return `<text x="${x}" y="${y}"${attributes}>${escapedXml(content)}</text>`;
}

/** About how wide a text of 11 pixels is in a common sans-serif font, a little too wide rather than too narrow. */
export function widthOf(content: string): number {
  return Math.ceil(Array.from(content).reduce((width, character) => width + (character < "\u1100" ? 7.2 : 12.1), 0));
}

/** Pixels with two digits. */
export function round(pixels: number): number {
  return Math.round(pixels * 100) / 100;
}

/** Smallest and largest finite number; a range of its own when there is none, or only one number. */
export function extent(numbers: readonly number[]): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const x of numbers) {
    if (!Number.isFinite(x)) continue;
    if (x < low) low = x;
    if (x > high) high = x;
  }
  if (low > high) return [0, 1];
  return low === high ? [low - 0.5, high + 0.5] : [low, high];
}

/** What frames a chart: its size in pixels, its title, and where the plot with its axes begins. */
export interface Frame {
  readonly title: string;
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly top: number;
}

/** A whole drawing: a title on white, and the content moved to where the plot begins. */
export function framed({ title, width, height, left, top }: Frame, content: string): string {
  const size = [Math.ceil(Math.max(width, 1.5 * widthOf(title) + 24)), Math.ceil(height)];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size[0]}" height="${size[1]}" viewBox="0 0 ${size.join(" ")}"`,
    ` role="img" aria-label="${escapedXml(title)}" font-family="system-ui, sans-serif" font-size="11">`,
    `<rect width="100%" height="100%" fill="white"/>`,
    textAt(12, 24, title, ' font-size="15" font-weight="bold"'),
    `<g transform="translate(${left},${top})">${content}</g></svg>\n`,
  ].join("");
}

/** @throws SpecError unless it is the two ends of an axis */
export function checkRange(op: string, argument: string, range: unknown): asserts range is readonly [number, number] {
  const expected = "two different finite numbers, the ends of the axis";
  checkKind(op, argument, range, Array.isArray(range), expected);
  const [from, to, ...more] = range as readonly unknown[];
  if (Number.isFinite(from) && Number.isFinite(to) && from !== to && more.length === 0) return;
  throw SpecError.of(op, argument, range, expected, { hint: "For example [0, 1]." });
}

/** @throws SpecError unless it is a list of lists of so many numbers each */
export function checkPoints(op: string, argument: string, points: unknown, numbers: number): void {
  const isPoint = (point: unknown): boolean =>
    Array.isArray(point) && point.length === numbers && point.every((x) => typeof x === "number");
  const ok = Array.isArray(points) && points.every(isPoint);
  checkKind(op, argument, points, ok, `a list of points of ${numbers} numbers`);
}
