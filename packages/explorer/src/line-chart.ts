/** Curves over a common x axis as an SVG drawing, for training curves above all. d3 finds ticks and paths. */
import { checkKind, checkOptions, SpecError } from "@adjoint/tensor";
import type { ScaleLinear } from "d3-scale";
import { escapedXml } from "./xml-text.ts";

/** One curve: either `points` or `values`. */
export interface ChartSeries {
  /** Its name in the legend. */
  readonly name: string;
  /** Points [x, y]; a gap is drawn where y is not finite. */
  readonly points?: readonly (readonly [x: number, y: number])[];
  /** Heights over x = 0, 1, 2, … */
  readonly values?: ArrayLike<number>;
  /** The y axis it is measured on. Default "left". */
  readonly axis?: "left" | "right";
  /** Whether each point is marked. Default: when there are at most 60. */
  readonly markers?: boolean;
  /** Drawn pale and thin, as the background of another curve. Default false. */
  readonly faint?: boolean;
  /** A colour of CSS. Default: the next of a palette that colour-blind people can tell apart. */
  readonly color?: string;
}

/** What {@link lineChart} draws. */
export interface LineChartOptions {
  /** The title above the plot. */
  readonly title: string;
  /** The title of the x axis. */
  readonly xLabel: string;
  /** The title of the left axis. */
  readonly yLabel: string;
  /** The title of the axis on the right; for series with `axis: "right"`. */
  readonly rightLabel?: string;
  /** Ends of the left axis; by default they follow from the values. */
  readonly yRange?: readonly [number, number];
  /** Ends of the right axis; by default they follow from the values. */
  readonly rightRange?: readonly [number, number];
  /** The curves, in the order of the legend. */
  readonly series: readonly ChartSeries[];
  /** Width of the plot without titles and legend, in pixels. Default 640. */
  readonly width?: number;
  /** Height of the plot without titles and legend, in pixels. Default 360. */
  readonly height?: number;
}

/** Okabe and Ito's palette without its yellow, which is too pale for lines on white. */
const palette = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000"];

type Point = readonly [x: number, y: number];

/** From data to pixels of the plot. */
type Scale = ScaleLinear<number, number>;

/**
 * The chart as SVG text; the same data give the same text. The first call loads d3.
 *
 * @throws SpecError when there is no series, or one has neither or both of `points` and `values`
 */
export async function lineChart(options: LineChartOptions): Promise<string> {
  checkOptions("lineChart", options, [
    "title",
    "xLabel",
    "yLabel",
    "rightLabel",
    "yRange",
    "rightRange",
    "series",
    "width",
    "height",
  ]);
  checkKind("lineChart", "series", options.series, Array.isArray(options.series), "an array of curves");
  const points = options.series.map(pointsOf);
  if (options.series.length === 0) {
    throw SpecError.of("lineChart", "series", "none", "at least one series", {
      problem: "there is no series to draw",
      hint: 'Pass series: [{ name: "loss", values: trainer.lossList }].',
    });
  }
  const [{ scaleLinear }, { line }] = await Promise.all([import("d3-scale"), import("d3-shape")]);
  const { title, xLabel, yLabel, rightLabel = "", yRange, rightRange, series, width = 640, height = 360 } = options;
  const colors = series.map(({ color }, i) => escapedXml(color ?? palette[i % palette.length]));
  const isOn = (side: "left" | "right", { axis = "left" }: ChartSeries): boolean => axis === side;
  const scaleOn = (side: "left" | "right", range?: readonly [number, number]): Scale => {
    if (range !== undefined) return scaleLinear(range, [height, 0]);
    const heights = points.flatMap((all, i) => (isOn(side, series[i]) ? all.map(([, y]) => y) : []));
    return scaleLinear(extent(heights), [height, 0]).nice();
  };
  const x = scaleLinear(extent(points.flatMap((all) => all.map(([x]) => x))), [0, width]);
  const [left, right] = [scaleOn("left", yRange), scaleOn("right", rightRange)];

  const pathOf = line<Point>().defined((place) => place.every(Number.isFinite));
  const curves = series.map((one, i) => {
    const { faint = false, markers = points[i].length <= 60 } = one;
    const y = isOn("left", one) ? left : right;
    const places = points[i].map(([a, b]): Point => [x(a), y(b)]);
    const marked = places.filter(([a, b]) => markers && a >= 0 && a <= width && b >= 0 && b <= height);
    // An inner <svg> clips, and needs no id, which would have to be unique in a page.
    return [
      `<svg width="${width}" height="${height}"><path class="curve" d="${pathOf(places) ?? ""}" fill="none"`,
      ` stroke="${colors[i]}" stroke-width="${faint ? 1 : 2}" stroke-opacity="${faint ? 0.3 : 1}" stroke-linejoin="round"/></svg>`,
      ...marked.map(([a, b]) => `<circle cx="${round(a)}" cy="${round(b)}" r="2.65" fill="${colors[i]}"/>`),
    ].join("");
  });
  const leftAxis = verticalAxis(left, yLabel, 0, -1);
  const rightAxis = series.some((one) => isOn("right", one))
    ? verticalAxis(right, rightLabel, width, 1)
    : { drawing: "", room: 4 };
  const legend = legendOf(series, colors, width + rightAxis.room, height + 63);
  const grid = left.ticks(6).map((y) => `M0,${Math.round(left(y)) + 0.5}h${width}`);
  const rightmost = Math.max(leftAxis.room + Math.max(width + rightAxis.room, legend.width), 1.5 * widthOf(title));
  const size = [Math.ceil(rightmost) + 24, legend.bottom + 60];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size[0]}" height="${size[1]}" viewBox="0 0 ${size.join(" ")}"`,
    ` role="img" aria-label="${escapedXml(title)}" font-family="sans-serif" font-size="10">`,
    `<rect width="100%" height="100%" fill="white"/>`,
    textAt(12, 24, title, ' font-size="15" font-weight="bold"'),
    `<g transform="translate(${leftAxis.room + 12},44)"><path d="${grid.join("")}" stroke="#e5e5e5"/>`,
    ...[horizontalAxis(x, xLabel, height), leftAxis.drawing, rightAxis.drawing, ...curves, legend.drawing],
    "</g></svg>\n",
  ].join("");
}

