/** Charts beside and below each other in one SVG drawing. */
import { checkInteger, checkKind, checkOptions, SpecError } from "@adjoint/tensor";
import { framed } from "./axes.ts";

/** What {@link chartGrid} draws. */
export interface ChartGridOptions {
  /** The title above all charts. */
  readonly title: string;
  /** The charts as SVG text, row by row. */
  readonly charts: readonly string[];
  /** How many stand beside each other. Default: all. */
  readonly columns?: number;
}

/** Width and height of a drawing. @throws SpecError for what is no drawing with a size in pixels */
function sizeOf(svg: unknown, i: number): [number, number] {
  const [, width, height] =
    (typeof svg === "string" && /^<svg [^>]*?width="([\d.]+)" height="([\d.]+)"/.exec(svg)) || [];
  if (width !== undefined) return [Number(width), Number(height)];
  throw SpecError.of("chartGrid", `charts[${i}]`, svg, "a chart as SVG text with its width and height in pixels", {
    hint: "Pass what lineChart, histogram, contourChart or imageGrid return, awaited.",
  });
}

/**
 * The charts as one SVG text, each column as wide as its widest chart and each row as high as its highest.
 *
 * @throws SpecError when there is no chart, or one is not SVG text
 */
export function chartGrid(options: ChartGridOptions): string {
  const op = "chartGrid";
  checkOptions(op, options, ["title", "charts", "columns"]);
  const { title, charts } = options;
  checkKind(op, "charts", charts, Array.isArray(charts) && charts.length > 0, "a list of one chart or more");
  const { columns = charts.length } = options;
  checkInteger(op, "columns", columns, 1);
  const sizes = charts.map(sizeOf);
  const widths = Array.from({ length: Math.min(columns, charts.length) }, (_, k) => {
    return Math.max(...sizes.flatMap(([width], i) => (i % columns === k ? width : [])));
  });
  const heights = Array.from({ length: Math.ceil(charts.length / columns) }, (_, k) => {
    return Math.max(...sizes.flatMap(([, height], i) => (Math.floor(i / columns) === k ? height : [])));
  });
  const before = (lengths: readonly number[], k: number): number => lengths.slice(0, k).reduce((sum, n) => sum + n, 0);
  const placed = charts.map((svg, i) => {
    const [x, y] = [before(widths, i % columns), before(heights, Math.floor(i / columns))];
    return svg.trimEnd().replace("<svg ", `<svg x="${x}" y="${y}" `);
  });
  const [width, height] = [before(widths, widths.length), before(heights, heights.length)];
  return framed({ title, width, height: height + 40, left: 0, top: 40 }, placed.join(""));
}
