/** How a model is trained, as data in its spec. */
import * as z from "zod/mini";
import { count, flag, numberIn, type OptionsOf, oneOf, optional, text } from "../layers/kind/options.ts";
import { optimizerNames } from "./optimizers.generated.ts";

const optimizer = oneOf(...optimizerNames);

const dataRule = { error: 'must be a path or the name of a data set, for example "iris.csv"' };
const targetRule = { error: 'must be the name of a column or array, for example "species"' };
const bestByRule = { error: 'must be the name of a metric, for example "accuracy"' };

/** How the model is trained, where nothing else is said. */
export const trainingSchema = z.strictObject({
  /** Passes over the training samples. Default 20. */
  epochs: optional(count(1)),
  /** Samples in a mini-batch. Default 100. */
  batchSize: optional(count(1)),
  /** How parameters move. Default "adam". */
  optimizer: optional(optimizer),
  /** The learning rate, > 0. Default: the optimizer's own. */
  lr: optional(numberIn("above 0", { above: 0 })),
  /** How the learning rate falls to 0 at the end: by half a cosine, or in a straight line. Default: it stays. */
  schedule: optional(oneOf("cosine", "linear")),
  /** Mini-batches over which the learning rate rises at first. Default 0. */
  warmup: optional(count(0)),
  /** Seed of everything random. Default 0. */
  seed: optional(count(0)),
  /** Share of the training samples that is held out to choose by. Default 0, or 0.1 with earlyStop or keepBest. */
  validation: optional(numberIn("0 ≤ validation < 1", { low: 0, below: 1 })),
  /** Epochs without a better one after which training ends. Default: it does not. */
  earlyStop: optional(count(1)),
  /** Whether the model is that of the best epoch, not of the last. Default false. */
  keepBest: optional(flag),
  /** By what epochs are compared: a metric. Default "loss". */
  bestBy: optional(text(1, 200, bestByRule)),
  /** What the command trains on: the name of a data set, or a path from the folder of the spec. Default "digits". */
  data: optional(text(1, 4000, dataRule)),
  /** The column of a table, or the array of an NPZ file, that is learned. */
  target: optional(text(1, 200, targetRule)),
});

/** How a model is trained; docs/layers.md says what the fields mean. */
export interface TrainingSpec extends OptionsOf<typeof trainingSchema.shape> {}
