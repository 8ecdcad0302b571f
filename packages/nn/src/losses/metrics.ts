/** What is measured beside the loss: from the outputs of all samples and their targets to one number. */
import { cast, constant, logSoftmax, type Variable } from "@adjoint/autograd";
import { formatShape, kernels, ShapeError, type Tensor, type TypedArray } from "@adjoint/tensor";
import * as z from "zod/mini";
import { count, type OptionsOf } from "../layers/kind/options.ts";
import { checkProbabilities, classesOf } from "../targets.ts";
import type { FullLossSpec } from "./all.ts";
import { rowsOfScores, rowsOfTargets } from "./cross-entropy.ts";

/** Sums over samples, so that a large set is measured batch by batch. */
export interface Tally {
  sum: number;
  count: number;
}

/** A metric: adds a batch to its tally, and says what the tally means. */
interface Metric {
  readonly add: (y: Variable, t: Tensor, loss: FullLossSpec | null) => Tally;
  readonly value: (tally: Tally) => number;
}

/** The mean of a tally. */
export const average = ({ sum, count: n }: Tally): number => sum / n;

/** Scores and targets, position by position: one for each sample, time step or pixel. */
interface Positions {
  readonly rows: number;
  readonly width: number;
  /** Row by row. */
  readonly scores: TypedArray;
  /** The right class of each row. */
  readonly labels: ArrayLike<number>;
  /** Whether a row counts: not where the loss ignores it. */
  readonly counts: (row: number) => boolean;
}

function positionsOf(
  op: string,
  y: Variable,
  t: Tensor,
  loss: FullLossSpec | null,
  of: (rows: Variable) => Variable = (rows) => rows,
): Positions {
  const { classes = "last", ignoreIndex } = loss?.kind === "crossEntropy" ? loss : {};
  const scores = kernels.copy(of(rowsOfScores(y, classes)).value);
  const [rows, width] = scores.shape;
  const targets = kernels.copy(rowsOfTargets(t, y, classes).value);
  const given = targets.data;
  const isIgnored = (i: number): boolean => targets.size === rows && given[i] === ignoreIndex;
  const valid = ignoreIndex === undefined ? targets : kernels.copy(targets);
  if (valid !== targets) for (let i = 0; i < rows; i++) if (isIgnored(i)) valid.data[i] = 0;
  const labels = classesOf(op, valid, rows, width).data;
  return { rows, width, scores: scores.data, labels, counts: (row) => !isIgnored(row) };
}

/** The sum of a number for each position that counts. */
function tallied(positions: Positions, numberOf: (i: number, positions: Positions) => number): Tally {
  const tally = { sum: 0, count: 0 };
  for (let i = 0; i < positions.rows; i++) {
    if (!positions.counts(i)) continue;
    tally.sum += numberOf(i, positions);
    tally.count++;
  }
  return tally;
}

/** The sum of a number for each output and its target. */
function compared(op: string, y: Variable, t: Tensor, numberOf: (y: number, t: number) => number): Tally {
  if (t.size !== y.size) {
    throw ShapeError.of(op, "t", t, "one target for each output", {
      problem: `outputs have shape ${formatShape(y.shape)}, targets ${formatShape(t.shape)}`,
    });
  }
  const [outputs, targets] = [kernels.copy(y.value).data, kernels.copy(t).data];
  let sum = 0;
  for (let i = 0; i < outputs.length; i++) sum += numberOf(outputs[i], targets[i]);
  return { sum, count: outputs.length };
}

/** Whether yes or no is right: the output is a logit, yes where it is above 0; NaN is neither. */
function binaryHits(y: Variable, t: Tensor): Tally {
  const tally = compared("accuracy", y, t, (score, yes) => (score > 0 === yes > 0.5 && !Number.isNaN(score) ? 1 : 0));
  checkProbabilities("accuracy", constant(t));
  return tally;
}

/**
 * How many targets are among the k largest scores of their row; of equal scores the first counts as the largest. NaN is no
 * score to be right with, and counts as larger than any other.
 */
function topHits(y: Variable, t: Tensor, loss: FullLossSpec | null, k: number): Tally {
  return tallied(positionsOf("accuracy", y, t, loss), (i, { width, scores, labels }) => {
    const own = scores[i * width + labels[i]];
    let rank = Number.isNaN(own) ? k : 0;
    for (let c = 0; c < width && rank < k; c++) {
      const other = scores[i * width + c];
      if (other > own || Number.isNaN(other) || (other === own && c < labels[i])) rank++;
    }
    return rank < k ? 1 : 0;
  });
}

/** −log softmax at the target, of every position. */
function surprises(y: Variable, t: Tensor, loss: FullLossSpec | null): Tally {
  const logs = (scores: Variable): Variable => logSoftmax(cast(scores, "float64"));
  const positions = positionsOf("perplexity", y, t, loss, logs);
  return tallied(positions, (i, { width, scores, labels }) => -scores[i * width + labels[i]]);
}

/** The metrics without options, by name. */
const plainMetrics = {
  /**
   * The share of samples or positions whose largest score is at the right class. For yes-or-no logits, the share on the
   * right side of 0.
   */
  accuracy: {
    add: (y, t, loss) => (loss?.kind === "binaryCrossEntropyWithLogits" ? binaryHits(y, t) : topHits(y, t, loss, 1)),
    value: average,
  },
  /** The mean of |y − t|. */
  meanAbsoluteError: { add: (y, t) => compared("metric", y, t, (a, b) => Math.abs(a - b)), value: average },
  /** The root of the mean of (y − t)². */
  rootMeanSquaredError: {
    add: (y, t) => compared("metric", y, t, (a, b) => (a - b) * (a - b)),
    value: (tally) => Math.sqrt(average(tally)),
  },
  /** e to the mean cross entropy: the number of equally likely classes that would be as uncertain. */
  perplexity: { add: surprises, value: (tally) => Math.exp(average(tally)) },
} satisfies Readonly<Record<string, Metric>>;

/** The names of metrics that have no options. */
export type PlainMetricName = keyof typeof plainMetrics;

/** Their names. */
export const plainMetricNames = Object.keys(plainMetrics) as PlainMetricName[];

/** The share of samples (or positions) whose target is among the k largest scores. */
export const topAccuracy = z.strictObject({
  kind: z.literal("topAccuracy"),
  /** How many of the largest scores count, ≥ 1. */
  k: count(1),
});

/** The share of samples (or positions) whose target is among the `k` largest scores. */
export interface TopAccuracySpec extends OptionsOf<typeof topAccuracy.shape> {}

/** What can be measured beside the loss. */
export type MetricSpec = PlainMetricName | TopAccuracySpec;

/** The form of metrics in specs. */
export const metricSchema = z.union([z.literal(plainMetricNames), topAccuracy], {
  error: `must be ${plainMetricNames.map((name) => `"${name}"`).join(", ")} or { "kind": "topAccuracy", "k": 5 }`,
});

/** The name of a metric in results: accuracy, top5Accuracy. */
export function metricName(metric: MetricSpec): string {
  return typeof metric === "string" ? metric : `top${metric.k}Accuracy`;
}

/** What a metric measures. */
export function metricOf(metric: MetricSpec): Pick<Metric, "add" | "value"> {
  if (typeof metric === "string") return plainMetrics[metric];
  return { add: (y, t, loss) => topHits(y, t, loss, metric.k), value: average };
}
