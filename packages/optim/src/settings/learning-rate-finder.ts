/**
 * The learning rate finder: a short training in which the rate rises from step to step, to see at which rates the loss
 * falls. It leaves network and optimizer as they were.
 */
import { compile, type EngineChoice } from "@adjoint/compiler";
import { checkEngine } from "@adjoint/compiler/internal";
import { calledAs, checkInteger, checkOptions, GraphError, rng, SpecError, type Tensor } from "@adjoint/tensor";
import { type OptimizerName, type OptimizerParam, optimizerByName } from "../rules/by-name.ts";
import { checkBatches, checkData, checkLast, checkNetwork, withoutOrder } from "../training/checks.ts";
import { type Batches, DrawnBatches, isSource, loadedBatches } from "../training/mini-batches.ts";
import type { Network, Samples, TrainerData, TrainingData } from "../training/network.ts";
import { snapshotOf } from "../training/state.ts";
import { type Compiler, Step } from "../training/step.ts";
import { countOf, type Values } from "../training/values.ts";

/** Options of {@link findLearningRate}. */
export interface FindLearningRateOptions {
  /** The name of the optimizer that the rate is for. Default `"sgd"`, as for a Trainer. */
  readonly optimizer?: OptimizerName;
  /** Its other hyper-parameters. Default: its own. */
  readonly optimizerParam?: OptimizerParam;
  /** Samples in a mini-batch. Default 100. */
  readonly miniBatchSize?: number;
  /** The first rate, > 0. Default 1e-7. */
  readonly from?: number;
  /** The last rate, > from. Default 10. */
  readonly to?: number;
  /** Mini-batches from the first rate to the last, 20 or more. Default 100. */
  readonly steps?: number;
  /** Seed of the order of samples. Default 0. */
  readonly seed?: number;
  /** Whether steps run as a compiled program, as for a Trainer. Default true. */
  readonly compile?: boolean;
  /** What runs the program, as for `compile`. Default `"auto"`. */
  readonly engine?: EngineChoice;
  /** How many threads may run it, as for `compile`. Default `"auto"`. */
  readonly threads?: "auto" | number;
}

/** What a learning rate finder saw at one mini-batch. */
export interface LearningRateStep {
  /** The number of the mini-batch, from 1. */
  readonly step: number;
  /** The most mini-batches that there will be. */
  readonly steps: number;
  /** The learning rate of this update. */
  readonly rate: number;
  /** The loss before the update. */
  readonly loss: number;
}

/** What a learning rate finder saw. */
export interface LearningRateCurve {
  /** The rate of each step. */
  readonly rates: readonly number[];
  /** The loss of the mini-batch of each step, before its update. */
  readonly losses: readonly number[];
  /** The mean of each loss and those around it: 5 % of all steps on either side. */
  readonly smoothed: readonly number[];
  /** Whether it ended early, because the loss grew far beyond the least one or was not finite any more. */
  readonly diverged: boolean;
  /** The rate that is suggested; null where the loss did not fall. */
  readonly suggestion: number | null;
}

/** The loss has diverged when it is so many times the least one. */
const DIVERGED = 4;
/** A loss that falls by a smaller share does not fall. */
const LEAST_FALL = 0.01;
/** The share of all steps that is averaged over on either side. */
const WINDOW = 0.05;

const optionNames: readonly (keyof FindLearningRateOptions)[] = [
  "optimizer",
  "optimizerParam",
  "miniBatchSize",
  "from",
  "to",
  "steps",
  "seed",
  "compile",
  "engine",
  "threads",
];

/**
 * Finds a learning rate by a range test: trains on one mini-batch after the other while the rate rises from `from` to `to`,
 * by the same factor at each step, and lists the losses. It ends early when the loss is four times its least value, or not
 * finite.
 *
 * The suggestion is the rate at which the smoothed loss falls most steeply over the logarithm of the rate, before it is
 * least; null where it falls by less than 1 %, or than 1.5 times the deviation of the first losses.
 *
 * Afterwards the parameters, running statistics, generators of random numbers and gradients of the network are what they
 * were before.
 *
 * @param network  as for a Trainer
 * @param data     as for a Trainer; the samples to train with are used. A `DataLoader` says itself how its batches are drawn,
 *                 from its first epoch on
 * @throws SpecError for unknown options and values out of range; ShapeError for data that do not fit together; GraphError
 *         when the very first loss is not finite
 * Source: Smith, Cyclical Learning Rates for Training Neural Networks (2015), 3.3.
 */
export function findLearningRate<X extends Values = Tensor, T extends Values = Tensor>(
  network: Network<NoInfer<X>, NoInfer<T>>,
  data: Pick<TrainerData<X, T>, "train">,
  options: FindLearningRateOptions = {},
): LearningRateCurve {
  const steps = learningRateSteps(network, data, options);
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}

/**
 * The steps of {@link findLearningRate}, one each time a value is asked for, so that a progress bar or a page can drive
 * it; returns what that returns. Network and optimizer are as they were before once it ends, also where it is left early.
 *
 * @param network  as for {@link findLearningRate}
 * @param data     as for {@link findLearningRate}
 * @throws as {@link findLearningRate}
 */
