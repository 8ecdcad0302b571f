/** How numbers are spread, as an SVG drawing. */
import { checkInteger, checkKind, checkNumber, checkOptions, Tensor } from "@adjoint/tensor";
import { checkRange, extent, framed, gridLines, horizontalAxis, palette, round, verticalAxis } from "./axes.ts";

/** What {@link histogram} draws. */
export interface HistogramOptions {
  /** The title above the plot. */
  readonly title: string;
  /** The title of the x axis. Default: none. */
  readonly xLabel?: string;
  /** The title of the y axis. Default: none. */
  readonly yLabel?: string;
  /** The numbers; those that are not finite or outside of the range are left out. */
  readonly values: Tensor | ArrayLike<number>;
  /** Ends of the x axis; by default they follow from the values. */
  readonly range?: readonly [number, number];
  /** The end of the y axis, beyond which bars are cut off; by default it follows from the bars. */
  readonly most?: number;
  /** Number of bars. Default 30. */
  readonly bins?: number;
  /** A colour of CSS. Default: the first of the palette of line charts. */
  readonly color?: string;
  /** Width of the plot without titles, in pixels. Default 320. */
  readonly width?: number;
  /** Height of the plot without titles, in pixels. Default 200. */
  readonly height?: number;
}

const names = ["title", "xLabel", "yLabel", "values", "range", "most", "bins", "color", "width", "height"] as const;

/** How many of the values are in each of `bins` equal parts of the range; its upper end is in the last. */
function countsOf(values: ArrayLike<number>, [low, high]: readonly [number, number], bins: number): number[] {
  const counts = new Array<number>(bins).fill(0);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (!(value >= low && value <= high)) continue;
    counts[Math.min(Math.floor(((value - low) / (high - low)) * bins), bins - 1)]++;
  }
  return counts;
}

/**
 * The histogram as SVG text; the same data give the same text. The first call loads d3.
 *
 * @throws SpecError for unknown options and values that are no numbers
 */
export async function histogram(options: HistogramOptions): Promise<string> {
  checkOptions("histogram", options, names);
  const { title, xLabel = "", yLabel = "", values, bins = 30, color = palette[0], width = 320, height = 200 } = options;
  checkInteger("histogram", "bins", bins, 1);
  if (options.most !== undefined) checkNumber("histogram", "most", options.most, options.most > 0, "a number > 0");
  const isList = values instanceof Tensor || Array.isArray(values) || ArrayBuffer.isView(values);
  checkKind("histogram", "values", values, isList, "numbers in an array or a Tensor");
  const numbers = values instanceof Tensor ? (values.toJSON().data as number[]) : Array.from(values);
  if (options.range !== undefined) checkRange("histogram", "range", options.range);
  const range = options.range ?? extent(numbers);
  const counts = countsOf(numbers, range, bins);
  const { scaleLinear } = await import("d3-scale");
  const x = scaleLinear(range, [0, width]);
  const y = scaleLinear([0, options.most ?? Math.max(1, ...counts)], [height, 0]);
  if (options.most === undefined) y.nice();
  const bars = counts.map((count, i) => {
    const [from, to] = [(i * width) / bins, ((i + 1) * width) / bins];
    return `M${round(from)},${height}V${round(Math.max(y(count), 0))}H${round(to)}V${height}Z`;
  });
  const axis = verticalAxis(y, yLabel);
  const content = [
    gridLines(y, width),
    `<path class="bars" d="${bars.join("")}" fill="${color}" fill-opacity="0.8"/>`,
    horizontalAxis(x, xLabel, height),
    axis.drawing,
  ];
  const frame = { title, width: axis.room + width + 28, height: height + 90, left: axis.room + 12, top: 44 };
  return framed(frame, content.join(""));
}
