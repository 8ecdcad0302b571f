/** Curves over steps on a canvas: axes by d3-scale, lines by d3-shape. */
import { scaleLinear, scaleLog } from "d3-scale";
import { line } from "d3-shape";
import { labelledTicks } from "../../src/charts/ticks.ts";
import { clip, drawAxes } from "./axes.ts";
import type { ChartColors } from "./colors.ts";
import { prepared } from "./surface.ts";

/** A curve: points [step, value]. */
export interface Curve {
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly color: string;
  readonly width: number;
  /** Dashes, so that curves differ by more than their colour. */
  readonly dash?: readonly number[];
}

export interface CurvesOptions {
  readonly curves: readonly Curve[];
  /** The last step of the axis. */
  readonly span: number;
  readonly scale: "log" | "share";
  readonly colors: ChartColors;
  readonly xLabel: string;
}

const margin = { top: 8, right: 10, bottom: 30, left: 42 } as const;

/**
 * The values of a series as at most `most` points: means of as many neighbours as it takes, at their middle.
 * @param stepOf  the step of a value. Default: one value a step, from 1
 */
export function thinned(
  values: readonly number[],
  most: number,
  stepOf: (i: number) => number = (i) => i + 1,
): [number, number][] {
  const each = Math.ceil(values.length / most);
  const points: [number, number][] = [];
  for (let start = 0; start < values.length; start += each) {
    const end = Math.min(values.length, start + each);
    let sum = 0;
    for (let i = start; i < end; i++) sum += values[i];
    points.push([(stepOf(start) + stepOf(end - 1)) / 2, sum / (end - start)]);
  }
  return points;
}

/** The values smoothed: each the mean of a window around it. */
export function smoothed(points: readonly (readonly [number, number])[], reach = 4): [number, number][] {
  return points.map(([x], i) => {
    const window = points.slice(Math.max(0, i - reach), i + reach + 1);
    return [x, window.reduce((sum, [, y]) => sum + y, 0) / window.length];
  });
}

/** The powers of ten around some positive numbers: one at the least. */
function logDomain(values: readonly number[]): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, 0];
  for (const value of values) {
    if (!(value > 0) || !Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (high === 0) return [0.1, 10];
  return [10 ** Math.floor(Math.log10(low) - 0.02), 10 ** Math.ceil(Math.log10(high) + 0.02)];
}

/** Draws axes and curves over the whole of a canvas. */
export function drawCurves(canvas: HTMLCanvasElement, { curves, span, scale, colors, xLabel }: CurvesOptions): void {
  const surface = prepared(canvas);
  const { context, width, height } = surface;
  const values = curves.flatMap(({ points }) => points.map(([, y]) => y));
  const x = scaleLinear([0, span], [margin.left, width - margin.right]);
  const range = [height - margin.bottom, margin.top];
  const y = scale === "log" ? scaleLog(logDomain(values), range) : scaleLinear([0, 1], range);
  const shares = [0, 0.25, 0.5, 0.75, 1].map((share) => [share, `${100 * share} %`] as const);
  const across = labelledTicks(x, Math.max(2, Math.floor(width / 90)));
  drawAxes(
    surface,
    margin,
    colors,
    { scale: x, ticks: across },
    { scale: y, ticks: scale === "log" ? labelledTicks(y, 6) : shares },
  );
  context.textAlign = "right";
  context.fillText(xLabel, width - margin.right, height - 13);
  clip(surface, margin);
  const path = line<readonly [number, number]>(
    ([step]) => x(step),
    ([, value]) => y(value),
  )
    .defined(([, value]) => Number.isFinite(value) && (scale !== "log" || value > 0))
    .context(context);
  for (const { points, color, width: thickness, dash = [] } of curves) {
    context.beginPath();
    path(points);
    context.strokeStyle = color;
    context.lineWidth = thickness;
    context.lineJoin = "round";
    context.setLineDash(dash as number[]);
    context.stroke();
    // Where it is now: of a single value there is no line.
    const [step, value] = points[points.length - 1] ?? [0, Number.NaN];
    if (!Number.isFinite(value) || (scale === "log" && value <= 0)) continue;
    context.beginPath();
    context.arc(x(step), y(value), thickness + 0.5, 0, 2 * Math.PI);
    context.fillStyle = color;
    context.fill();
  }
  context.restore();
}
