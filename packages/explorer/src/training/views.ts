/** What a network has made of its task: misclassified images, regions of the plane, or a fitted curve. */
import type { Variable } from "@adjoint/autograd";
import { kernels, Tensor } from "@adjoint/tensor";
import type { GreyImage, TaskView } from "./record.ts";

/** Samples and their targets; sample i is row i of both. */
export interface RecordedSamples {
  readonly x: Tensor;
  readonly t: Tensor;
}

/** What computes the outputs of a batch in prediction mode. */
export type PredictFunction = (x: Tensor) => Variable | Tensor;

/** Height and width of a picture. */
export type ImageShape = readonly [rows: number, columns: number];

/** How many misclassified samples are pictured. */
const mostMistakes = 24;
/** How many filters are pictured. */
const mostFilters = 32;
/** Points along each side of the plane. */
const side = 48;
/** Points of a curve. */
const curvePoints = 121;

/** Numbers as they are written into a record: four digits are more than a picture shows. */
function rounded(value: number): number {
  return Number.isFinite(value) ? Number(value.toPrecision(4)) : 0;
}

/** All numbers of a tensor in row-major order. */
function numbersOf(x: Tensor): ArrayLike<number> {
  return kernels.copy(x).data as ArrayLike<number>;
}

function tensorOf(result: Variable | Tensor): Tensor {
  return result instanceof Tensor ? result : result.value;
}

/** Samples whose outputs are computed at a time, so that memory stays flat. */
const batchSize = 512;

/**
 * The likeliest class of each sample, and its probability by softmax; null where outputs are not a score for each class,
 * or where a probability is NaN, so that no class is the likeliest.
 */
function classesOf(x: Tensor, scoresOf: (x: Tensor) => Variable | Tensor): Classes | null {
  const [classes, certainties]: [number[], number[]] = [[], []];
  for (let start = 0; start < x.shape[0]; start += batchSize) {
    const length = Math.min(batchSize, x.shape[0] - start);
    const batch = length === x.shape[0] ? x : kernels.slice(x, [{ start, step: 1, length }]);
    const scores = tensorOf(scoresOf(batch));
    const among = scores.shape[1];
    if (scores.ndim !== 2 || among < 2) return null;
    const numbers = numbersOf(scores);
    for (let row = 0; row < length; row++) {
      let best = 0;
      for (let k = 1; k < among; k++) if (numbers[row * among + k] > numbers[row * among + best]) best = k;
      let sum = 0;
      for (let k = 0; k < among; k++) sum += Math.exp(numbers[row * among + k] - numbers[row * among + best]);
      if (Number.isNaN(sum)) return null;
      classes.push(best);
      certainties.push(1 / sum);
    }
  }
  return { classes, certainties };
}

interface Classes {
  readonly classes: number[];
  readonly certainties: number[];
}

/** Labels of samples, which may be given one-hot; null where they are something else. */
function labelsOf(t: Tensor): number[] | null {
  if (t.ndim === 1) return Array.from(numbersOf(t));
  return t.ndim === 2 ? (classesOf(t, (rows) => rows)?.classes ?? null) : null;
}

function imagesView({ x, t }: RecordedSamples, predict: PredictFunction, [rows, columns]: ImageShape): TaskView | null {
  const [classes, labels] = [classesOf(x, predict)?.classes, labelsOf(t)];
  if (classes === undefined || labels === null) return null;
  const wrong = labels.flatMap((label, i) => (label === classes[i] ? [] : [i]));
  const pixels = numbersOf(x);
  const size = x.size / x.shape[0];
  const imageOf = (i: number): GreyImage => ({
    rows,
    columns,
    values: Array.from({ length: rows * columns }, (_, at) => rounded(pixels[i * size + at])),
  });
  const mistakes = wrong
    .slice(0, mostMistakes)
    .map((i) => ({ image: imageOf(i), label: labels[i], guess: classes[i] }));
  return { kind: "images", mistakes, wrong: wrong.length, of: labels.length };
}

function planeView({ x, t }: RecordedSamples, predict: PredictFunction): TaskView | null {
  const at = numbersOf(x);
  let reach = 0;
  for (let i = 0; i < at.length; i++) reach = Math.max(reach, Math.abs(at[i]));
  const high = rounded(reach * 1.08);
  const step = (2 * high) / side;
  const grid = new Float32Array(side * side * 2);
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      // The middle of each cell, the first row being the highest.
      grid[2 * (row * side + column)] = -high + (column + 0.5) * step;
      grid[2 * (row * side + column) + 1] = high - (row + 0.5) * step;
    }
  }
  const found = classesOf(new Tensor(grid, [side * side, 2]), predict);
  const labels = labelsOf(t);
  if (found === null || labels === null) return null;
  const { classes, certainties } = found;
  const points = labels.map((label, i) => ({ x: rounded(at[2 * i]), y: rounded(at[2 * i + 1]), label }));
  return { kind: "plane", low: -high, high, side, classes, certainties: certainties.map(rounded), points };
}

function curveView({ x, t }: RecordedSamples, predict: PredictFunction): TaskView {
  const [inputs, targets] = [numbersOf(x), numbersOf(t)];
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < inputs.length; i++) [low, high] = [Math.min(low, inputs[i]), Math.max(high, inputs[i])];
  const grid = Float32Array.from({ length: curvePoints }, (_, i) => low + ((high - low) * i) / (curvePoints - 1));
  const fitted = numbersOf(tensorOf(predict(new Tensor(grid, [curvePoints, 1]))));
  const pair = (a: number, b: number) => [rounded(a), rounded(b)] as const;
  return {
    kind: "curve",
    curve: Array.from(grid, (a, i) => pair(a, fitted[i])),
    points: Array.from(inputs, (a, i) => pair(a, targets[i])),
  };
}

/**
 * The view that fits the samples: images where their shape is given, else the plane for two numbers and a class, a
 * curve for a number and a number; null for anything else, such as outputs that are not a score for each class, or NaN.
 */
export function taskView(
  samples: RecordedSamples,
  predict: PredictFunction,
  { classifies, imageShape }: { readonly classifies: boolean; readonly imageShape: ImageShape | null },
): TaskView | null {
  const perSample = samples.x.size / samples.x.shape[0];
  if (classifies && imageShape !== null) return imagesView(samples, predict, imageShape);
  if (classifies && samples.x.ndim === 2 && perSample === 2) return planeView(samples, predict);
  if (!classifies && samples.x.ndim === 2 && perSample === 1 && samples.t.size === samples.x.shape[0])
    return curveView(samples, predict);
  return null;
}

/**
 * The first weights as pictures: the columns of a matrix whose rows are pixels, or the first channel of each filter of
 * a convolution; none where there are no pixels.
 */
export function filtersOf(weights: Tensor, imageShape: ImageShape | null): GreyImage[] {
  const numbers = numbersOf(weights);
  if (weights.ndim === 4) {
    const [count, channels, rows, columns] = weights.shape;
    return Array.from({ length: Math.min(count, mostFilters) }, (_, filter) => ({
      rows,
      columns,
      values: Array.from({ length: rows * columns }, (_, at) =>
        rounded(numbers[filter * channels * rows * columns + at]),
      ),
    }));
  }
  if (imageShape === null || weights.ndim !== 2) return [];
  const [rows, columns] = imageShape;
  const [inputs, units] = weights.shape;
  if (inputs !== rows * columns) return [];
  return Array.from({ length: Math.min(units, mostFilters) }, (_, unit) => ({
    rows,
    columns,
    values: Array.from({ length: inputs }, (_, at) => rounded(numbers[at * units + unit])),
  }));
}
