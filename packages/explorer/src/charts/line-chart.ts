/** Curves over a common x axis as an SVG drawing, for training curves above all. d3 finds ticks and paths. */
import { checkKind, checkOneOf, checkOptions, SpecError } from "@adjoint/tensor";
import { escapedXml } from "../xml-text.ts";
import { extent, framed, gridLines, horizontalAxis, legendOf, palette, round, verticalAxis } from "./axes.ts";
import type { Scale } from "./ticks.ts";

/** One curve: either `points` or `values`. */
export interface ChartSeries {
  /** Its name in the legend. */
  readonly name: string;
  /** Points [x, y]; a gap is drawn where y is not finite. */
  readonly points?: readonly (readonly [x: number, y: number])[];
  /** Heights over x = 0, 1, 2, … */
  readonly values?: ArrayLike<number>;
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
  /** The title of the y axis. Quantities of two kinds have two charts: see {@link chartGrid}. */
  readonly yLabel: string;
  /** Ends of the y axis; by default they follow from the values. */
  readonly yRange?: readonly [number, number];
  /**
   * How heights are placed: evenly, or by powers of ten, where those that are not above 0 leave gaps.
   * Default "linear".
   */
  readonly yScale?: "linear" | "log";
  /** How positions are placed on the x axis, as `yScale` for heights. Default "linear". */
  readonly xScale?: "linear" | "log";
  /** The curves, in the order of the legend. */
  readonly series: readonly ChartSeries[];
  /** Width of the plot without titles and legend, in pixels. Default 640. */
  readonly width?: number;
  /** Height of the plot without titles and legend, in pixels. Default 360. */
  readonly height?: number;
}

type Point = readonly [x: number, y: number];

/**
 * The chart as SVG text; the same data give the same text. The first call loads d3.
 *
 * @throws SpecError when there is no series, or one has neither or both of `points` and `values`
 */
export async function lineChart(options: LineChartOptions): Promise<string> {
  const names = ["title", "xLabel", "yLabel", "yRange", "yScale", "xScale", "series", "width", "height"];
  checkOptions("lineChart", options, names);
  checkKind("lineChart", "series", options.series, Array.isArray(options.series), "an array of curves");
  const points = options.series.map(pointsOf);
  if (options.series.length === 0) {
    throw SpecError.of("lineChart", "series", "none", "at least one series", {
      problem: "there is no series to draw",
      hint: 'Pass series: [{ name: "loss", values: trainer.lossList }].',
    });
  }
  const [{ scaleLinear, scaleLog }, { line }] = await Promise.all([import("d3-scale"), import("d3-shape")]);
  const { title, xLabel, yLabel, yRange, series, width = 640, height = 360 } = options;
  const { yScale = "linear", xScale = "linear" } = options;
  for (const [name, scale] of Object.entries({ yScale, xScale }))
    checkOneOf("lineChart", name, scale, ["linear", "log"]);
  const colors = series.map(({ color }, i) => escapedXml(color ?? palette[i % palette.length]));
  const scaleOfHeights = (): Scale => {
    const isLog = yScale === "log";
    if (yRange !== undefined) return (isLog ? scaleLog : scaleLinear)(yRange, [height, 0]);
    const heights = points.flatMap((all) => all.map(([, y]) => y));
    const positive = isLog ? heights.filter((y) => y > 0 && y < Infinity) : [];
    if (positive.length > 0) return scaleLog(extentOfPositive(positive), [height, 0]).nice();
    return scaleLinear(extent(heights), [height, 0]).nice();
  };
  const positions = points.flatMap((all) => all.map(([x]) => x));
  const above = xScale === "log" ? positions.filter((x) => x > 0 && x < Infinity) : [];
  const x =
    above.length > 0 ? scaleLog(extentOfPositive(above), [0, width]) : scaleLinear(extent(positions), [0, width]);
  const y = scaleOfHeights();

  const pathOf = line<Point>().defined((place) => place.every(Number.isFinite));
  const curves = series.map((one, i) => {
    const { faint = false, markers = points[i].length <= 60 } = one;
    const places = points[i].map(([a, b]): Point => [x(a), y(b)]);
    const marked = places.filter(([a, b]) => markers && a >= 0 && a <= width && b >= 0 && b <= height);
    // An inner <svg> clips, and needs no id, which would have to be unique in a page.
    return [
      `<svg width="${width}" height="${height}"><path class="curve" d="${pathOf(places) ?? ""}" fill="none"`,
      ` stroke="${colors[i]}" stroke-width="${faint ? 1 : 2}" stroke-opacity="${faint ? 0.3 : 1}" stroke-linejoin="round"/></svg>`,
      ...marked.map(([a, b]) => `<circle cx="${round(a)}" cy="${round(b)}" r="2.65" fill="${colors[i]}"/>`),
    ].join("");
  });
  const axis = verticalAxis(y, yLabel);
  const legend = legendOf(series, colors, width + 4, height + 63);
  const frame = {
    title,
    width: axis.room + Math.max(width + 4, legend.width) + 24,
    height: legend.bottom + 60,
    left: axis.room + 12,
    top: 44,
  };
  const below = horizontalAxis(x, xLabel, height);
  return framed(frame, [gridLines(y, width), below, axis.drawing, ...curves, legend.drawing].join(""));
}

/** Smallest and largest of numbers above 0; a range around them where they are one. */
function extentOfPositive(numbers: readonly number[]): [number, number] {
  const [low, high] = numbers.reduce(([a, b], y) => [Math.min(a, y), Math.max(b, y)], [Infinity, 0]);
  return low === high ? [low / 2, high * 2] : [low, high];
}

function pointsOf(series: ChartSeries): readonly Point[] {
  const { name, points, values } = series;
  checkOptions("lineChart", series, ["name", "points", "values", "markers", "faint", "color"]);
  if ((points === undefined) === (values === undefined)) {
    const received = points === undefined ? "neither points nor values" : "both points and values";
    throw SpecError.of("lineChart", "series", received, "points: [[x, y], …], or values: [y, …] for x = 0, 1, …", {
      problem: `series ${JSON.stringify(name)} has ${received}`,
    });
  }
  return points ?? Array.from(values as ArrayLike<number>, (y, x) => [x, y]);
}
