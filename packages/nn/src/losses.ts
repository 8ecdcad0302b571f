/**
 * Losses beyond the book, in the field's names and as means over samples or elements; those of the book are in
 * functions.ts.
 */
import {
  abs,
  add,
  asVariable,
  clip,
  constant,
  div,
  gather,
  gt,
  log,
  logSoftmax,
  mean,
  mul,
  neg,
  softplus,
  square,
  sub,
  sum,
  unsqueeze,
  type Variable,
  type VariableLike,
  where,
} from "@adjoint/autograd";
import { checkOptions, formatShape, kernels, ShapeError, SpecError, sameShape, shown, Tensor } from "@adjoint/tensor";
import { checkDistributions, checkProbabilities, rowsOf, targetsOf } from "./targets.ts";

function alike(op: string, y: VariableLike, t: VariableLike): readonly [Variable, Variable] {
  const [output, target] = [asVariable(op, y, "y"), asVariable(op, t, "t")];
  if (sameShape(output.shape, target.shape) && output.size > 0) return [output, target];
  throw new ShapeError({
    op,
    problem: `y has shape ${formatShape(output.shape)}, t ${formatShape(target.shape)}`,
    argument: "t",
    expected: `${formatShape(output.shape)}, with one element at least`,
    received: formatShape(target.shape),
    hint: "Give one target for each output.",
  });
}

/** Options of {@link crossEntropy}. */
export interface CrossEntropyOptions {
  /** The share of each target that is spread evenly over all classes, 0 ≤ … < 1. Default 0. Szegedy et al. 2016. */
  readonly labelSmoothing?: number;
  /** Samples with this label do not count (neither in the sum nor in the mean). Default: none. */
  readonly ignoreIndex?: number;
}

/**
 * The mean cross entropy of softmax(scores) with the targets, by logSoftmax, exact for unlikely classes:
 * −1/N Σ t′ · log softmax(scores), t′ = (1 − ε) t + ε / C.
 *
 * @param scores  [N, C], before softmax
 * @param t       N labels, or rows of probabilities [N, C]
 * @throws SpecError for a labelSmoothing out of range; ShapeError when every sample is ignored, or targets do not fit;
 *         IndexError or DTypeError for what is no label; DataError for rows that are no distributions
 */
export function crossEntropy(scores: VariableLike, t: VariableLike, options: CrossEntropyOptions = {}): Variable {
  const op = "crossEntropy";
  checkOptions(op, options, ["labelSmoothing", "ignoreIndex"]);
  const { labelSmoothing = 0, ignoreIndex } = options;
  if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
    throw new SpecError({
      op,
      problem: `labelSmoothing is ${shown(labelSmoothing)}`,
      argument: "labelSmoothing",
      expected: "0 ≤ labelSmoothing < 1",
      received: shown(labelSmoothing),
      hint: "0.1 is usual.",
    });
  }
  const logs = logSoftmax(rowsOf(op, asVariable(op, scores, "scores")));
  const [count] = logs.shape;
  const target = asVariable(op, t, "t");
  const ignored = ignoreIndex === undefined || target.size !== count ? null : ignoredOf(target, ignoreIndex);
  const { oneHot, labels } = targetsOf(op, ignored === null ? target : ignored.labels, logs);
  const fit =
    oneHot === null
      ? gather(logs, unsqueeze(labels, 1), { axis: 1 })
      : sum(mul(oneHot, logs), { axis: 1, keepDims: true });
  const spread = mean(logs, { axis: 1, keepDims: true });
  const each = labelSmoothing === 0 ? fit : add(mul(fit, 1 - labelSmoothing), mul(spread, labelSmoothing));
  if (ignored === null) return neg(mean(each));
  return neg(div(sum(where(ignored.counts, each, 0)), ignored.count));
}

