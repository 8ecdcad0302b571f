/**
 * From a model spec and a data set to a trained model: what `adjoint train` and the examples do.
 */
import { totalmem } from "node:os";
import { setImmediate } from "node:timers/promises";
import type { EngineName } from "@adjoint/compiler";
import { trainTestSplit } from "@adjoint/data";
import { type RecordOptions, recordTraining, type TrainingRecord, type TrainingRecorder } from "@adjoint/explorer";
import { build, layerRows, type Model, type ModelSpec, type Used } from "@adjoint/nn";
import {
  type BestEpoch,
  type MeasuredParts,
  type OptimizerName,
  type ScheduleName,
  type ScheduleSpec,
  Trainer,
  type TrainerState,
  type TrainingData,
  type TrainingStep,
} from "@adjoint/optim";
import { SpecError } from "@adjoint/tensor";
import { augmented } from "./data/augment.ts";
import { fittedData } from "./fit-data.ts";
import type { LoadedData } from "./load-data.ts";

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
  /** What was measured after the last epoch that ended; null before. */
  readonly measured: MeasuredParts | null;
}

/** Options of {@link trainModel}. */
export interface TrainModelOptions {
  /** The model. */
  readonly spec: ModelSpec;
  /** Samples that its inputs and losses fit; `augment` names random changes of training images, such as `shift=2`. */
  readonly data: TrainingData & Pick<LoadedData, "augment">;
  /** Passes over the training data. Default 20. */
  readonly epochs?: number;
  /** Samples in a mini-batch. Default 100. */
  readonly batchSize?: number;
  /** Name of the optimizer. Default "adam". */
  readonly optimizer?: string;
  /** Learning rate. Default: the optimizer's own, 0.001 for Adam. */
  readonly lr?: number;
  /** How the learning rate changes until the end: see {@link rateSchedules}. Default null: not at all. */
  readonly schedule?: RateSchedule | null;
  /** Mini-batches over which the learning rate rises at first. Default 0. */
  readonly warmup?: number;
  /** Seed of the initial parameters, of dropout and of the order of samples. Default 0. */
  readonly seed?: number;
  /** What runs the steps, as for `compile`; `"none"`: the functions themselves, uncompiled. Default `"auto"`. */
  readonly engine?: "auto" | EngineName | "none";
  /** How many threads may run them, as for `compile`. Default `"auto"`. */
  readonly threads?: "auto" | number;
  /** Layers and ops of one's own that the spec names. */
  readonly use?: Used;
  /**
   * The share of the training samples that is held out to choose by, 0 ≤ share < 1. Default 0, or 0.1 with `earlyStop` or
   * `keepBest`, so that nothing is chosen by the test samples.
   */
  readonly validation?: number;
  /** Epochs without a better one after which training ends. Default null: never. */
  readonly earlyStop?: number | null;
  /** Whether the model is that of the best epoch in the end, not of the last. Default false. */
  readonly keepBest?: boolean;
  /** By what epochs are compared, as for the Trainer. Default `"loss"`. */
  readonly bestBy?: string;
  /** The state of a training with the same options, to go on from. Default null. */
  readonly resume?: TrainerState | null;
  /** What a record of the training needs to know, where there is to be one. Default null: none. */
  readonly record?: Pick<RecordOptions, "title" | "imageShape"> | null;
  /** Ends the training before the next mini-batch. */
  readonly signal?: AbortSignal;
  /** Called after every mini-batch. */
  readonly onProgress?: (progress: TrainingProgress) => void;
}

/** A trained model and how it got there. */
export interface TrainedModel {
  readonly model: Model;
  readonly data: TrainingData;
  /** Loss of every mini-batch. */
  readonly losses: readonly number[];
  /** What was measured after every epoch, on all samples of each part. */
  readonly measured: readonly MeasuredParts[];
  /** The best epoch, where one was chosen. */
  readonly best: BestEpoch | null;
  readonly seconds: number;
  /** What was recorded for a page; null where nothing was asked for. */
  readonly record: TrainingRecord | null;
}

/** A training that is ready to go on. */
export interface PreparedTraining {
  readonly model: Model;
  readonly data: TrainingData;
  readonly trainer: Trainer;
  readonly recorder: TrainingRecorder | null;
}

/**
 * Builds the model of a spec, and what trains it.
 *
 * @throws SpecError when the data do not fit the model, or the state to resume does not fit either
 */
