/** Targets of losses and labels, and their checks. */
import {
  asVariable,
  cast,
  checkValue,
  detach,
  gather,
  heldValue,
  reshape,
  unsqueeze,
  type ValueSpec,
  type Variable,
  type VariableLike,
} from "@adjoint/autograd";
import {
  DataError,
  DTypeError,
  formatShape,
  IndexError,
  kernels,
  ShapeError,
  sameShape,
  shown,
  sizeOf,
  type Tensor,
  type TypedArray,
} from "@adjoint/tensor";

/**
 * Scores or probabilities as rows, one for each sample; a vector is one sample.
 * @throws ShapeError when there are more axes, no samples or no classes: a mean over nothing would be NaN
 */
export function rowsOf(op: string, y: Variable): Variable {
  if (y.size > 0 && y.ndim === 1) return reshape(y, [1, y.size]);
  if (y.size > 0 && y.ndim === 2) return y;
  throw ShapeError.of(op, "y", y, "one row of scores for each sample, [N, C] with N ≥ 1 and C ≥ 1");
}

/** Targets in one of two forms. */
export type Targets =
  | { readonly oneHot: Variable; readonly labels: null }
  | { readonly oneHot: null; readonly labels: Variable };

/**
 * The targets of rows y: distributions when there are as many numbers as in y, else labels; both are checked.
 * @param given  the scores that the rows are of: a vector of scores may have a vector as its distribution. For one row in a
 *               batch, [1, C], a vector [C] is refused, since integers among its numbers could be the labels of C samples
 */
export function targetsOf(op: string, t: VariableLike, y: ValueSpec, given: ValueSpec = y): Targets {
  const target = asVariable(op, t, "t");
  const [count, classes] = y.shape;
  // Of a single class 0 is the label, and no row.
  const held = classes === 1 ? heldValue(target) : null;
  const isLabel = held !== null && kernels.copy(held).data.every((value: number) => value === 0);
  if (target.size === sizeOf(y.shape) && (target.ndim === 2 || sameShape(target.shape, given.shape)) && !isLabel) {
    checkDistributions(op, "t", target, classes);
    return { oneHot: cast(reshape(target, y.shape), y.dtype), labels: null };
  }
  if (target.size !== count || target.ndim > 2) {
    const [given, scores] = [target, y].map(({ shape }) => formatShape(shape));
    const expected = `one-hot rows ${scores}, or ${count} label${count === 1 ? "" : "s"}`;
    const problem = `targets of shape ${given} do not fit scores of shape ${scores}`;
    throw ShapeError.of(op, "t", given, expected, { problem });
  }
  checkLabels(op, target, classes);
  return { oneHot: null, labels: cast(reshape(detach(target), [count]), "int32") };
}

/** Checks the numbers of a Variable, as soon as they are known. */
function checkNumbers(x: Variable, check: (data: TypedArray) => void): void {
  checkValue(x, (value) => check(kernels.copy(value).data));
}

/** The words of errors about labels. */
export interface LabelWords {
  readonly argument: string;
  /** The place of label `i`: `sample 3`. */
  readonly place: (i: number) => string;
  /** The range: `10 classes`. */
  readonly all: string;
  /** The hint for a label out of range. */
  readonly hint: string;
}

/** @throws IndexError for a label outside 0 … classes − 1; DTypeError for one that is not an integer */
export function checkLabels(op: string, labels: Variable, classes: number, words: Partial<LabelWords> = {}): void {
  checkNumbers(labels, (data) => {
    const wrong = data.findIndex((value: number) => !Number.isInteger(value) || value < 0 || value >= classes);
    if (wrong >= 0) throw notALabel(op, data[wrong], wrong, classes, words);
  });
}

function notALabel(
  op: string,
  label: number,
  wrong: number,
  classes: number,
  words: Partial<LabelWords>,
): IndexError | DTypeError {
  const {
    argument = "t",
    place = (i) => `sample ${i}`,
    all = `${classes} classes`,
    hint = "Labels count from 0: check the number of outputs, and that labels do not start at 1.",
  } = words;
  const whole = Number.isInteger(label);
  const fields = {
    op,
    problem: whole
      ? `label ${label} of ${place(wrong)} is out of range for ${all}`
      : `the target of ${place(wrong)} is ${label}, which is not a label`,
    argument,
    expected: `integers 0 … ${classes - 1}`,
    received: String(label),
    hint: whole ? hint : "Labels are integers; one-hot targets have the shape of the scores.",
  };
  return whole ? new IndexError(fields) : new DTypeError(fields);
}

/** Rounding of probabilities beyond 0 … 1: several units in the last place of float32, 2⁻²³ each. */
const ROUNDING = 1e-6;

/**
 * How far the sum of a row of probabilities may be from 1. Rounding in float32 moves it by C · 2⁻²⁴ for C classes, 0.006
 * for a hundred thousand; probabilities that people round to two digits, and steps of gradient checks, by some 0.01.
 */
const SUM_TOLERANCE = 0.02;

/** @throws DataError for a target that is not a probability */
export function checkProbabilities(op: string, t: Variable): void {
  checkNumbers(t, (data) => {
    const at = data.findIndex((value: number) => !(value >= -ROUNDING && value <= 1 + ROUNDING));
    if (at < 0) return;
    throw DataError.of(op, "t", shown(data[at]), "a number from 0 to 1", {
      problem: `target ${at} is ${shown(data[at])}`,
      hint: "Targets are 0 for no, 1 for yes, or a probability. Map labels such as 1 and 2, or -1 and 1, to 0 and 1.",
    });
  });
}

/**
 * Checks that rows of `classes` numbers are distributions: none negative, with a sum of 1. NaN in `y` passes, since a loss
 * of NaN shows where it comes from.
 * @throws DataError for the first row that is not a distribution
 */
export function checkDistributions(op: string, argument: "y" | "t", x: Variable, classes: number): void {
  checkNumbers(x, (data) => checkRows(op, argument, data, classes));
}

function checkRows(op: string, argument: "y" | "t", data: TypedArray, classes: number): void {
  for (let start = 0; start < data.length; start += classes) {
    let [sum, least] = [0, 0];
    for (let i = start; i < start + classes; i++) {
      sum += data[i];
      if (data[i] < least) least = data[i];
    }
    if (Number.isNaN(sum) ? argument === "y" : least >= -ROUNDING && Math.abs(sum - 1) <= SUM_TOLERANCE) continue;
    const found = least < -ROUNDING ? `holds ${least}` : `sums to ${Number(sum.toPrecision(6))}`;
    throw DataError.of(op, argument, found, "rows of numbers ≥ 0 that sum to 1", {
      problem: `row ${start / classes} of ${argument} ${found}, so it is not a distribution over ${classes} classes`,
      hint:
        argument === "y"
          ? "Probabilities come from softmax: for scores call crossEntropy(scores, t), or softmax first."
          : "Targets are one-hot rows or probabilities; for several classes at once use binaryCrossEntropyWithLogits.",
    });
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

/** Outputs and targets of one shape. @param least  how many elements they must have @throws ShapeError */
export function alike(op: string, y: VariableLike, t: VariableLike, least = 1): readonly [Variable, Variable] {
  const [output, target] = [asVariable(op, y, "y"), asVariable(op, t, "t")];
  if (sameShape(output.shape, target.shape) && output.size >= least) return [output, target];
  const problem = `y has shape ${formatShape(output.shape)}, t ${formatShape(target.shape)}`;
  throw ShapeError.of(op, "t", target, "one target for each output, and at least one", { problem });
}
