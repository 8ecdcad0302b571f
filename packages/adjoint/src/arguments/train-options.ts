/** The options of a training, for `train` and what follows from them for a run. */
import { resolve } from "node:path";
import { engineNames } from "@adjoint/compiler";
import { defaultRate, type OptimizerName, optimizerNames } from "@adjoint/optim";
import type { Command } from "commander";
import { dataSets, type LoadedData } from "../training/load-data.ts";
import { type DataSettings, hashOf, type RunSettings, versionsNow } from "../training/run/settings.ts";
import { type RateSchedule, rateSchedules } from "../training/train-model.ts";
import { addDataOptions, type DataOptions, loadOptionsOf } from "./data-options.ts";
import { positiveNumber, share, wholeNumber } from "./numbers.ts";
import { choiceOption, threadsOption, useOption } from "./options.ts";

/** How it is trained. */
export interface TrainingOptions extends DataOptions {
  readonly epochs: number;
  readonly batchSize: number;
  readonly optimizer: OptimizerName;
  readonly lr?: number;
  readonly schedule?: RateSchedule;
  readonly warmup: number;
  readonly seed: number;
  readonly engine: RunSettings["engine"];
  readonly threads?: number;
  readonly validation?: number;
  readonly patience?: number;
  readonly keepBest: boolean;
  readonly bestBy: string;
  readonly checkpointEvery?: number;
  readonly use: readonly string[];
}

/** Adds the options of a training. */
export function addTrainingOptions(command: Command): Command {
  return addDataOptions(command)
    .option("--epochs <n>", "passes over the training data", wholeNumber(1), 20)
    .option("--batch-size <n>", "samples in a mini-batch", wholeNumber(1), 100)
    .addOption(choiceOption("--optimizer <name>", "how parameters move", optimizerNames).default("adam"))
    .option("--lr <rate>", `learning rate (default: the optimizer's own, ${ratesInWords()})`, positiveNumber)
    .addOption(choiceOption("--schedule <name>", "how the learning rate falls until the end", rateSchedules))
    .option("--warmup <n>", "mini-batches over which the learning rate rises at first", wholeNumber(0), 0)
    .option("--seed <n>", "seed of everything random", wholeNumber(0), 0)
    .addOption(choiceOption("--engine <name>", "what runs the steps", [...engineNames, "none"]).default("auto"))
    .addOption(threadsOption())
    .option("--validation <share>", "share of the training samples that is held out to choose by", share)
    .option("--patience <n>", "stop after so many epochs that were not better", wholeNumber(1))
    .option("--keep-best", "the model is that of the best epoch, not of the last", false)
    .option("--best-by <metric>", "by what epochs are compared", "loss")
    .option("--checkpoint-every <n>", "mini-batches between checkpoints of a run (default: by time)", wholeNumber(1))
    .addOption(useOption());
}

/** Each default rate with the optimizers that have it: `0.01 for sgd, momentum; 0.001 for adam`. */
function ratesInWords(): string {
  const rates = [...new Set(optimizerNames.map(defaultRate))];
  const named = (rate: number): string => optimizerNames.filter((name) => defaultRate(name) === rate).join(", ");
  return rates.map((rate) => `${rate} for ${named(rate)}`).join("; ");
}

/** What is trained on, as a run keeps it: paths hold wherever it is resumed. */
export function dataSettings(options: DataOptions): DataSettings {
  const { data } = options;
  const { dir, testData, ...rest } = loadOptionsOf(options);
  return {
    data: dataSets.includes(data) ? data : resolve(data),
    reading: {
      ...rest,
      ...(dir === undefined ? {} : { dir: resolve(dir) }),
      ...(testData === undefined ? {} : { testData: dataSets.includes(testData) ? testData : resolve(testData) }),
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
  options: TrainingOptions,
  data: LoadedData,
): RunSettings {
  const { optimizer, patience, validation } = options;
  const { epochs, batchSize, seed, engine, keepBest, bestBy } = options;
  return {
    version: 1,
    model,
    data: dataSettings(options),
    dataHash: hashOf(data),
    encoding: data.encoding,
    epochs,
    batchSize,
    optimizer,
    lr: options.lr ?? defaultRate(optimizer),
    schedule: options.schedule ?? null,
    warmup: options.warmup,
    seed,
    engine,
    threads: options.threads ?? "auto",
    validation: validation ?? (patience !== undefined || keepBest ? 0.1 : 0),
    earlyStop: patience ?? null,
    keepBest,
    bestBy,
    checkpointEvery: options.checkpointEvery ?? null,
    use: modules.map((path) => resolve(path)),
    made: new Date().toISOString(),
    versions: versionsNow(),
  };
}