export function prepareTraining(options: TrainModelOptions): PreparedTraining {
  const { spec, epochs = 20, batchSize = 100, optimizer = "adam", lr, seed = 0, use } = options;
  const { engine = "auto", threads = "auto", earlyStop = null, keepBest = false, bestBy, resume = null } = options;
  const { record = null } = options;
  const model = build(spec, { seed, ...(use === undefined ? {} : { use }) });
  const data = withValidation(fittedData(model, options.data), options);
  checkMemory(model, batchSize);
  const { schedule = null, warmup = 0 } = options;
  const recorder = record && recordTraining(model, { ...record, batchSize, samples: data.test });
  const { augment = [] } = options.data;
  const { minBatchSize } = model;
  const loader = augment.length === 0 ? null : augmented(data.train, augment, { batchSize, seed, minBatchSize });
  const trainer = new Trainer(recorder?.network ?? model, loader === null ? data : { ...data, train: loader }, {
    schedule: scheduleOf(schedule, warmup),
    epochs,
    // Every sample once an epoch.
    ...(loader === null && { miniBatchSize: batchSize, seed, replacement: false }),
    ...(engine === "none" ? { compile: false } : { engine, threads }),
    optimizer: optimizer as OptimizerName,
    optimizerParam: lr === undefined ? {} : { lr },
    // The loss as it was before the update: no second forward pass.
    recomputeLoss: false,
    measureAt: "end",
    earlyStop,
    keepBest,
    ...(bestBy === undefined ? {} : { bestBy }),
    resume,
  });
  return { model, data, trainer, recorder };
}

/** The names of the schedules: the rate falls to 0 at the end by half a cosine, or in a straight line. */
export const rateSchedules = ["cosine", "linear"] as const satisfies readonly ScheduleName[];

/** The name of a schedule. */
export type RateSchedule = (typeof rateSchedules)[number];

/** The schedule of a training; null where the rate stays. */
function scheduleOf(name: RateSchedule | null, warmup: number): ScheduleSpec | null {
  const rest = name && { kind: name };
  return warmup === 0 ? rest : { kind: "warmup", steps: warmup, ...(rest && { followedBy: rest }) };
}

/**
 * Trains until the end, or until the signal aborts, which ends it between two mini-batches.
 *
 * @param onStep  called after every mini-batch, and awaited
 */
export async function goOn(
  { trainer, recorder }: PreparedTraining,
  signal: AbortSignal | undefined,
  onStep: (step: TrainingStep) => unknown,
): Promise<void> {
  if (signal?.aborted) return;
  for (const step of trainer.steps()) {
    recorder?.add(step);
    await onStep(step);
    // Timers, signals and the display get their turn.
    await setImmediate();
    if (signal?.aborted) return;
  }
}

/**
 * Builds the model of a spec and trains it. The same options give the same result, to the last bit.
 *
 * Nothing is chosen by looking at the test data: the result is that of the last epoch, or with `keepBest` that of the best
 * one on samples that were held out.
 *
 * @throws SpecError when the data do not fit the model's input
 * @throws the signal's reason when it aborts
 */
export async function trainModel(options: TrainModelOptions): Promise<TrainedModel> {
  const { signal, onProgress, keepBest = false } = options;
  const training = prepareTraining(options);
  const { model, data, trainer } = training;
  const start = performance.now();
  const measured: MeasuredParts[] = [];
  await goOn(training, signal, (step) => {
    if (step.measured !== undefined) measured.push(step.measured);
    onProgress?.({ ...step, measured: measured.at(-1) ?? null });
  });
  signal?.throwIfAborted();
  if (keepBest) trainer.useBest();
  const seconds = (performance.now() - start) / 1000;
  const record = training.recorder?.record() ?? null;
  return { model, data, losses: [...trainer.trainLossList], measured, best: trainer.best, seconds, record };
}

/** Holds out samples to choose by, unless the data have some, or nothing is chosen. */
function withValidation(
  data: TrainingData,
  { validation, earlyStop = null, keepBest = false, seed = 0 }: TrainModelOptions,
): TrainingData {
  const share = validation ?? (earlyStop !== null || keepBest ? 0.1 : 0);
  if (data.validation !== undefined || share === 0) return data;
  const { train, test } = trainTestSplit(data.train.x, data.train.t, { testSize: share, seed });
  return { ...data, train, validation: test };
}

/** Refuses a batch whose activations alone are more than the memory of the machine. */
function checkMemory(model: Model, batchSize: number): void {
  const perSample = layerRows(model).reduce((sum, { activationBytes }) => sum + activationBytes, 0);
  if (perSample * batchSize <= totalmem()) return;
  const [needed, there] = [perSample * batchSize, totalmem()].map((bytes) => `${(bytes / 2 ** 30).toPrecision(2)} GiB`);
  throw SpecError.of("memory", "batchSize", needed, `at most ${there}, the memory of this machine`, {
    problem: `a batch of ${batchSize} keeps activations of ${needed}`,
    hint: "Train on smaller batches, or make the model smaller; summary says which layers keep most.",
  });
}
