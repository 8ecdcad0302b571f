/**
 * Trainer: the book's training loop, one mini-batch after the other.
 */

import { checkValue, noGrad, type Variable } from "@adjoint/autograd";
import { compile } from "@adjoint/compiler";
import { AdjointError, GraphError, kernels, rng, SpecError, type Tensor } from "@adjoint/tensor";
import { Optimizer } from "../optimizer/optimizer.ts";
import { optimizerByName } from "../rules/by-name.ts";
import { type Fallback, withFallback } from "./fallback.ts";
import { type MiniBatchOptions, miniBatches, miniBatchesPerEpoch } from "./mini-batches.ts";
import { cleanSamples, notFiniteLoss, notFiniteSample, type Suspects } from "./not-finite.ts";
import {
  type CompleteOptions,
  checkBatches,
  checkData,
  checkNetwork,
  completeOptions,
  type Network,
  type Samples,
  type TrainerOptions,
  type TrainingData,
  type TrainingStep,
} from "./options.ts";
import { countOf, mapTensors, type Values } from "./values.ts";

/** What is measured at an epoch. */
type Measured = Pick<TrainingStep, "accuracy" | "testLoss">;

/** How a training went. */
export interface TrainingResult {
  /** The loss of every mini-batch. */
  readonly trainLossList: readonly number[];
  /** Accuracies on training samples, after the first mini-batch of every epoch. */
  readonly trainAccList: readonly number[];
  /** Accuracies on test samples, at the same times. */
  readonly testAccList: readonly number[];
  /** Losses on test samples, at the same times, where the network has no classes; else empty. */
  readonly testLossList: readonly number[];
  /** Accuracy on all test samples at the end (when aborted: of what was reached); null where the network has no classes. */
  readonly finalTestAccuracy: number | null;
  /** Loss on all test samples at the end where the network has no classes; else null. */
  readonly finalTestLoss: number | null;
}

/**
 * Trains a network on mini-batches.
 *
 * Each iteration draws a mini-batch (with replacement), updates the parameters by the gradient of its loss, and lists
 * the loss on the same mini-batch again. After the first iteration of every epoch accuracies are measured. An epoch is
 * samples / miniBatchSize iterations; there are ⌊epochs · samples / miniBatchSize⌋. Where that is no integer,
 * epochs begin with the first iteration past the mark (in the book they then are hardly ever noticed). The same seed
 * gives the same losses, to the last bit.
 *
 * Where the network has no classes (`classifies` is false), the loss of the test samples is measured instead: the mean
 * over batches of miniBatchSize samples in prediction mode, each weighted by its samples.
 *
 * @param network  `params`, `loss(x, t, { train })` and `accuracy(x, t)`, which is not needed where `classifies` is false
 * @param data     `{ train: { x, t }, test: { x, t } }`, sample i being row i of x and t; each a tensor, or tensors by name
 *                 for a network with several inputs or losses
 * @throws SpecError for unknown options and values out of range; ShapeError for data that do not fit together
 * Source: Deep Learning from Scratch, common/trainer.py.
 */
export class Trainer<X extends Values = Tensor, T extends Values = Tensor> {
  readonly network: Network<X, T>;
  readonly optimizer: Optimizer;
  /** The loss of every mini-batch so far. */
  readonly trainLossList: number[] = [];
  /** Accuracies so far on training samples. */
  readonly trainAccList: number[] = [];
  /** Accuracies so far on test samples. */
  readonly testAccList: number[] = [];
  /** Losses so far on test samples, where the network has no classes. */
  readonly testLossList: number[] = [];
  /** Number of mini-batches that there will be. */
  readonly iterations: number;
  private readonly data: TrainingData<X, T>;
  private readonly options: CompleteOptions;
  private readonly perEpoch: number;
  private readonly rows: ReturnType<typeof miniBatches>;
  private readonly evaluated: TrainingData<X, T>;
  private epoch = 0;
  /** What the mini-batch of this iteration may have brought. */
  private suspects: Suspects | null = null;
  /** What runs steps, outputs and losses for prediction: as programs, where that works. */
  private readonly byStep: Fallback<(x: X, t: T) => Variable>;
  private readonly byOutputs: Fallback<(x: X) => Record<string, Variable>>;
  private readonly byLoss: Fallback<(x: X, t: T) => Variable>;

