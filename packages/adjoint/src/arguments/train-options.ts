/** The options of a training, for `train` and what follows from them for a run. */
import { resolve } from "node:path";
import { engineNames } from "@adjoint/compiler";
import { defaultRate, optimizerNames, type TrainingSettings } from "@adjoint/optim";
import { defined } from "@adjoint/tensor/internal";
import type { Command } from "commander";
import { dataSets, type LoadedData } from "../training/load-data.ts";
import { type DataSettings, hashOf, type RunSettings, versionsNow } from "../training/run/settings.ts";
import { type CompleteSettings, type RateSchedule, rateSchedules } from "../training/train-model.ts";
import { addDataOptions, type DataOptions, loadOptionsOf } from "./data-options.ts";
import { positiveNumber, share, wholeNumber } from "./numbers.ts";
import { choiceOption, threadsOption, useOption } from "./options.ts";

const schedules = [...rateSchedules, "none"];

/** What any training is given, also that which looks for a rate. */
export interface StepOptions extends DataOptions, Pick<TrainingSettings, "batchSize" | "optimizer" | "seed"> {
  readonly engine: RunSettings["engine"];
  readonly threads?: number;
  readonly use: readonly string[];
}

export interface TrainingOptions
  extends StepOptions,
    Pick<TrainingSettings, "epochs" | "lr" | "warmup" | "validation" | "keepBest" | "bestBy"> {
  readonly schedule?: RateSchedule | "none";
  readonly patience?: number;
  readonly checkpointEvery?: number;
}

/** Adds the options of any training. A spec may say what is not given: see `trainingSettings`. */
export function addStepOptions(command: Command): Command {
  return addDataOptions(command)
    .option("--batch-size <n>", "samples in a mini-batch (default: 100)", wholeNumber(1))
    .addOption(choiceOption("--optimizer <name>", "how parameters move (default: adam)", optimizerNames))
    .option("--seed <n>", "seed of everything random (default: 0)", wholeNumber(0))
    .addOption(choiceOption("--engine <name>", "what runs the steps", [...engineNames, "none"]).default("auto"))
    .addOption(threadsOption())
    .addOption(useOption());
}

export function addTrainingOptions(command: Command): Command {
  return addStepOptions(command)
    .option("--epochs <n>", "passes over the training data (default: 20)", wholeNumber(1))
    .option("--lr <rate>", `learning rate (default: the optimizer's own, ${ratesInWords()})`, positiveNumber)
    .addOption(
      choiceOption("--schedule <name>", "how the learning rate falls until the end (default: none)", schedules),
    )
    .option("--warmup <n>", "mini-batches over which the learning rate rises at first (default: 0)", wholeNumber(0))
    .option("--validation <share>", "share of the training samples that is held out to choose by", share)
    .option("--patience <n>", "stop after so many epochs that were not better (0: never, the default)", wholeNumber(0))
    .option("--keep-best", "the model is that of the best epoch, not of the last")
    .option("--no-keep-best", "the model is that of the last epoch (the default)")
    .option("--best-by <metric>", "by what epochs are compared (default: loss)")
    .option("--checkpoint-every <n>", "mini-batches between checkpoints of a run (default: by time)", wholeNumber(1))
    .addHelpText("after", "\nThe spec may say these settings, too, in its field training; options win.");
}

export const givenStepSettings = ({ optimizer, batchSize, seed }: StepOptions): Partial<CompleteSettings> =>
  defined({ optimizer, batchSize, seed });

export function givenSettings(options: TrainingOptions): Partial<CompleteSettings> {
  const { epochs, lr, warmup, validation, keepBest, bestBy, patience } = options;
  const schedule = options.schedule === "none" ? null : options.schedule;
  const earlyStop = patience === 0 ? null : patience;
  const own = { epochs, lr, schedule, warmup, validation, earlyStop, keepBest, bestBy };
  return { ...givenStepSettings(options), ...defined(own) };
}

/** Each default rate with the optimizers that have it: `0.01 for sgd, momentum; 0.001 for adam`. */
function ratesInWords(): string {
  const rates = [...new Set(optimizerNames.map(defaultRate))];
  const named = (rate: number): string => optimizerNames.filter((name) => defaultRate(name) === rate).join(", ");
  return rates.map((rate) => `${rate} for ${named(rate)}`).join("; ");
}

/** What is trained on, as a run keeps it: paths hold wherever it is resumed. */
export function dataSettings(options: DataOptions & { readonly data: string }): DataSettings {
  const { dir, testData, ...rest } = loadOptionsOf(options);
  const held = (data: string): string => (dataSets.includes(data) ? data : resolve(data));
  return {
    data: held(options.data),
    reading: {
      ...rest,
      ...(dir === undefined ? {} : { dir: resolve(dir) }),
      ...(testData === undefined ? {} : { testData: held(testData) }),
    },
  };
}

/**
 * The settings of a run of a model, as its folder keeps them.
 * @param modules  those with layers and ops of the user's own
 */
export function settingsOf(
  model: string,
  modules: readonly string[],
  settings: CompleteSettings,
  options: TrainingOptions & { readonly data: string },
  data: LoadedData,
): RunSettings {
  return {
    version: 1,
    model,
    data: dataSettings(options),
    dataHash: hashOf(data),
    encoding: data.encoding,
    ...settings,
    engine: options.engine,
    threads: options.threads ?? "auto",
    checkpointEvery: options.checkpointEvery ?? null,
    use: modules.map((path) => resolve(path)),
    made: new Date().toISOString(),
    versions: versionsNow(),
  };
}