function pointsOf(series: ChartSeries): readonly Point[] {
  const { name, points, values } = series;
  checkOptions("lineChart", series, ["name", "points", "values", "axis", "markers", "faint", "color"]);
  if ((points === undefined) === (values === undefined)) {
    const received = points === undefined ? "neither points nor values" : "both points and values";
    throw SpecError.of("lineChart", "series", received, "points: [[x, y], …], or values: [y, …] for x = 0, 1, …", {
      problem: `series ${JSON.stringify(name)} has ${received}`,
    });
  }
  return points ?? Array.from(values as ArrayLike<number>, (y, x) => [x, y]);
}

/** The axis below the plot. */
function horizontalAxis(x: Scale, title: string, height: number): string {
  const width = x.range()[1];
  const ticks = x.ticks(8);
  const label = x.tickFormat(8);
  return [
    `<g transform="translate(0.5,${height + 0.5})" text-anchor="middle">`,
    `<path d="M0,0h${width}${ticks.map((tick) => `M${Math.round(x(tick))},0v5`).join("")}" stroke="#888"/>`,
    ...ticks.map((tick) => textAt(round(x(tick)), 15, label(tick), ' fill="#444"')),
    textAt(width / 2, 34, title, ' font-size="11"'),
    "</g>",
  ].join("");
}

/** An axis beside the plot, to the left (−1) or to the right (1) of `x`, and the width it takes. */
function verticalAxis(y: Scale, title: string, x: number, side: -1 | 1): { drawing: string; room: number } {
  const height = y.range()[0];
  const ticks = y.ticks(6);
  const labels = ticks.map((tick) => y.tickFormat(6)(tick));
  const titleAt = 15 + Math.max(0, ...labels.map(widthOf));
  const drawing = [
    `<g transform="translate(${x + 0.5},0.5)" text-anchor="${side < 0 ? "end" : "start"}">`,
    `<path d="M0,0v${height}${ticks.map((tick) => `M0,${Math.round(y(tick))}h${5 * side}`).join("")}" stroke="#888"/>`,
    ...labels.map((label, i) => textAt(7 * side, round(y(ticks[i]) + 3), label, ' fill="#444"')),
    `<g transform="translate(${titleAt * side},${height / 2}) rotate(${90 * side})" text-anchor="middle">`,
    textAt(0, -2, title, ' font-size="11"'),
    "</g></g>",
  ].join("");
  return { drawing, room: titleAt + 11 };
}

/** The names beside samples of their colours, in as many lines as `room` needs from `y` on. */
function legendOf(
  series: readonly ChartSeries[],
  colors: readonly string[],
  room: number,
  y: number,
): { drawing: string; width: number; bottom: number } {
  let [x, width] = [0, 0];
  const entries = series.map(({ name }, i) => {
    const end = x + 17 + widthOf(name);
    if (x > 0 && end > room) [x, y] = [0, y + 18];
    const entry = `<path d="M${x + 1.5},${y - 3}h10" stroke="${colors[i]}" stroke-width="3"/>${textAt(x + 17, y, name)}`;
    x += 32 + widthOf(name);
    width = Math.max(width, x - 15);
    return entry;
  });
  return { drawing: entries.join(""), width, bottom: y };
}

function textAt(x: number, y: number, content: string, attributes = ""): string {
  return `<text x="${x}" y="${y}"${attributes}>${escapedXml(content)}</text>`;
}

/** About how wide a text of 10 pixels is in a common sans-serif font, a little too wide rather than too narrow. */
function widthOf(content: string): number {
  return Math.ceil(Array.from(content).reduce((width, character) => width + (character < "\u1100" ? 6.5 : 11), 0));
}

function round(pixels: number): number {
  return Math.round(pixels * 100) / 100;
}

/** Smallest and largest finite number; a range of its own when there is none, or only one number. */
function extent(numbers: readonly number[]): [number, number] {
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
