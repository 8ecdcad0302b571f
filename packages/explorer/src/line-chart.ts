/**
 * Curves over a common x axis as an SVG drawing, for training curves above all. Drawn by Vega, which needs no page.
 */
import { checkKind, checkOptions, SpecError } from "@adjoint/tensor";
import type { Spec } from "vega";
import { xmlText } from "./xml-text.ts";

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

interface Row {
  readonly x: number;
  readonly y: number;
  readonly series: number;
}

/**
 * The chart as SVG text; the same data give the same text. Vega is loaded at the first call and run without code
 * generation, so that pages with a strict content security policy can use it.
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
  const rows = options.series.map(rowsOf);
  if (options.series.length === 0) {
    throw new SpecError({
      op: "lineChart",
      problem: "there is no series to draw",
      argument: "series",
      expected: "at least one series",
      received: "none",
      hint: 'Pass series: [{ name: "loss", values: trainer.lossList }].',
    });
  }
  const [vega, { expressionInterpreter }] = await Promise.all([import("vega"), import("vega-interpreter")]);
  const runtime = vega.parse(specOf(options, rows), undefined, { ast: true });
  const view = new vega.View(runtime, { expr: expressionInterpreter, renderer: "none", logLevel: vega.Error });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

function rowsOf(series: ChartSeries, index: number): Row[] {
  const { name, points, values } = series;
  checkOptions("lineChart", series, ["name", "points", "values", "axis", "markers", "faint", "color"]);
  if ((points === undefined) === (values === undefined)) {
    throw new SpecError({
      op: "lineChart",
      problem: `series ${JSON.stringify(name)} has ${points === undefined ? "neither points nor values" : "both points and values"}`,
      argument: "series",
      expected: "points or values",
      received: points === undefined ? "neither" : "both",
      hint: "Give points: [[x, y], …], or values: [y, …] for x = 0, 1, 2, …",
    });
  }
  if (points !== undefined) return points.map(([x, y]) => ({ x, y, series: index }));
  return Array.from(values as ArrayLike<number>, (y, x) => ({ x, y, series: index }));
}

function specOf(options: LineChartOptions, rows: readonly (readonly Row[])[]): Spec {
  const { series, width = 640, height = 360, yRange, rightRange } = options;
  const title = xmlText(options.title);
  const colors = series.map((one, i) => one.color ?? palette[i % palette.length]);
  const scaleOf = (one: ChartSeries): string => (one.axis === "right" ? "right" : "left");
  const onSide = (side: string): Row[] =>
    series.flatMap((one, i) => (scaleOf(one) === side ? rows[i].filter((row) => Number.isFinite(row.y)) : []));
  const hasRight = series.some((one) => one.axis === "right");
  const domain = (range: readonly [number, number] | undefined, side: string): object =>
    range === undefined
      ? { domain: extent(onSide(side).map((row) => row.y)), zero: false, nice: true }
      : { domain: [...range] };
  return {
    description: title,
    width,
    height,
    padding: 12,
    background: "white",
    config: {
      axis: { labelFont: "sans-serif", titleFont: "sans-serif", titleFontWeight: "normal", labelColor: "#444" },
      legend: { labelFont: "sans-serif", labelLimit: 400 },
      title: { font: "sans-serif", fontSize: 15, limit: 0 },
    },
    title: { text: title, anchor: "start", offset: 12 },
    data: rows.map((values, i) => ({ name: `series${i}`, values: values.map(({ x, y }) => ({ x, y })) })),
    scales: [
      {
        name: "x",
        type: "linear",
        range: "width",
        zero: false,
        domain: extent(rows.flat().map((row) => row.x)),
      },
      { name: "left", type: "linear", range: "height", ...domain(yRange, "left") },
      ...(hasRight
        ? [{ name: "right", type: "linear" as const, range: "height" as const, ...domain(rightRange, "right") }]
        : []),
      { name: "color", type: "ordinal", domain: series.map((one) => xmlText(one.name)), range: colors },
    ],
    axes: [
      { orient: "bottom", scale: "x", title: xmlText(options.xLabel), tickCount: 8, titlePadding: 8 },
      {
        orient: "left",
        scale: "left",
        title: xmlText(options.yLabel),
        grid: true,
        gridColor: "#e5e5e5",
        tickCount: 6,
        titlePadding: 8,
      },
      ...(hasRight
        ? [
            {
              orient: "right" as const,
              scale: "right",
              title: xmlText(options.rightLabel ?? ""),
              tickCount: 6,
              titlePadding: 8,
            },
          ]
        : []),
    ],
    legends: [
      { stroke: "color", symbolType: "stroke", symbolStrokeWidth: 3, orient: "bottom", direction: "horizontal" },
    ],
    marks: series.flatMap((one, i) => marksOf(one, i, scaleOf(one), colors[i], rows[i].length)),
  };
}

function marksOf(
  series: ChartSeries,
  index: number,
  scale: string,
  color: string,
  count: number,
): NonNullable<Spec["marks"]> {
  const { faint = false, markers = count <= 60 } = series;
  const position = { x: { scale: "x", field: "x" }, y: { scale, field: "y" } };
  const from = { data: `series${index}` };
  const line = {
    ...position,
    defined: { signal: "isFinite(datum.y)" },
    stroke: { value: color },
    strokeWidth: { value: faint ? 1 : 2 },
    strokeOpacity: { value: faint ? 0.3 : 1 },
    strokeJoin: { value: "round" as const },
  };
  const clip = true;
  if (!markers) return [{ type: "line", from, clip, encode: { enter: line } }];
  const symbol = {
    ...position,
    fill: { value: color },
    size: { value: 28 },
    opacity: [{ test: "isFinite(datum.y)", value: 1 }, { value: 0 }],
  };
  return [
    { type: "line", from, clip, encode: { enter: line } },
    { type: "symbol", from, encode: { enter: symbol } },
  ];
}

/** Smallest and largest number; a range of its own when there is none, or only one number. */
function extent(numbers: readonly number[]): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const x of numbers) {
    if (x < low) low = x;
    if (x > high) high = x;
  }
  if (low > high) return [0, 1];
  return low === high ? [low - 0.5, high + 0.5] : [low, high];
}