  constructor(network: Network<NoInfer<X>, NoInfer<T>>, data: TrainingData<X, T>, options: TrainerOptions = {}) {
    const complete = completeOptions(options);
    checkNetwork(network);
    checkData(data);
    this.network = network;
    this.data = data;
    this.options = complete;
    const {
      epochs,
      miniBatchSize,
      replacement,
      seed,
      evaluateSampleNumPerEpoch: limit,
      optimizer,
      optimizerParam,
    } = complete;
    const samples = countOf(data.train.x);
    const { minBatchSize = 1 } = network;
    checkBatches(samples, miniBatchSize, network);
    const batches: MiniBatchOptions = { samples, miniBatchSize, replacement, minBatchSize };
    this.perEpoch = miniBatchesPerEpoch(batches);
    this.iterations = Math.floor(epochs * this.perEpoch);
    this.rows = miniBatches(batches, rng(seed));
    this.evaluated =
      limit === null ? data : { train: someRows(data.train, 0, limit), test: someRows(data.test, 0, limit) };
    this.optimizer =
      optimizer instanceof Optimizer ? optimizer : optimizerByName(optimizer, network.params, optimizerParam);
    this.checkOptimizer();
    const { engine, threads } = complete;
    const compiled = <F extends (...args: never[]) => unknown>(fn: F): F | null =>
      complete.compile ? (compile(fn, { engine, threads }) as unknown as F) : null;
    this.byStep = withFallback(
      "training goes on",
      compiled((x: X, t: T) => this.update(x, t)),
    );
    const outputsOf = network.outputs && compiled((x: X) => this.outputs(x));
    this.byOutputs = withFallback("accuracies are measured", outputsOf ?? null);
    this.byLoss = withFallback(
      "losses are measured",
      compiled((x: X, t: T) => this.loss(x, t)),
    );
  }

  /**
   * Trains to the end, or until the signal aborts, which ends it between two iterations.
   *
   * @throws GraphError when the loss or a gradient is not finite, before the first iteration for the loss over test samples
   *         that are not; it names the samples or parameters that it comes from
   */
  train(): TrainingResult {
    const steps = this.steps();
    let step = steps.next();
    while (!step.done) step = steps.next();
    return step.value;
  }

  /**
   * Trains one iteration each time a value is asked for, so that a progress bar or a page can drive it; returns what
   * `train()` does. Goes on from where an earlier loop was left.
   *
   * @throws GraphError as {@link train}
   */
  *steps(): Generator<TrainingStep, TrainingResult, void> {
    const { epochs, signal, verbose, onIteration, onEpoch } = this.options;
    if (this.trainLossList.length === 0 && !signal?.aborted) this.checkTest();
    while (this.trainLossList.length < this.iterations && !signal?.aborted) {
      const loss = this.iterate();
      const iteration = this.trainLossList.push(loss);
      const epoch = Math.floor((iteration - 1) / this.perEpoch) + 1;
      const before = this.epoch;
      let step: TrainingStep = { iteration, iterations: this.iterations, epoch, epochs, loss };
      if (verbose) console.log(`train loss: ${loss}`);
      this.epoch = Math.max(before, epoch);
      if (epoch > before) {
        const measured = this.measure();
        step = { ...step, ...measured };
        if (verbose) console.log(`=== epoch ${epoch}, ${wordsOf(measured)} ===`);
        onEpoch?.(step);
      }
      onIteration?.(step);
      yield step;
    }
    const { classifies } = this;
    const final = classifies ? this.accuracy(this.data.test) : this.testLoss(this.data.test);
    if (verbose) console.log(`=== final test ${classifies ? "accuracy" : "loss"}: ${final} ===`);
    return {
      trainLossList: [...this.trainLossList],
      trainAccList: [...this.trainAccList],
      testAccList: [...this.testAccList],
      testLossList: [...this.testLossList],
      finalTestAccuracy: classifies ? final : null,
      finalTestLoss: classifies ? null : final,
    };
  }

  /** One mini-batch: gradient, update, loss. */
  private iterate(): number {
    const rows = this.rows.next().value;
    const samples = selectRows(this.data.train, rows);
    this.suspects = { samples, rows, params: this.network.params };
    return this.byStep((compiled) => (compiled ?? this.update.bind(this))(samples.x, samples.t).item());
  }

  /** The step as a function of a mini-batch: what is compiled. */
  private update(x: X, t: T): Variable {
    const { network, options } = this;
    for (const p of Object.values(network.params)) p.zeroGrad();
    const loss = network.loss(x, t, { train: true });
    checkValue(loss, (value) => this.checkLoss(Number(value.item()), this.trainLossList.length > 0));
    loss.backward();
    this.descend();
    if (!options.recomputeLoss) return loss;
    const after = network.loss(x, t, { train: true });
    checkValue(after, (value) => this.checkLoss(Number(value.item()), true));
    return after;
  }

  private descend(): void {
    const { network, optimizer } = this;
    try {
      if (optimizer.parameters !== null) {
        optimizer.step();
        return;
      }
      const learning = Object.entries(network.params).filter(([, p]) => p.grad !== null);
      optimizer.update(
        Object.fromEntries(learning),
        Object.fromEntries(learning.map(([name, p]) => [name, p.grad as Variable])),
      );
    } catch (error) {
      if (!(error instanceof AdjointError) || this.suspects === null) throw error;
      const { samples, rows } = this.suspects;
      const sample = notFiniteSample("data.train", samples, (row) => Number(rows.at(row)));
      if (sample === null) throw error.locate(`iteration ${this.trainLossList.length + 1}`);
      const fields = {
        op: "train",
        argument: "data",
        problem: `${sample}, and a gradient is not finite`,
        hint: cleanSamples,
      };
      throw new GraphError(fields, { cause: error });
    }
  }

