/** From a model spec and a data set to a trained model: what `adjoint train` and the examples do. */
import { totalmem } from "node:os";
import { setImmediate } from "node:timers/promises";
import type { EngineName } from "@adjoint/compiler";
import { trainTestSplit } from "@adjoint/data";
import { type RecordOptions, recordTraining, type TrainingRecord, type TrainingRecorder } from "@adjoint/explorer";
import { build, layerRows, type Model, type ModelSpec, type Used } from "@adjoint/nn";
import {
  type BestEpoch,
  defaultRate,
  type MeasuredParts,
  type ScheduleName,
  Trainer,
  type TrainerState,
  type TrainingData,
  type TrainingSettings,
  type TrainingStep,
  trainerOptions,
} from "@adjoint/optim";
import { SpecError } from "@adjoint/tensor";
import { augmented } from "./data/augment.ts";
import { fittedData } from "./fit-data.ts";
import type { LoadedData } from "./load-data.ts";

/** How far a training is. */
export interface TrainingProgress
  extends Pick<TrainingStep, "iteration" | "iterations" | "epoch" | "epochs" | "epochEnded" | "loss"> {
  /** What was measured after the last epoch that ended; null before. */
  readonly measured: MeasuredParts | null;
}

/**
 * Options of {@link trainModel}. Settings that are left out are those of the spec's `training`, else the defaults. With
 * `earlyStop` or `keepBest` a tenth of the training samples is held out, unless `validation` says how many, so that nothing
 * is chosen by the test samples.
 */
export interface TrainModelOptions extends Omit<TrainingSettings, "schedule" | "data" | "target"> {
  /** The model. */
  readonly spec: ModelSpec;
  /** Samples that its inputs and losses fit; `augment` names random changes of training images, such as `shift=2`. */
  readonly data: TrainingData & Pick<LoadedData, "augment">;
  /** How the learning rate changes until the end: `"cosine"` or `"linear"`. Default null: not at all. */
  readonly schedule?: RateSchedule | null;
  /** What runs the steps, as for `compile`; `"none"`: the functions themselves, uncompiled. Default `"auto"`. */
  readonly engine?: "auto" | EngineName | "none";
  /** How many threads may run them, as for `compile`. Default `"auto"`. */
  readonly threads?: "auto" | number;
  /** Layers and ops of one's own that the spec names. */
  readonly use?: Used;
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
  const { spec, use, engine = "auto", threads = "auto", resume = null, record = null } = options;
  const settings = trainingSettings(spec, options);
  const { seed, batchSize } = settings;
  const model = build(spec, { seed, ...(use === undefined ? {} : { use }) });
  const data = withValidation(fittedData(model, options.data), settings);
  checkMemory(model, batchSize);
  const recorder = record && recordTraining(model, { ...record, batchSize, samples: data.test });
  const { augment = [] } = options.data;
  const { minBatchSize } = model;
  const loader = augmented(data.train, augment, { batchSize, seed, minBatchSize });
  const { miniBatchSize, seed: ofOrder, replacement, ...others } = trainerOptions(settings);
  const trainer = new Trainer(recorder?.network ?? model, loader === null ? data : { ...data, train: loader }, {
    ...others,
    // A loader has its own batches.
    ...(loader === null && { miniBatchSize, seed: ofOrder, replacement }),
    ...(engine === "none" ? { compile: false } : { engine, threads }),
    resume,
  });
  return { model, data, trainer, recorder };
}

/** The names of the schedules: the rate falls to 0 at the end by half a cosine, or in a straight line. */
export const rateSchedules = ["cosine", "linear"] as const satisfies readonly ScheduleName[];

export type RateSchedule = (typeof rateSchedules)[number];

export type CompleteSettings = Required<Omit<TrainingSettings, "data" | "target">> & {
  readonly schedule: RateSchedule | null;
};

/**
 * The settings of a training: those that are given, then those of the spec, then the defaults. The spec's learning rate is
 * one for its optimizer, and does not hold for another one.
 */
export function trainingSettings(
  { training: own = {} }: Pick<ModelSpec, "training">,
  given: Partial<CompleteSettings>,
): CompleteSettings {
  const { optimizer: ownOptimizer = "adam" } = own;
  const { optimizer = ownOptimizer } = given;
  const ownRate = optimizer === ownOptimizer ? own.lr : undefined;
  const { earlyStop = own.earlyStop ?? null, keepBest = own.keepBest ?? false } = given;
  const chooses = earlyStop !== null || keepBest;
  return {
    epochs: given.epochs ?? own.epochs ?? 20,
    batchSize: given.batchSize ?? own.batchSize ?? 100,
    optimizer,
    lr: given.lr ?? ownRate ?? defaultRate(optimizer),
    schedule: given.schedule === undefined ? (own.schedule ?? null) : given.schedule,
    warmup: given.warmup ?? own.warmup ?? 0,
    seed: given.seed ?? own.seed ?? 0,
    validation: given.validation ?? own.validation ?? (chooses ? 0.1 : 0),
    earlyStop,
    keepBest,
    bestBy: given.bestBy ?? own.bestBy ?? "loss",
  };
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
  const { signal, onProgress } = options;
  const training = prepareTraining(options);
  const { model, data, trainer } = training;
  const start = performance.now();
  const measured: MeasuredParts[] = [];
  await goOn(training, signal, (step) => {
    if (step.measured !== undefined) measured.push(step.measured);
    onProgress?.({ ...step, measured: measured.at(-1) ?? null });
  });
  signal?.throwIfAborted();
  if (trainingSettings(options.spec, options).keepBest) trainer.useBest();
  const seconds = (performance.now() - start) / 1000;
  const record = training.recorder?.record() ?? null;
  return { model, data, losses: [...trainer.trainLossList], measured, best: trainer.best, seconds, record };
}

/** Holds out samples to choose by, unless the data have some, or nothing is chosen. */
function withValidation(data: TrainingData, { validation, seed }: CompleteSettings): TrainingData {
  if (data.validation !== undefined || validation === 0) return data;
  const { train, test } = trainTestSplit(data.train.x, data.train.t, { testSize: validation, seed });
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
