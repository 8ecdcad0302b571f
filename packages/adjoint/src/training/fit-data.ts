/** Samples in the form that a model takes, and whether they fit it. */
import type { Model } from "@adjoint/nn";
import { fitsShape, shapeText } from "@adjoint/nn/internal";
import type { Samples, TrainingData } from "@adjoint/optim";
import { formatShape, isFloat, kernels, SpecError, sameShape, type Tensor } from "@adjoint/tensor";

/** What samples have to fit: what goes into a model, what comes out of it, and its losses. */
export interface Fitted extends Pick<Model, "dtype" | "classifies"> {
  readonly inputs: readonly Pick<Model["inputs"][number], "name" | "shape" | "type">[];
  readonly outputLayers: readonly Pick<Model["outputLayers"][number], "name" | "shape">[];
  readonly losses: readonly Pick<Model["losses"][number], "spec">[];
}

/**
 * Samples with targets as the model's loss takes them: numbers [N] become [N, 1] where the model gives one for each sample,
 * and so do labels of yes and no where it gives a logit.
 *
 * @throws SpecError for samples that do not fit the model
 */
export function fittedSamples(model: Fitted, { x, t }: Samples): Samples {
  checkInputs(model, x);
  const fitted = fittedTargets(model, t);
  checkTargets(model, fitted);
  return { x, t: fitted };
}

/** All parts of data so. @throws SpecError for data that do not fit the model */
export function fittedData(model: Fitted, data: TrainingData): TrainingData {
  const { train, test, validation } = data;
  return {
    ...data,
    train: fittedSamples(model, train),
    test: fittedSamples(model, test),
    ...(validation && { validation: fittedSamples(model, validation) }),
  };
}

function fittedTargets({ losses, outputLayers, dtype }: Fitted, t: Tensor): Tensor {
  const [output] = outputLayers;
  const isOne = outputLayers.length === 1 && sameShape(output.shape, [1]);
  if (!isOne || t.ndim !== 1) return t;
  const isLogit = losses[0]?.spec.kind === "binaryCrossEntropyWithLogits";
  if (!isLogit && !isFloat(t.dtype)) return t;
  return kernels.cast(kernels.reshape(t, [t.shape[0], 1]), dtype);
}

function checkInputs({ inputs }: Fitted, x: Tensor): void {
  const given = x.shape.slice(1);
  const wanted = inputs.map(({ shape }) => shapeText(shape)).join(" and ");
  if (inputs.length !== 1 || !fitsShape(given, inputs[0].shape)) {
    throw SpecError.of("input", "data", formatShape(given), `${wanted}, which the model takes`, {
      problem: `the data have samples of shape ${formatShape(given)}`,
      hint: `Name other data by --data, which are the digits by default, or declare input: ${formatShape(given)}. Data of images come in rows where the input has one axis, and as [channels, height, width] where it has three.`,
    });
  }
  if (inputs[0].type === "labels" && isFloat(x.dtype)) {
    throw SpecError.of("input", "data", "real numbers", "labels, which the model takes", {
      problem: "the data are real numbers",
      hint: "Save the labels as integers, or declare an input of real numbers.",
    });
  }
}

function checkTargets(model: Fitted, t: Tensor): void {
  const { classifies, outputLayers, losses } = model;
  const isLabels = !isFloat(t.dtype);
  if (outputLayers.length !== 1 || losses.length !== 1 || (isLabels && !classifies)) {
    throw new SpecError({
      op: "loss",
      problem: `the data have ${isLabels ? "one label for each sample, and the model does not end in one output with a loss for classes" : "one target for each sample, and the model does not end in one output with a loss"}`,
      argument: "spec",
      expected: isLabels ? '"loss": "crossEntropy" or "softmaxWithLoss"' : 'one output and a loss, such as "mse"',
      hint: isLabels
        ? 'End in an affine layer with one unit for each class, and declare "loss": "crossEntropy".'
        : 'End in an affine layer with one unit for each number, and declare "loss": "mse".',
    });
  }
  const [{ name, shape }] = outputLayers;
  if (!isLabels) {
    const given = t.shape.slice(1);
    if (fitsShape(given, shape) || (classifies && t.ndim === 2)) return;
    throw SpecError.of("loss", "spec", formatShape(shape), `${formatShape(given)}, the shape of the targets`, {
      problem: `"${name}" gives samples of shape ${formatShape(shape)}`,
      hint: `End in { "kind": "affine", "units": ${given.at(-1) ?? 1} }.`,
    });
  }
  const classes = t.ndim === 1 ? Number(kernels.max(t).item()) + 1 : t.shape[1];
  if (shape.length === 1 && shape[0] >= classes) return;
  throw SpecError.of("loss", "spec", formatShape(shape), `[${classes}], one number for each class of the data`, {
    problem: `"${name}" gives samples of shape ${formatShape(shape)}`,
    hint: `End in { "kind": "affine", "units": ${classes} }.`,
  });
}
