/** Targets of classification: one-hot rows or labels, whichever the data have. */
import {
  asVariable,
  cast,
  detach,
  gather,
  reshape,
  unsqueeze,
  type ValueSpec,
  type Variable,
  type VariableLike,
  wholeBatch,
} from "@adjoint/autograd";
import { DTypeError, formatShape, IndexError, kernels, ShapeError, sizeOf, type Tensor } from "@adjoint/tensor";

/**
 * Scores or probabilities as rows, one for each sample; a vector is one sample.
 * @throws ShapeError when there are more axes, no samples or no classes: a mean over nothing would be NaN
 */
export function rowsOf(op: string, y: Variable): Variable {
  if (y.size > 0 && y.ndim === 1) return reshape(y, [1, y.size]);
  if (y.size > 0 && y.ndim === 2) return y;
  throw new ShapeError({
    op,
    problem: `got an input of shape ${formatShape(y.shape)}`,
    argument: "y",
    expected: "[N, C], or [C] for one sample, with N ≥ 1 and C ≥ 1",
    received: formatShape(y.shape),
    hint: "Give one row of class scores for each sample, and at least one sample.",
  });
}

/** Targets in one of two forms. */
export type Targets =
  | { readonly oneHot: Variable; readonly labels: null }
  | { readonly oneHot: null; readonly labels: Variable };

/** The targets of rows y: one-hot when there are as many numbers as in y, else labels, which are checked. */
export function targetsOf(op: string, t: VariableLike, y: ValueSpec): Targets {
  const target = asVariable(op, t, "t");
  const [count, classes] = y.shape;
  if (target.size === sizeOf(y.shape) && (target.ndim === 2 || count === 1)) {
    return { oneHot: cast(reshape(target, y.shape), y.dtype), labels: null };
  }
  if (target.size !== count || target.ndim > 2) {
    throw new ShapeError({
      op,
      problem: `targets of shape ${formatShape(target.shape)} do not fit scores of shape ${formatShape(y.shape)}`,
      argument: "t",
      expected: `one-hot rows ${formatShape(y.shape)}, or ${count} labels`,
      received: formatShape(target.shape),
      hint: "Give one label (or one one-hot row) for each sample.",
    });
  }
  // Inside vmap the labels of all its elements are checked at once.
  checkLabels(op, wholeBatch(target).value, classes);
  return { oneHot: null, labels: cast(reshape(detach(target), [count]), "int32") };
}

function checkLabels(op: string, t: Tensor, classes: number): void {
  const { data } = kernels.copy(t);
  for (let i = 0; i < data.length; i++) {
    const label = data[i];
    if (Number.isInteger(label) && label >= 0 && label < classes) continue;
    const whole = Number.isInteger(label);
    const fields = {
      op,
      problem: whole
        ? `label ${label} of sample ${i} is out of range for ${classes} classes`
        : `the target of sample ${i} is ${label}, which is no label`,
      argument: "t",
      expected: `whole numbers 0 … ${classes - 1}`,
      received: String(label),
      hint: whole
        ? "Labels count from 0: check the number of outputs, and that labels do not start at 1."
        : "Labels are whole numbers; one-hot targets have the shape of the scores.",
    };
    throw whole ? new IndexError(fields) : new DTypeError(fields);
  }
}

/** y[i, labels[i]] for every row i. */
export function labelProbabilities(y: Variable, labels: Variable): Variable {
  return gather(y, unsqueeze(labels, 1), { axis: 1 });
}

/**
 * The class of each sample: the labels themselves, or the place of the largest number of each one-hot row.
 * @throws ShapeError, IndexError, DTypeError for targets that do not fit that many samples and classes
 */
export function classesOf(op: string, t: Tensor, count: number, classes: number): Tensor<"int32"> {
  const { oneHot, labels } = targetsOf(op, t, { shape: [count, classes], dtype: "float64" });
  return (labels === null ? kernels.argmax(oneHot.value, 1) : labels.value) as Tensor<"int32">;
}