  private get classifies(): boolean {
    return this.network.classifies !== false;
  }

  /**
   * The network's accuracy on samples. Its outputs are computed by a compiled program where the network has `outputs`.
   * Batches that are not of the usual size run as they are.
   */
  accuracy({ x, t }: Samples<X, T>): number {
    const network = this.network as Required<Network<X, T>>;
    return this.byOutputs((compiled) =>
      compiled === null ? network.accuracy(x, t) : network.accuracy(x, t, undefined, compiled),
    );
  }

  private outputs(x: X): Record<string, Variable> {
    return (this.network as Required<Network<X, T>>).outputs(x, { train: false });
  }

  private loss(x: X, t: T): Variable {
    return this.network.loss(x, t, { train: false });
  }

  /** The loss over samples in prediction mode, a batch at a time so that memory stays flat. */
  private testLoss(samples: Samples<X, T>): number {
    const { miniBatchSize } = this.options;
    const count = countOf(samples.x);
    const lossOf = (start: number): number => {
      const { x, t } = someRows(samples, start, miniBatchSize);
      const size = countOf(x);
      // The rest after the last whole batch is one of its own size: a program for it would hardly pay.
      const loss = this.byLoss((compiled) =>
        noGrad(() => (size < miniBatchSize || compiled === null ? this.loss(x, t) : compiled(x, t)).item()),
      );
      return size * loss;
    };
    let sum = 0;
    for (let start = 0; start < count; start += miniBatchSize) sum += lossOf(start);
    return sum / count;
  }

  /** Measures accuracies, or the loss of the test samples, and lists them. */
  private measure(): Measured {
    const { train, test } = this.evaluated;
    if (!this.classifies) {
      const testLoss = this.testLoss(test);
      this.testLossList.push(testLoss);
      return { testLoss };
    }
    const accuracy = { train: this.accuracy(train), test: this.accuracy(test) };
    this.trainAccList.push(accuracy.train);
    this.testAccList.push(accuracy.test);
    return { accuracy };
  }

  private checkLoss(loss: number, hasLearned: boolean): void {
    if (Number.isFinite(loss) || this.suspects === null) return;
    const { name, lr } = this.optimizer;
    const how = `at iteration ${this.trainLossList.length + 1}, with ${name} at lr ${lr}`;
    throw notFiniteLoss(loss, how, this.suspects, hasLearned);
  }

  /** Accuracies over samples that are not finite look like any others: they are refused unless the network minds. */
  private checkTest(): void {
    const { test } = this.data;
    const sample = notFiniteSample("data.test", test);
    if (sample === null || Number.isFinite(this.testLoss(test))) return;
    const problem = `${sample}, and the loss over data.test is not finite`;
    throw new GraphError({ op: "train", argument: "data", problem, hint: cleanSamples });
  }

  /** An optimizer that was made with the parameters of another network would train nothing, silently. */
  private checkOptimizer(): void {
    const { parameters, name } = this.optimizer;
    if (parameters === null) return;
    const own = new Set(Object.values(this.network.params));
    const stranger = [...parameters].find(([, x]) => !own.has(x));
    if (stranger === undefined) return;
    throw SpecError.of("Trainer", "optimizer", stranger[0], "parameters of this network only", {
      problem: `the ${name} was made with "${stranger[0]}"`,
      hint: `Make it with new ${name}(network.params), or without parameters.`,
    });
  }
}

function selectRows<X extends Values, T extends Values>({ x, t }: Samples<X, T>, rows: Tensor): Samples<X, T> {
  const select = (tensor: Tensor): Tensor => kernels.indexSelect(tensor, rows, 0);
  return { x: mapTensors(x, select), t: mapTensors(t, select) };
}

/** `count` samples from `start` on, or as many as there are. */
function someRows<X extends Values, T extends Values>(
  { x, t }: Samples<X, T>,
  start: number,
  count: number,
): Samples<X, T> {
  const length = Math.min(count, countOf(x) - start);
  const rows = (tensor: Tensor): Tensor =>
    length === tensor.shape[0] ? tensor : kernels.slice(tensor, [{ start, step: 1, length }]);
  return { x: mapTensors(x, rows), t: mapTensors(t, rows) };
}

function wordsOf({ accuracy, testLoss }: Measured): string {
  return accuracy === undefined ? `test loss: ${testLoss}` : `train acc: ${accuracy.train}, test acc: ${accuracy.test}`;
}
