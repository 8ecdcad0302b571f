/** A function of two variables by its contours, with paths and arrows over it, as an SVG drawing. d3 finds the contours. */
import { checkKind, checkOptions } from "@adjoint/tensor";
import { checkFunction } from "@adjoint/tensor/internal";
import { checkPoints, checkRange, framed, horizontalAxis, legendOf, palette, round, verticalAxis } from "./axes.ts";

/** A path over a {@link contourChart}. */
export interface ContourPath {
  /** Its name in the legend, which is there for two paths or more. */
  readonly name: string;
  /** Its points, each marked. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** A colour of CSS. Default: the next of the palette of line charts. */
  readonly color?: string;
}

/** What {@link contourChart} draws. */
export interface ContourChartOptions {
  /** The title above the plot. */
  readonly title: string;
  /** The title of the x axis. Default "x". */
  readonly xLabel?: string;
  /** The title of the y axis. Default "y". */
  readonly yLabel?: string;
  /** The function. Default: no contours. */
  readonly z?: (x: number, y: number) => number;
  /** The values that contours are drawn at. Default: ten between the least and the greatest. */
  readonly levels?: readonly number[];
  /** Ends of the x axis. */
  readonly xRange: readonly [number, number];
  /** Ends of the y axis. */
  readonly yRange: readonly [number, number];
  /** Paths, in the order of the legend. Default: none. */
  readonly paths?: readonly ContourPath[];
  /** Arrows from [x, y] to [x + dx, y + dy]. Default: none. */
  readonly arrows?: readonly (readonly [x: number, y: number, dx: number, dy: number])[];
  /** Width of the plot without titles, in pixels. Default 400. */
  readonly width?: number;
  /** Height of the plot without titles, in pixels. Default 400. */
  readonly height?: number;
}

/** Points of the grid on which values are computed, along each axis. */
const points = 101;

/**
 * The chart as SVG text; the same data give the same text. The first call loads d3.
 *
 * @throws SpecError for unknown options
 */
export async function contourChart(options: ContourChartOptions): Promise<string> {
  const op = "contourChart";
  const names = ["title", "xLabel", "yLabel", "z", "levels", "xRange", "yRange", "paths", "arrows", "width", "height"];
  checkOptions(op, options, names);
  const { title, xLabel = "x", yLabel = "y", z, levels, xRange, yRange, paths = [], arrows = [] } = options;
  const { width = 400, height = 400 } = options;
  if (z !== undefined) checkFunction(op, z, "z");
  checkRange(op, "xRange", xRange);
  checkRange(op, "yRange", yRange);
  checkPoints(op, "arrows", arrows, 4);
  checkKind(op, "paths", paths, Array.isArray(paths), "a list of paths");
  paths.forEach((path, i) => {
    checkOptions(op, path, ["name", "points", "color"]);
    checkPoints(op, `paths[${i}].points`, path.points, 2);
  });
  const { scaleLinear } = await import("d3-scale");
  const x = scaleLinear(xRange, [0, width]);
  const y = scaleLinear(yRange, [height, 0]);
  const at = (a: number, b: number): string => `${round(x(a))},${round(y(b))}`;
  const colors = paths.map(({ color }, i) => color ?? palette[i % palette.length]);
  const drawnPaths = paths.map(({ points }, i) => {
    const places = points.filter((place) => place.every(Number.isFinite)).map(([a, b]) => at(a, b));
    const marks = places.map((place) => `M${place}m-2.5,0a2.5,2.5 0 1,0 5,0a2.5,2.5 0 1,0 -5,0`).join("");
    return [
      `<path class="path" d="M${places.join("L")}" fill="none" stroke="${colors[i]}" stroke-width="1.5"/>`,
      `<path d="${marks}" fill="${colors[i]}"/>`,
    ].join("");
  });
  const axis = verticalAxis(y, yLabel);
  // One path needs no name: the title has it.
  const legend =
    paths.length > 1 ? legendOf(paths, colors, width, height + 63) : { drawing: "", width: 0, bottom: height + 30 };
  const content = [
    // An inner <svg> clips, and needs no id, which would have to be unique in a page.
    `<svg width="${width}" height="${height}">`,
    z === undefined ? "" : await contoursOf(z, { xRange, yRange, levels, width, height }),
    arrowsOf(arrows, (a, b) => [x(a), y(b)]),
    ...drawnPaths,
    "</svg>",
    horizontalAxis(x, xLabel, height),
    axis.drawing,
    legend.drawing,
  ];
  const size = { width: axis.room + Math.max(width, legend.width) + 36, height: legend.bottom + 60 };
  return framed({ title, ...size, left: axis.room + 12, top: 44 }, content.join(""));
}

/** The contours of a function over the plot. */
async function contoursOf(
  z: (x: number, y: number) => number,
  plot: Required<Pick<ContourChartOptions, "xRange" | "yRange" | "width" | "height">> & {
    readonly levels: readonly number[] | undefined;
  },
): Promise<string> {
  const { contours } = await import("d3-contour");
  const { xRange, yRange, levels, width, height } = plot;
  const along = ([from, to]: readonly [number, number], i: number): number => from + ((to - from) * i) / (points - 1);
  const heights = Array.from({ length: points * points }, (_, i) => {
    return z(along(xRange, i % points), along(yRange, points - 1 - Math.floor(i / points)));
  });
  const finite = heights.filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const at = levels ?? Array.from({ length: 10 }, (_, i) => low + ((high - low) * (i + 0.5)) / 10);
  // d3 has the value number i at i + ½; what it closes along the edges lies outside of the plot, which clips it.
  const pixel = (position: number, length: number): number => round(((position - 0.5) / (points - 1)) * length);
  const ringPath = (ring: readonly (readonly number[])[]): string =>
    `M${ring.map(([a, b]) => `${pixel(a, width)},${pixel(b, height)}`).join("L")}Z`;
  return contours()
    .size([points, points])
    .thresholds([...at])(heights)
    .map(({ coordinates }) => coordinates.flat().map(ringPath).join(""))
    .map((path) => `<path class="contour" d="${path}" fill="none" stroke="#bbb"/>`)
    .join("");
}

/** Arrows with heads of one size; those that are shorter are only heads. */
function arrowsOf(
  arrows: readonly (readonly [x: number, y: number, dx: number, dy: number])[],
  place: (x: number, y: number) => readonly [number, number],
): string {
  const lines = arrows.map(([x, y, dx, dy]) => {
    const [[a, b], [c, d]] = [place(x, y), place(x + dx, y + dy)];
    const length = Math.hypot(c - a, d - b);
    if (!(length > 0 && length < Number.POSITIVE_INFINITY)) return "";
    const side = (turn: number): string => {
      const angle = Math.atan2(d - b, c - a) + turn;
      return `${round(c - 5 * Math.cos(angle))},${round(d - 5 * Math.sin(angle))}`;
    };
    return `M${round(a)},${round(b)}L${round(c)},${round(d)}M${side(0.45)}L${round(c)},${round(d)}L${side(-0.45)}`;
  });
  return arrows.length === 0 ? "" : `<path class="arrows" d="${lines.join("")}" fill="none" stroke="#555"/>`;
}
