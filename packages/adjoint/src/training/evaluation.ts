/** What a model makes of samples: loss and metrics, which classes it takes for which, and how sure it is. */
import { noGrad, softmax, type Variable } from "@adjoint/autograd";
import { compile, type EngineName } from "@adjoint/compiler";
import type { ReportedClass } from "@adjoint/explorer";
import type { Measured, Samples } from "@adjoint/optim";
import { DataError, isFloat, kernels, SpecError, type Tensor, tensor } from "@adjoint/tensor";
import type { Fitted } from "./fit-data.ts";

export interface Evaluation {
  readonly samples: number;
  readonly measured: Measured;
  /** By class; null for a model without classes for each sample. */
  readonly classes: readonly ReportedClass[] | null;
  /** confusion[i][j]: samples of class i that were taken for class j; null as above. */
  readonly confusion: readonly (readonly number[])[] | null;
}

/** What is measured of a model, whether it comes from a spec or from elsewhere. */
export interface Measurable extends Fitted {
  outputs(x: Tensor, options: { readonly train: boolean }): Record<string, Variable>;
  evaluate(x: Tensor, t: Tensor, batchSize: number, outputs: (batch: Tensor) => Record<string, Variable>): Measured;
}

export interface EvaluateModelOptions {
  /** Names of the classes, in the order of the labels. Default: the labels. */
  readonly classes?: readonly string[];
  /** Also the share of samples whose class is among the k most likely. */
  readonly topK?: number;
  /** What computes the outputs, as for `compile`; `"none"`: the model itself. Default `"auto"`. */
  readonly engine?: "auto" | EngineName | "none";
  /** Samples that run at a time. Default 100. */
  readonly batchSize?: number;
}

/** The probabilities of the classes, [N, classes], from the outputs of a model; null where it gives none for a sample. */
export function probabilitiesOf({ losses, outputLayers }: Fitted, scores: Tensor): Tensor | null {
  const kind = losses[0]?.spec.kind;
  if (outputLayers.length !== 1 || scores.ndim !== 2) return null;
  if (kind === "crossEntropy" || kind === "softmaxWithLoss") return noGrad(() => softmax(scores).value);
  if (kind !== "binaryCrossEntropyWithLogits" || scores.shape[1] !== 1) return null;
  // softmax of [0, y] is [1 − sigmoid(y), sigmoid(y)].
  const two = kernels.concat([kernels.mul(scores, tensor(0, { dtype: scores.dtype as "float32" })), scores], 1);
  return noGrad(() => softmax(two).value);
}

/** The largest of each row: [N] integers. */
export function largestOf(rows: Tensor): Int32Array {
  return kernels.copy(kernels.argmax(rows, 1)).data as Int32Array;
}

/** The names of `count` classes. @throws SpecError for more classes than names */
export function classNames(count: number, names?: readonly string[]): string[] {
  return Array.from({ length: count }, (_, label) => names?.[label] ?? String(label));
}

/** Explains a loss that is not finite. @throws DataError for a sample that holds NaN or an infinity */
function checkFinite(loss: number, { x, t }: Samples): void {
  for (const [name, values] of Object.entries({ inputs: x, targets: t })) {
    const { data } = kernels.copy(values);
    const at = data.findIndex((value) => !Number.isFinite(value));
    if (at < 0) continue;
    const row = Math.floor((at * values.shape[0]) / values.size);
    throw DataError.of("evaluate", "data", data[at], "finite numbers", {
      problem: `the loss is ${loss}, and among the ${name} of sample ${row} is ${data[at]}`,
      hint: "Leave such samples out, or replace the values.",
    });
  }
}

/**
 * Measures a model on samples in prediction mode.
 *
 * @throws DataError for a loss that is not finite where a sample is not; SpecError for a `topK` of a model without classes; what the model throws for samples that do not fit
 */
