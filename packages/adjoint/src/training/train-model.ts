/**
 * From a model spec and a data set to a trained model: what `adjoint train` and the examples do.
 */
import { setImmediate } from "node:timers/promises";
import { build, type Model, type ModelSpec, type Used } from "@adjoint/nn";
import { type OptimizerName, Trainer, type TrainingData } from "@adjoint/optim";
import { formatShape, type Shape, SpecError, sameShape } from "@adjoint/tensor";

/** How far a training is. */
export interface TrainingProgress {
  /** Mini-batches done, and how many there will be. */
  readonly iteration: number;
  readonly iterations: number;
  /** Epochs done (the one that runs, while it runs), and how many there will be. */
  readonly epoch: number;
  readonly epochs: number;
  /** Whether the epoch has ended with this report. */
  readonly epochEnded: boolean;
  /** Loss of the last mini-batch. */
  readonly loss: number;
  /** Of the last epoch that ended; null before. */
  readonly trainAccuracy: number | null;
  readonly testAccuracy: number | null;
}

/** Options of {@link trainModel}. */
export interface TrainModelOptions {
  readonly spec: ModelSpec;
  readonly data: TrainingData;
  /** Passes over the training data. Default 20. */
  readonly epochs?: number;
  /** Samples in a mini-batch. Default 100. */
  readonly batchSize?: number;
  /** Name of the optimizer. Default "adam". */
  readonly optimizer?: string;
  /** Learning rate. Default 0.001. */
  readonly lr?: number;
  /** Seed of the initial parameters, of dropout and of the order of samples. Default 0. */
  readonly seed?: number;
  /** Layers and ops of one's own that the spec names. */
  readonly use?: Used;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: TrainingProgress) => void;
}

/** A trained model and how it got there. */
export interface TrainedModel {
  readonly model: Model;
  readonly data: TrainingData;
  /** Loss of every mini-batch. */
  readonly losses: readonly number[];
  /** After every epoch, on all training and all test samples. */
  readonly trainAccuracies: readonly number[];
  readonly testAccuracies: readonly number[];
  readonly seconds: number;
}

/**
 * Builds the model of a spec and trains it. The same options give the same result, to the last bit.
 *
 * Nothing is chosen by looking at the test data: the result is that of the last epoch, whatever came before.
 *
 * @throws SpecError when the data do not fit the model's input
 * @throws the signal's reason when it aborts
 */
export async function trainModel(options: TrainModelOptions): Promise<TrainedModel> {
  const { spec, data, epochs = 20, batchSize = 100, optimizer = "adam", lr = 0.001, seed = 0 } = options;
  const { signal, onProgress, use } = options;
  const model = build(spec, { seed, ...(use === undefined ? {} : { use }) });
  checkModel(model, data.train.x.shape.slice(1));
  const start = performance.now();
  const trainer = new Trainer(model, data, {
    epochs,
    miniBatchSize: batchSize,
    optimizer: optimizer as OptimizerName,
    optimizerParam: { lr },
    seed,
    // Every sample once an epoch, and the loss as it was before the update: no second forward pass.
    replacement: false,
    recomputeLoss: false,
    // Accuracies are measured here, after each epoch; the Trainer's own, at the start of one, on a single sample.
    evaluateSampleNumPerEpoch: 1,
  });
  const { iterations } = trainer;
  const perEpoch = iterations / epochs;
  const trainAccuracies: number[] = [];
  const testAccuracies: number[] = [];
  for (const { iteration, epoch, loss } of trainer.steps()) {
    const epochEnded = iteration === Math.round(epoch * perEpoch);
    if (epochEnded) {
      trainAccuracies.push(model.accuracy(data.train.x, data.train.t));
      testAccuracies.push(model.accuracy(data.test.x, data.test.t));
    }
    onProgress?.({
      iteration,
      iterations,
      epoch,
      epochs,
      epochEnded,
      loss,
      trainAccuracy: trainAccuracies.at(-1) ?? null,
      testAccuracy: testAccuracies.at(-1) ?? null,
    });
    // Timers, signals and the display get their turn.
    await setImmediate();
    signal?.throwIfAborted();
  }
  const seconds = (performance.now() - start) / 1000;
  return { model, data, losses: [...trainer.trainLossList], trainAccuracies, testAccuracies, seconds };
}

/** `test accuracy 98.61 % (355 of 360) after 20 epochs in 12.3 s`. */
export function describeResult({ data, testAccuracies, seconds }: TrainedModel): string {
  const accuracy = testAccuracies.at(-1) ?? 0;
  const samples = data.test.x.shape[0];
  const right = Math.round(accuracy * samples);
  const epochs = testAccuracies.length;
  return `test accuracy ${(100 * accuracy).toFixed(2)} % (${right} of ${samples}) after ${epochs} epoch${epochs === 1 ? "" : "s"} in ${seconds.toFixed(1)} s`;
}

/** Whether a model can be trained on samples of a shape and their labels. */
function checkModel({ inputs, classifies, outputLayers }: Model, given: Shape): void {
  const wanted = inputs.map(({ shape }) => formatShape(shape)).join(" and ");
  if (inputs.length !== 1 || !sameShape(inputs[0].shape, given)) {
    throw new SpecError({
      op: "trainModel",
      problem: `the model takes samples of shape ${wanted}, the data have ${formatShape(given)}`,
      argument: "data",
      expected: wanted,
      received: formatShape(given),
      hint: `Declare input: ${formatShape(given)} in the model, or load data of the other shape (flatten: true or false).`,
    });
  }
  if (inputs[0].type === "labels") {
    throw new SpecError({
      op: "trainModel",
      problem: "the model takes labels, the data are real numbers",
      argument: "data",
      expected: "labels",
      received: "real numbers",
      hint: 'Declare the input without "type": "labels", or train on data of labels in a program, by a Trainer.',
    });
  }
  if (classifies && outputLayers.length === 1) return;
  throw new SpecError({
    op: "trainModel",
    problem:
      "the data have one label for each sample, and the model does not end in one output with a loss for classes",
    argument: "spec",
    expected: 'loss: "softmaxWithLoss" or "crossEntropy"',
    hint: 'End in an affine layer with one unit for each class, and declare loss: "softmaxWithLoss".',
  });
}
