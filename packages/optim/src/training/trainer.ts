/**
 * Trainer: the book's training loop, one mini-batch after the other.
 */

import type { Variable } from "@adjoint/autograd";
import { AdjointError, GraphError, kernels, rng, SpecError, type Tensor } from "@adjoint/tensor";
import { Optimizer } from "../optimizer/optimizer.ts";
import { optimizerByName } from "../rules/by-name.ts";
import { type MiniBatchOptions, miniBatches, miniBatchesPerEpoch } from "./mini-batches.ts";
import {
  type CompleteOptions,
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

/** How a training went. */
export interface TrainingResult {
  /** The loss of every mini-batch. */
  readonly trainLossList: readonly number[];
  /** Accuracies on training samples, after the first mini-batch of every epoch. */
  readonly trainAccList: readonly number[];
  /** Accuracies on test samples, at the same times. */
  readonly testAccList: readonly number[];
  /** Accuracy on all test samples at the end (when aborted: of what was reached); null where the network has no classes. */
  readonly finalTestAccuracy: number | null;
}

/**
 * Trains a network on mini-batches.
 *
 * Each iteration draws a mini-batch (with replacement), updates the parameters by the gradient of its loss, and lists
 * the loss on the same mini-batch again. After the first iteration of every epoch accuracies are measured. An epoch is
 * samples / miniBatchSize iterations; there are ⌊epochs · samples / miniBatchSize⌋. Where that is no whole number,
 * epochs begin with the first iteration past the mark (in the book they then are hardly ever noticed). The same seed
 * gives the same losses, to the last bit.
 *
 * @param network  `params`, `loss(x, t, { train })` and `accuracy(x, t)`, which is not asked where `classifies` is false
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
  /** Number of mini-batches that there will be. */
  readonly iterations: number;
  private readonly data: TrainingData<X, T>;
  private readonly options: CompleteOptions;
  private readonly perEpoch: number;
  private readonly rows: ReturnType<typeof miniBatches>;
  private readonly evaluated: TrainingData<X, T>;
  private epoch = 0;

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
    const batches: MiniBatchOptions = { samples: countOf(data.train.x), miniBatchSize, replacement };
    this.perEpoch = miniBatchesPerEpoch(batches);
    this.iterations = Math.floor(epochs * this.perEpoch);
    this.rows = miniBatches(batches, rng(seed));
    this.evaluated = limit === null ? data : { train: firstRows(data.train, limit), test: firstRows(data.test, limit) };
    this.optimizer =
      optimizer instanceof Optimizer ? optimizer : optimizerByName(optimizer, network.params, optimizerParam);
    this.checkOptimizer();
  }

  /**
   * Trains to the end, or until the signal aborts, which ends it between two iterations.
   *
   * @throws GraphError when the loss or a gradient is no longer finite
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
   * @throws GraphError when the loss or a gradient is no longer finite
   */
  *steps(): Generator<TrainingStep, TrainingResult, void> {
    const { epochs, signal, verbose, onIteration, onEpoch } = this.options;
    while (this.trainLossList.length < this.iterations && !signal?.aborted) {
      const loss = this.iterate();
      const iteration = this.trainLossList.push(loss);
      const epoch = Math.floor((iteration - 1) / this.perEpoch) + 1;
      const before = this.epoch;
      const base = { iteration, iterations: this.iterations, epoch, epochs, loss };
      let step: TrainingStep = base;
      if (verbose) console.log(`train loss: ${loss}`);
      this.epoch = Math.max(before, epoch);
      if (epoch > before && this.network.classifies !== false) {
        const accuracy = this.evaluate();
        const measured = { ...base, accuracy };
        step = measured;
        if (verbose) console.log(`=== epoch ${epoch}, train acc: ${accuracy.train}, test acc: ${accuracy.test} ===`);
        onEpoch?.(measured);
      }
      onIteration?.(step);
      yield step;
    }
    const { x, t } = this.data.test;
    const finalTestAccuracy = this.network.classifies === false ? null : this.network.accuracy(x, t);
    if (verbose && finalTestAccuracy !== null) console.log(`=== final test accuracy: ${finalTestAccuracy} ===`);
    return {
      trainLossList: [...this.trainLossList],
      trainAccList: [...this.trainAccList],
      testAccList: [...this.testAccList],
      finalTestAccuracy,
    };
  }

  /** One mini-batch: gradient, update, loss. */
  private iterate(): number {
    const { network, optimizer } = this;
    const samples = selectRows(this.data.train, this.rows.next().value);
    const { params } = network;
    for (const x of Object.values(params)) x.zeroGrad();
    const loss = network.loss(samples.x, samples.t, { train: true });
    this.checkLoss(loss);
    loss.backward();
    try {
      if (optimizer.parameters !== null) optimizer.step();
      else {
        const learning = Object.entries(params).filter(([, x]) => x.grad !== null);
        optimizer.update(
          Object.fromEntries(learning),
          Object.fromEntries(learning.map(([name, x]) => [name, x.grad as Variable])),
        );
      }
    } catch (error) {
      throw error instanceof AdjointError ? error.locate(`iteration ${this.trainLossList.length + 1}`) : error;
    }
    if (!this.options.recomputeLoss) return loss.item();
    const after = network.loss(samples.x, samples.t, { train: true });
    this.checkLoss(after);
    return after.item();
  }

  /** Measures the accuracies and lists them. */
  private evaluate(): { readonly train: number; readonly test: number } {
    const { train, test } = this.evaluated;
    const accuracy = {
      train: this.network.accuracy(train.x, train.t),
      test: this.network.accuracy(test.x, test.t),
    };
    this.trainAccList.push(accuracy.train);
    this.testAccList.push(accuracy.test);
    return accuracy;
  }

  private checkLoss(loss: Variable): void {
    if (Number.isFinite(loss.item())) return;
    const { name, lr } = this.optimizer;
    throw new GraphError({
      op: "train",
      problem: `the loss is ${loss.item()} at iteration ${this.trainLossList.length + 1}, with ${name} at lr ${lr}`,
      expected: "a finite number",
      received: String(loss.item()),
      hint:
        "Lower the learning rate; if it is small already, look for NaN in the data, and for a log or a division of 0 " +
        "in the loss.",
    });
  }

  /** An optimizer that was made with the parameters of another network would train nothing, silently. */
  private checkOptimizer(): void {
    const { parameters, name } = this.optimizer;
    if (parameters === null) return;
    const own = new Set(Object.values(this.network.params));
    const stranger = [...parameters].find(([, x]) => !own.has(x));
    if (stranger === undefined) return;
    throw new SpecError({
      op: "Trainer",
      problem: `the ${name} was made with "${stranger[0]}", which is not a parameter of this network`,
      argument: "optimizer",
      expected: "parameters of the network",
      hint: `Make it with new ${name}(network.params), or without parameters.`,
    });
  }
}

function selectRows<X extends Values, T extends Values>({ x, t }: Samples<X, T>, rows: Tensor): Samples<X, T> {
  const select = (tensor: Tensor): Tensor => kernels.indexSelect(tensor, rows, 0);
  return { x: mapTensors(x, select), t: mapTensors(t, select) };
}

function firstRows<X extends Values, T extends Values>({ x, t }: Samples<X, T>, limit: number): Samples<X, T> {
  const count = Math.min(limit, countOf(x));
  const first = (tensor: Tensor): Tensor =>
    count === tensor.shape[0] ? tensor : kernels.slice(tensor, [{ start: 0, step: 1, length: count }]);
  return { x: mapTensors(x, first), t: mapTensors(t, first) };
}
