/**
 * What is asked of every network, whatever it is made of: accuracy, the graph's gradient, the numerical gradient.
 */
import { noGrad, type Variable } from "@adjoint/autograd";
import { numericalGradient } from "@adjoint/gradcheck";
import {
  formatShape,
  kernels,
  ShapeError,
  SpecError,
  shown,
  type Tensor,
  type TypedArray,
  zeros,
} from "@adjoint/tensor";
import { classesOf } from "../targets.ts";

/** Parameters by name. */
export type Parameters = Readonly<Record<string, Variable>>;

/** Gradients by the name of the parameter, each of its shape. */
export type Gradients = Record<string, Tensor>;

/** The rows start … start + count − 1. */
export function rowsFrom(x: Tensor, start: number, count: number): Tensor {
  return kernels.slice(x, [{ start, step: 1, length: count }]);
}

/** @throws SpecError unless it is an integer ≥ 1 */
export function checkBatchSize(op: string, batchSize: number): void {
  if (Number.isInteger(batchSize) && batchSize >= 1) return;
  throw new SpecError({
    op,
    problem: `batchSize is ${shown(batchSize)}`,
    argument: "batchSize",
    expected: "an integer ≥ 1",
    received: shown(batchSize),
    hint: "batchSize must be an integer, 1 or more: how many samples are computed at a time.",
  });
}

/** How many samples there are in inputs and targets. @throws ShapeError where the numbers differ, or there are none */
export function countOf(op: string, all: readonly Tensor[]): number {
  const [first] = all;
  const count = first.ndim === 0 ? 0 : first.shape[0];
  const other = all.find(({ shape }) => shape[0] !== count);
  if (count > 0 && other === undefined) return count;
  const given = formatShape((other ?? all[all.length - 1]).shape);
  if (other === undefined) {
    throw new ShapeError({
      op,
      problem: `there are no samples: x has shape ${formatShape(first.shape)}, t ${given}`,
      argument: "x",
      expected: "at least one sample",
      received: formatShape(first.shape),
      hint: "A mean over no samples would be NaN: pass one row or more.",
    });
  }
  throw new ShapeError({
    op,
    problem: `x has shape ${formatShape(first.shape)}, t ${given}`,
    argument: "t",
    expected: "one target for each sample, and at least one sample",
    received: given,
    hint: "x and t need the same number of rows.",
  });
}

/**
 * The share of samples whose largest score is at the right class, 0 … 1; computed `batchSize` samples at a time, so
 * that memory stays flat.
 *
 * @param predict  from a batch of inputs to scores, [N, C]
 * @param t        one-hot rows, or labels
 * @throws ShapeError when x and t differ in their numbers of samples or there are none; IndexError and DTypeError for
 *         labels that the scores have no class for
 */
export function accuracyOf(predict: (x: Tensor) => Variable, x: Tensor, t: Tensor, batchSize = 100): number {
  checkBatchSize("accuracy", batchSize);
  const count = countOf("accuracy", [x, t]);
  let classes: TypedArray | null = null;
  let right = 0;
  noGrad(() => {
    for (let start = 0; start < count; start += batchSize) {
      const size = Math.min(batchSize, count - start);
      const scores = predict(rowsFrom(x, start, size)).value;
      classes ??= kernels.copy(classesOf("accuracy", t, count, scores.shape[1])).data;
      const found = kernels.argmax(scores, 1).data;
      for (let i = 0; i < size; i++) if (found[i] === classes[start + i]) right++;
    }
  });
  return right / count;
}

/** The gradient of a loss with respect to every parameter, from the graph; `.grad` of the parameters stays as it was. */
export function gradientOf(params: Parameters, loss: () => Variable): Gradients {
  const entries = Object.entries(params);
  const before = entries.map(([, x]) => x.grad);
  for (const [, x] of entries) x.grad = null;
  try {
    loss().backward();
    return Object.fromEntries(
      entries.map(([name, x]) => [name, (x.grad as Variable | null)?.value ?? zeros(x.shape, { dtype: x.dtype })]),
    );
  } finally {
    entries.forEach(([, x], i) => {
      x.grad = before[i];
    });
  }
}

/** The gradient of a loss by central differences, entry by entry (h = 1e-4): slow, and exact to some seven digits. */
export function numericalGradientOf(params: Parameters, loss: () => Variable): Gradients {
  return Object.fromEntries(Object.entries(params).map(([name, x]) => [name, numericalGradient(loss, x)]));
}