export function* learningRateSteps<X extends Values = Tensor, T extends Values = Tensor>(
  network: Network<NoInfer<X>, NoInfer<T>>,
  data: Pick<TrainerData<X, T>, "train">,
  options: FindLearningRateOptions = {},
): Generator<LearningRateStep, LearningRateCurve, void> {
  const op = "findLearningRate";
  checkOptions(op, options, optionNames);
  const { optimizer: name = "sgd", optimizerParam = {}, from = 1e-7, to = 10 } = options;
  const { steps = 100, compile: compiles = true, engine = "auto", threads = "auto" } = options;
  checkInteger(op, "steps", steps, 20);
  checkEngine(op, engine);
  checkRates(op, from, to);
  const order = calledAs(op, () => batchesOf(network, data, options));
  const optimizer = calledAs(op, () => optimizerByName(name, network.params, { ...optimizerParam, lr: from }));
  const compiled: Compiler = (fn) => (compiles ? (compile(fn, { engine, threads }) as unknown as typeof fn) : null);
  const step = new Step(network, optimizer, { recomputeLoss: false, parts: 1, average: null }, compiled);
  const restore = snapshotOf(network, optimizer, null);
  const gradients = Object.values(network.params).map((p) => [p, p.grad] as const);
  const [rates, losses]: [number[], number[]] = [[], []];
  let [least, diverged] = [Number.POSITIVE_INFINITY, false];
  try {
    while (losses.length < steps && !diverged) {
      const factor = (to / from) ** (losses.length / (steps - 1));
      optimizer.lrFactor = factor;
      const { samples: batch, rows } = order.next();
      const loss = step.run(batch, rows, losses.length + 1);
      rates.push(from * factor);
      losses.push(loss);
      yield { step: losses.length, steps, rate: from * factor, loss };
      least = Math.min(least, loss);
      diverged = losses.length > WINDOW * steps && loss > DIVERGED * least && loss > losses[0];
    }
  } catch (error) {
    // A rate that is too large ends in numbers that are not finite; before the first update it is something else.
    if (!(error instanceof GraphError) || losses.length < 2) throw error;
    diverged = true;
  } finally {
    restore();
    for (const [p, grad] of gradients) p.grad = grad;
  }
  const smoothed = smoothedBy(losses, Math.ceil(WINDOW * steps));
  return { rates, losses, smoothed, diverged, suggestion: suggestionOf(rates, losses, smoothed) };
}

/** The mini-batches of the samples to train with. @throws as the function says */
function batchesOf<X extends Values, T extends Values>(
  network: Network<X, T>,
  data: Pick<TrainerData<X, T>, "train">,
  options: FindLearningRateOptions,
): Batches<X, T> {
  checkNetwork(network as Network<never, never>);
  const { miniBatchSize = 100, seed = 0 } = options;
  const { minBatchSize = 1 } = network;
  const isRecord = typeof data === "object" && data !== null;
  if (isRecord && data.train && isSource(data.train)) {
    withoutOrder(options, data.train);
    checkLast(data.train, minBatchSize);
    return loadedBatches(data.train);
  }
  checkInteger("findLearningRate", "miniBatchSize", miniBatchSize, 1);
  checkData((isRecord ? { train: data.train, test: data.train } : data) as TrainingData<X, T>);
  const train = data.train as Samples<X, T>;
  const samples = countOf(train.x);
  checkBatches(samples, miniBatchSize, network);
  return new DrawnBatches(train, { samples, miniBatchSize, replacement: false, minBatchSize }, rng(seed));
}

/** @throws SpecError unless 0 < from < to */
function checkRates(op: string, from: number, to: number): void {
  for (const [argument, rate] of Object.entries({ from, to })) {
    if (typeof rate === "number" && rate > 0 && rate < Number.POSITIVE_INFINITY) continue;
    throw SpecError.of(op, argument, rate, "a number above 0");
  }
  if (from < to) return;
  throw SpecError.of(op, "to", to, `more than ${from}, the first rate`, {
    hint: "The rate rises from `from` to `to`.",
  });
}

function meanOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
}

/** The mean of each number and of up to `reach` on either side. */
function smoothedBy(numbers: readonly number[], reach: number): number[] {
  return numbers.map((_, i) => meanOf(numbers.slice(Math.max(0, i - reach), i + reach + 1)));
}

/** The rate where the smoothed loss falls most steeply before it is least; null where it does not fall. */
function suggestionOf(rates: readonly number[], losses: readonly number[], smoothed: readonly number[]): number | null {
  const end = smoothed.indexOf(Math.min(...smoothed));
  let [steepest, at] = [0, -1];
  for (let i = 1; i < end; i++) {
    const slope = (smoothed[i + 1] - smoothed[i - 1]) / 2;
    if (slope < steepest) [steepest, at] = [slope, i];
  }
  if (at < 0) return null;
  // Losses at rates that change nothing scatter as mini-batches do.
  const flat = losses.slice(0, Math.max(2, Math.floor(losses.length / 5)));
  const mean = meanOf(flat);
  const scatter = Math.sqrt(meanOf(flat.map((x) => (x - mean) ** 2)));
  return mean - smoothed[end] > Math.max(1.5 * scatter, LEAST_FALL * mean) ? rates[at] : null;
}
