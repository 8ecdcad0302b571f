/** What an experiment of the book is, and the data that it runs on. */
import {
  type ChartSeries,
  kernels,
  type LineChartOptions,
  lineChart,
  loadDigits,
  loadMnist,
  type Network,
  type Tensor,
  Trainer,
} from "adjoint";

export interface Setting {
  /** Which images: the digits of 8 × 8 pixels that come with the package, or MNIST's of 28 × 28, as in the book. */
  readonly data: "digits" | "mnist";
  /** The folder with the four files of MNIST. Default: they are downloaded once. */
  readonly dir?: string;
  /** Whether everything is made so small that it ends at once, to try the program itself. */
  readonly quick: boolean;
}

export interface Outcome {
  readonly result: string;
  /** Figures as SVG text by the names of their files. */
  readonly figures: Readonly<Record<string, string>>;
}

export interface Experiment {
  readonly section: string;
  readonly title: string;
  readonly figures: readonly string[];
  run(setting: Setting): Promise<Outcome>;
}

export interface Samples {
  readonly x: Tensor;
  readonly t: Tensor;
}

/** Samples to train and to test with, and what a network has to know of them. */
export interface Images {
  readonly train: Samples;
  readonly test: Samples;
  /** Pixels of an image along one side. */
  readonly side: number;
}

/** The images of a setting: rows of pixels, or [1, side, side] where they are not to be flat. */
export async function imagesOf({ data, dir }: Setting, { flatten = true } = {}): Promise<Images> {
  if (data === "digits") return { ...loadDigits({ flatten }), side: 8 };
  return { ...(await loadMnist({ flatten, ...(dir === undefined ? {} : { dir }) })), side: 28 };
}

/** The first samples, as the book takes them to make networks overfit. */
export function first({ x, t }: Samples, count: number, start = 0): Samples {
  const rows = (tensor: Tensor): Tensor => kernels.slice(tensor, [{ start, step: 1, length: count }]);
  return { x: rows(x), t: rows(t) };
}

/** Trains a network of convolutions as the book does: on all images, and by Adam. */
export function trainedByAdam(network: Network, { train, test }: Images, { quick }: Setting) {
  const data = quick ? { train: first(train, 200), test: first(test, 50) } : { train, test };
  const epochs = quick ? 1 : 20;
  const rate = { optimizer: "adam", optimizerParam: { lr: 0.001 } } as const;
  const options = { epochs, ...rate, evaluateSampleNumPerEpoch: 1000, recomputeLoss: false, seed: 1 };
  return { ...new Trainer(network, data, options).train(), data, epochs };
}

/** Accuracies by epoch, from 0 to 1, by the names of their curves. */
export function accuracyChart(
  title: string,
  lists: Readonly<Record<string, readonly number[]>>,
  { markers, ...size }: Pick<ChartSeries, "markers"> & Pick<LineChartOptions, "width" | "height"> = {},
): Promise<string> {
  const marked = markers === undefined ? {} : { markers };
  const series = Object.entries(lists).map(([name, values]) => ({ name, values, ...marked }));
  return lineChart({ title, xLabel: "epoch", yLabel: "accuracy", yRange: [0, 1], ...size, series });
}

/** The size of a chart that is one of many, without marks. */
export const small = { width: 150, height: 120, markers: false } as const;

/** A share as a percentage: `97.2 %`. */
export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

export const mean = (numbers: readonly number[]): number => numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