/** Labels with the ignored ones made valid, and which samples count. */
function ignoredOf(target: Variable, ignoreIndex: number): { labels: Variable; counts: Variable; count: number } {
  const { value } = target;
  const labels = kernels.copy(value);
  const counts = new Uint8Array(labels.size);
  for (let i = 0; i < labels.size; i++) {
    if (labels.data[i] === ignoreIndex) labels.data[i] = 0;
    else counts[i] = 1;
  }
  const count = counts.reduce((n, c) => n + c, 0);
  if (count === 0) {
    throw new ShapeError({
      op: "crossEntropy",
      problem: `every label is ${ignoreIndex}, which is ignored`,
      argument: "t",
      expected: "a sample that counts",
      received: `${labels.size} ignored samples`,
      hint: "A mean over nothing would be NaN: leave such batches out.",
    });
  }
  return { labels: constant(labels), counts: constant(new Tensor(counts, [counts.length, 1])), count };
}

/**
 * The mean binary cross entropy of sigmoid(x) with targets t in 0 … 1, both […] of one shape, without overflow: L =
 * mean(log(1 + eˣ) − x t), as (1 − t) log(1 + eˣ) + t log(1 + e⁻ˣ), whose parts do not cancel for confident answers.
 * @throws DataError for a target outside 0 … 1
 */
export function binaryCrossEntropyWithLogits(x: VariableLike, t: VariableLike): Variable {
  const [logits, target] = alike("binaryCrossEntropyWithLogits", x, t);
  checkProbabilities("binaryCrossEntropyWithLogits", target);
  return mean(add(mul(sub(1, target), softplus(logits)), mul(target, softplus(neg(logits)))));
}

/**
 * The mean of (y − t)²: L = Σ (y − t)² / size, y and t […] of one shape. The book's `meanSquaredError` is half of the
 * sum instead.
 * @throws ShapeError unless y and t have one shape
 */
export function mseLoss(y: VariableLike, t: VariableLike): Variable {
  const [output, target] = alike("mseLoss", y, t);
  return mean(square(sub(output, target)));
}

/**
 * The mean of |y − t|: L = Σ |y − t| / size, y and t […] of one shape.
 * @throws ShapeError unless y and t have one shape
 */
export function l1Loss(y: VariableLike, t: VariableLike): Variable {
  const [output, target] = alike("l1Loss", y, t);
  return mean(abs(sub(output, target)));
}

/**
 * The mean of d²/2 where |d| ≤ δ and δ (|d| − δ/2) beyond, d = y − t, both […] (default δ 1): square near, linear far.
 * As c (d − c/2) with c = d held between −δ and δ.
 * @throws SpecError for a δ that is not positive. Source: Huber 1964.
 */
export function huberLoss(y: VariableLike, t: VariableLike, options: { readonly delta?: number } = {}): Variable {
  checkOptions("huberLoss", options, ["delta"]);
  const { delta = 1 } = options;
  if (!(delta > 0)) {
    throw new SpecError({
      op: "huberLoss",
      problem: `delta is ${shown(delta)}`,
      argument: "delta",
      expected: "a number > 0",
      received: shown(delta),
      hint: "Differences beyond delta count linearly.",
    });
  }
  const [output, target] = alike("huberLoss", y, t);
  const difference = sub(output, target);
  const near = clip(difference, { min: -delta, max: delta });
  return mean(mul(near, sub(difference, mul(near, 0.5))));
}

/**
 * The Kullback-Leibler divergence of the distribution that log-probabilities describe from the target distribution, the
 * mean over samples: L = Σ t (log t − logP) / N. Where t is 0 it adds nothing.
 *
 * @param logP  [N, C], for example from logSoftmax
 * @param t     probabilities, [N, C]
 * @throws DataError for rows of t that are no distributions
 */
export function klDivergence(logP: VariableLike, t: VariableLike): Variable {
  const [logs, target] = alike("klDivergence", logP, t);
  checkDistributions("klDivergence", "t", target, target.shape[target.ndim - 1] ?? 1);
  const [count = 1] = logs.shape;
  const positive = gt(target, 0);
  const entropy = mul(target, log(where(positive, target, 1)));
  return div(sum(sub(entropy, mul(target, logs))), count);
}
