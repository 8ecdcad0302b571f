/** Pictures on canvases: images, regions of the plane, a fitted curve. */
import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";
import { labelledTicks } from "../../src/charts/ticks.ts";
import type { GreyImage, TaskView } from "../../src/training/record.ts";
import { clip, drawAxes } from "./axes.ts";
import { type ChartColors, channels, signed } from "./colors.ts";
import { prepared } from "./surface.ts";

type Plane = Extract<TaskView, { kind: "plane" }>;
type CurveView = Extract<TaskView, { kind: "curve" }>;

/** Puts pixels that `colorOf` colours into a canvas of their size, which the style sheet enlarges. */
function putPixels(
  canvas: HTMLCanvasElement,
  { rows, columns, values }: GreyImage,
  colorOf: (value: number) => readonly [number, number, number],
): void {
  canvas.width = columns;
  canvas.height = rows;
  const pixels = new Uint8ClampedArray(4 * rows * columns);
  values.forEach((value, i) => {
    pixels.set([...colorOf(value), 255], 4 * i);
  });
  canvas.getContext("2d")?.putImageData(new ImageData(pixels, columns, rows), 0, 0);
}

/** Weights: blue below zero, red above. */
export function drawWeights(canvas: HTMLCanvasElement, image: GreyImage, scale: number, colors: ChartColors): void {
  putPixels(canvas, image, (value) => signed(value, scale, colors));
}

/** A grey image, 0 … 1: ink on paper. */
export function drawInk(canvas: HTMLCanvasElement, image: GreyImage): void {
  putPixels(canvas, image, (value) => {
    const grey = Math.round(255 * (1 - value));
    return [grey, grey, grey];
  });
}

/** The regions of the classes, and points on them: round ones and square ones. */
export function drawPlane(
  canvas: HTMLCanvasElement,
  { low, high, side, classes, certainties, points }: Plane,
  colors: ChartColors,
): void {
  const { context, width, height } = prepared(canvas);
  const paper = channels(colors.surface);
  const small = document.createElement("canvas");
  const among = Math.max(2, ...classes.map((k) => k + 1), ...points.map(({ label }) => label + 1));
  const image: GreyImage = { rows: side, columns: side, values: classes.map((_, i) => i) };
  putPixels(small, image, (i) => {
    const ink = channels(colors.classes[classes[i] % colors.classes.length]);
    // From a guess among all classes to certainty.
    const share = 0.7 * Math.max(0, Math.min(1, (certainties[i] - 1 / among) / (1 - 1 / among)));
    return [0, 1, 2].map((k) => paper[k] + (ink[k] - paper[k]) * share) as [number, number, number];
  });
  context.imageSmoothingEnabled = true;
  context.drawImage(small, 0, 0, width, height);
  const x = scaleLinear([low, high], [0, width]);
  const y = scaleLinear([low, high], [height, 0]);
  context.lineWidth = 1;
  context.strokeStyle = colors.surface;
  for (const point of points) {
    context.fillStyle = colors.classes[point.label % colors.classes.length];
    context.beginPath();
    if (point.label % 2 === 0) context.arc(x(point.x), y(point.y), 3.5, 0, 2 * Math.PI);
    else context.rect(x(point.x) - 3, y(point.y) - 3, 6, 6);
    context.fill();
    context.stroke();
  }
}

/** Points and the curve through them. */
export function drawFit(canvas: HTMLCanvasElement, { curve, points }: CurveView, colors: ChartColors): void {
  const surface = prepared(canvas);
  const { context, width, height } = surface;
  const margin = { top: 8, right: 8, bottom: 22, left: 34 };
  const [left, right] = [curve[0][0], curve[curve.length - 1][0]];
  const heights = points.map(([, y]) => y);
  const [low, high] = [Math.min(...heights), Math.max(...heights)];
  const room = 0.15 * (high - low || 1);
  const x = scaleLinear([left, right], [margin.left, width - margin.right]);
  const y = scaleLinear([low - room, high + room], [height - margin.bottom, margin.top]);
  const axes = [x, y].map((scale) => ({ scale, ticks: labelledTicks(scale, 5) }));
  drawAxes(surface, margin, colors, axes[0], axes[1]);
  clip(surface, margin);
  context.fillStyle = colors.batch;
  for (const [a, b] of points) {
    context.beginPath();
    context.arc(x(a), y(b), 2.5, 0, 2 * Math.PI);
    context.fill();
  }
  context.beginPath();
  line<readonly [number, number]>(
    ([a]) => x(a),
    ([, b]) => y(b),
  ).context(context)(curve);
  context.strokeStyle = colors.heldOut;
  context.lineWidth = 2.5;
  context.stroke();
  context.restore();
}