export function evaluateModel(model: Measurable, { x, t }: Samples, options: EvaluateModelOptions = {}): Evaluation {
  const { topK, engine = "auto", batchSize = 100 } = options;
  const samples = x.shape[0];
  const run = (batch: Tensor) => model.outputs(batch, { train: false });
  const compiled = engine === "none" ? run : compile(run, { engine });
  const seen: Tensor[] = [];
  // It is given batches of one size; the last one ends with the last sample, and begins with some that were there before.
  const measured = model.evaluate(x, t, batchSize, (batch: Tensor) => {
    const outputs = compiled(batch);
    seen.push(kernels.copy(Object.values(outputs)[0].value));
    return outputs;
  });
  if (!Number.isFinite(measured.loss)) checkFinite(measured.loss, { x, t });
  const isSimple = model.outputLayers.length === 1 && model.outputLayers[0].shape.length === 1;
  const isClassifier = model.classifies && isSimple;
  if (!isClassifier) {
    if (topK === undefined) return { samples, measured, classes: null, confusion: null };
    throw SpecError.of("evaluate", "topK", topK, "a model with a class for each sample", {
      problem: "the model has no classes to be among the first",
      hint: "Leave --top-k out.",
    });
  }
  const outputs = outputsOf(seen, samples) ?? Object.values(noGrad(() => run(x)))[0].value;
  const probabilities = probabilitiesOf(model, outputs);
  if (probabilities === null) return { samples, measured, classes: null, confusion: null };
  const labels = labelsOf(t);
  const count = probabilities.shape[1];
  const confusion = Array.from({ length: count }, () => new Array<number>(count).fill(0));
  largestOf(probabilities).forEach((guess, i) => {
    confusion[labels[i]][guess] += 1;
  });
  const names = classNames(count, options.classes);
  const all =
    topK === undefined ? measured : { ...measured, [`top${topK}Accuracy`]: topShare(probabilities, labels, topK) };
  return { samples, measured: all, classes: names.map((name, k) => scoreOf(name, confusion, k)), confusion };
}

/** The outputs of all samples from those of batches, of which the last may begin too early; null for too few for one. */
function outputsOf(batches: readonly Tensor[], samples: number): Tensor | null {
  if (batches.length === 0) return null;
  const size = batches[0].shape[0];
  const start = batches.length * size - samples;
  const last = kernels.slice(batches[batches.length - 1], [{ start, step: 1, length: size - start }]);
  return kernels.concat([...batches.slice(0, -1), last], 0);
}

/** The label of each sample: given as such, as rows with a 1 at their class, or as yes and no in [N, 1]. */
function labelsOf(t: Tensor): Int32Array {
  if (t.ndim === 2 && t.shape[1] > 1) return largestOf(t);
  const { data } = kernels.copy(t);
  return Int32Array.from(data, (value) => (isFloat(t.dtype) ? Math.round(value) : value));
}

/** The share of rows whose label is among the k largest; of equal ones the first counts as the largest. */
function topShare(rows: Tensor, labels: Int32Array, k: number): number {
  const { data } = kernels.copy(rows);
  const width = rows.shape[1];
  let right = 0;
  labels.forEach((label, i) => {
    const own = data[i * width + label];
    let before = 0;
    for (let c = 0; c < width; c++) {
      const other = data[i * width + c];
      if (other > own || (other === own && c < label)) before++;
    }
    if (before < k) right++;
  });
  return right / labels.length;
}

function scoreOf(name: string, confusion: readonly (readonly number[])[], k: number): ReportedClass {
  const samples = confusion[k].reduce((sum, n) => sum + n, 0);
  const taken = confusion.reduce((sum, row) => sum + row[k], 0);
  const right = confusion[k][k];
  const [precision, recall] = [taken === 0 ? null : right / taken, samples === 0 ? null : right / samples];
  const f1 = precision === null || recall === null || right === 0 ? null : (2 * right) / (samples + taken);
  return { name, samples, precision, recall, f1 };
}
