/** The curves of a training as an SVG drawing. */
import { smoothCurve } from "@adjoint/data";
import { type ChartSeries, chartGrid, lineChart } from "@adjoint/explorer";
import type { MeasuredParts } from "@adjoint/optim";
import { koreanName } from "./korean.ts";

/** What a chart is drawn from. */
export interface Curves {
  /** Loss of every mini-batch. */
  readonly losses: readonly number[];
  /** What was measured after every epoch that ended. */
  readonly measured: readonly MeasuredParts[];
  /** Mini-batches in an epoch. */
  readonly perEpoch: number;
}

const parts = [
  ["train", "#009e73"],
  ["validation", "#cc79a7"],
  ["test", "#d55e00"],
] as const;

const words = {
  en: {
    epoch: "epoch",
    named: (metric: string): string => metric,
    measured: (metric: string, part: string): string => `${metric} on ${part === "train" ? "training" : part} data`,
    ofBatch: "loss of a mini-batch",
    smoothed: "loss, smoothed",
  },
  ko: {
    epoch: "에폭",
    named: koreanName,
    measured: (metric: string, part: string): string => `${koreanName(part)} 데이터의 ${koreanName(metric)}`,
    ofBatch: "미니배치의 손실",
    smoothed: "손실, 다듬은 값",
  },
} as const;

/** From this ratio of the largest to the smallest loss on, the last epochs of an even chart are a line along its bottom. */
const widest = 50;

function spansDecades(losses: readonly number[]): boolean {
  const [least, most] = losses.reduce(([low, high], y) => [Math.min(low, y), Math.max(high, y)], [Infinity, 0]);
  return least > 0 && most / least > widest;
}

/** Width and height of each of two charts beside each other, in pixels. */
const half = { width: 430, height: 300 } as const;

/**
 * The chart of a training under a `title`: the loss of every mini-batch (pale, and smoothed), and beside it, on a scale of
 * its own, the accuracies after every epoch. Where there are no classes, the losses after every epoch stand with the first.
 *
 * @param language  of its labels: "en", the default, or "ko"
 */
export async function chartOfTraining(
  { losses, measured, perEpoch }: Curves,
  title: string,
  language: keyof typeof words = "en",
): Promise<string> {
  const own = words[language];
  const overEpochs = (values: readonly number[], each: number) =>
    values.map((y, i): [number, number] => [(i + 1) / each, y]);
  // Smoothing takes a window of 11 values.
  const smoothed = losses.length < 11 ? losses : smoothCurve(losses);
  const classifies = measured[0]?.test.accuracy !== undefined;
  const metric = classifies ? "accuracy" : "loss";
  const afterEpochs = parts.flatMap(([part, color]): ChartSeries[] => {
    const values = measured.flatMap(({ [part]: of }) => of?.[metric] ?? []);
    if (values.length === 0) return [];
    return [{ name: own.measured(metric, part), points: overEpochs(values, 1), color }];
  });
  const withLosses = classifies ? [] : afterEpochs;
  const heights = withLosses.flatMap(({ points = [] }) => points.map(([, y]) => y));
  const loss = {
    xLabel: own.epoch,
    yLabel: own.named("loss"),
    yScale: spansDecades([...smoothed, ...heights]) ? "log" : "linear",
    series: [
      { name: own.ofBatch, points: overEpochs(losses, perEpoch), color: "#8fbbd9", faint: true },
      { name: own.smoothed, points: overEpochs(smoothed, perEpoch), color: "#0072b2", markers: false },
      ...withLosses,
    ],
  } as const;
  if (!classifies) return await lineChart({ title, ...loss });
  const accuracy = { title: own.named(metric), xLabel: own.epoch, yLabel: own.named(metric), series: afterEpochs };
  const charts = await Promise.all([
    lineChart({ ...half, title: own.named("loss"), ...loss }),
    lineChart({ ...half, ...accuracy }),
  ]);
  return chartGrid({ title, charts });
}
