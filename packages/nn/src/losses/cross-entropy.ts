/** Cross entropy of softmax: the loss of classifiers, exact for unlikely classes. */
import {
  add,
  asVariable,
  cast,
  checkValue,
  detach,
  div,
  gather,
  logSoftmax,
  mean,
  moveAxis,
  mul,
  ne,
  neg,
  reshape,
  sum,
  unsqueeze,
  type Variable,
  type VariableLike,
  where,
} from "@adjoint/autograd";
import { checkOptions, kernels, ShapeError } from "@adjoint/tensor";
import * as z from "zod/mini";
import { numberIn, oneOf, optional } from "../layers/kind/options.ts";
import { checkNumberThat } from "../layers/kind/parameter.ts";
import { rowsOf, targetsOf } from "../targets.ts";
import { lossKind } from "./loss-kind.ts";

/** Options of {@link crossEntropy}. */
export interface CrossEntropyOptions {
  /** The share of each target that is spread evenly over all classes, 0 ≤ … ≤ 1. Default 0. Szegedy et al. 2016. */
  readonly labelSmoothing?: number;
  /** Samples with this label do not count (neither in the sum nor in the mean). Default: none. */
  readonly ignoreIndex?: number;
}

/**
 * The mean cross entropy of softmax(scores) with the targets, by logSoftmax, exact for unlikely classes:
 * −1/N Σ t′ · log softmax(scores), t′ = (1 − ε) t + ε / C.
 *
 * @param scores  [N, C], or [C] for one sample, before softmax
 * @param t       N labels, or probabilities of the shape of the scores
 * @throws SpecError for a labelSmoothing out of range; ShapeError when every sample is ignored, or targets do not fit;
 *         IndexError or DTypeError for wrong labels; DataError for rows that are not distributions
 */
export function crossEntropy(scores: VariableLike, t: VariableLike, options: CrossEntropyOptions = {}): Variable {
  const op = "crossEntropy";
  checkOptions(op, options, ["labelSmoothing", "ignoreIndex"]);
  const { labelSmoothing = 0, ignoreIndex } = options;
  const isShare = (x: number): boolean => x >= 0 && x <= 1;
  checkNumberThat(op, "labelSmoothing", labelSmoothing, isShare, "a number, 0 ≤ labelSmoothing ≤ 1");
  const given = asVariable(op, scores, "scores");
  const logs = logSoftmax(rowsOf(op, given));
  const [count] = logs.shape;
  const target = asVariable(op, t, "t");
  const ignored = ignoreIndex === undefined || target.size !== count ? null : ignoredOf(target, ignoreIndex);
  const { oneHot, labels } = targetsOf(op, ignored === null ? target : ignored.labels, logs, given);
  const fit =
    oneHot === null
      ? gather(logs, unsqueeze(labels, 1), { axis: 1 })
      : sum(mul(oneHot, logs), { axis: 1, keepDims: true });
  const spread = mean(logs, { axis: 1, keepDims: true });
  const each = labelSmoothing === 0 ? fit : add(mul(fit, 1 - labelSmoothing), mul(spread, labelSmoothing));
  if (ignored === null) return neg(mean(each));
  return neg(div(sum(where(unsqueeze(ignored.counts, 1), each, 0)), cast(ignored.count, each.dtype)));
}

/** Labels with the ignored ones made valid, which samples count, and how many. */
function ignoredOf(t: Variable, ignoreIndex: number): Record<"labels" | "counts" | "count", Variable> {
  const target = reshape(detach(t), [t.size]);
  const counts = ne(target, ignoreIndex);
  const count = sum(counts);
  checkValue(count, (value) => {
    // Inside vmap there is a count for each element of the batch.
    if (kernels.copy(value).data.every((n: number) => n > 0)) return;
    throw ShapeError.of("crossEntropy", "t", `${t.size} ignored samples`, "at least one sample that counts", {
      problem: `every label is ${ignoreIndex}, which is ignored`,
      hint: "Leave such batches out.",
    });
  });
  return { labels: where(counts, target, 0), counts, count };
}

/** Scores as rows, the classes last: [N, ..., C] or [N, C, ...] → [N · positions, C]. */
export function rowsOfScores(y: Variable, classes: "first" | "last"): Variable {
  const last = classes === "first" && y.ndim > 2 ? moveAxis(y, 1, -1) : y;
  return last.ndim <= 2 ? last : reshape(last, [last.size / last.shape[last.ndim - 1], last.shape[last.ndim - 1]]);
}

/** Targets for those rows: labels, or distributions in the form of the scores. */
export function rowsOfTargets(t: VariableLike, y: Variable, classes: "first" | "last"): Variable {
  const target = asVariable("crossEntropy", t, "t");
  if (y.ndim <= 2) return target;
  if (target.ndim === y.ndim) return rowsOfScores(target, classes);
  return reshape(target, [target.size]);
}

/**
 * The mean cross entropy of softmax(scores), exact for unlikely classes, with labels or rows of probabilities; also for
 * sequences and images of scores. Use it unless you want the book's numbers.
 */
export const crossEntropyKind = lossKind({
  kind: "crossEntropy",
  synonyms:
    "crossentropyloss ce categoricalcrossentropy sparsecategoricalcrossentropy softmaxcrossentropy nll nllloss logloss",
  options: {
    /** Share of each target that is spread evenly over all classes, 0 ≤ … ≤ 1. Default 0. */
    labelSmoothing: optional(numberIn("0 ≤ labelSmoothing ≤ 1", { low: 0, high: 1 })),
    /** Positions with this label do not count. Default: none. */
    ignoreIndex: optional(z.int({ error: "must be an integer" })),
    /** Which axis of a sample holds the classes: "first" for images [classes, H, W]. Default "last". */
    classes: optional(oneOf("first", "last")),
  },
  needs: (shape) => (shape.length > 0 ? null : "scores, [classes] or [..., classes]"),
  classifies: true,
  forward: ({ labelSmoothing = 0, ignoreIndex, classes = "last" }, y, t) =>
    crossEntropy(rowsOfScores(y, classes), rowsOfTargets(t, y, classes), {
      labelSmoothing,
      ...(ignoreIndex === undefined ? {} : { ignoreIndex }),
    }),
  terms: ({ ignoreIndex, classes = "last" }, y, t) => {
    const [count] = rowsOfScores(y, classes).shape;
    return ignoreIndex === undefined || t.size !== count
      ? count
      : kernels.copy(t).data.filter((label: number) => label !== ignoreIndex).length;
  },
  targets: ({ classes }, generator, { count, shape }) => {
    const first = classes === "first" && shape.length > 1;
    const positions = first ? shape.slice(1) : shape.slice(0, -1);
    return generator.integers(0, first ? shape[0] : shape[shape.length - 1], [count, ...positions]);
  },
});
