/** Trainer: the book's training loop, one mini-batch after the other. */
import { compile } from "@adjoint/compiler";
import { calledAs, checkKind, GraphError, isPromise, rng, SpecError, type Tensor, tensor } from "@adjoint/tensor";
import { ExponentialMovingAverage } from "../averaging/moving-average.ts";
import { Optimizer } from "../optimizer/optimizer.ts";
import { optimizerByName } from "../rules/by-name.ts";
import { scheduleFrom } from "../schedules/from-spec.ts";
import { plateauFrom } from "../schedules/plateau.ts";
import { Rates } from "../schedules/rates.ts";
import { Best, type BestEpoch, isGain } from "./best.ts";
import { checkBatches, checkData, checkLast, checkNetwork, checkOptimizer, withoutOrder } from "./checks.ts";
import { Measure } from "./measure.ts";
import {
  type Batches,
  DrawnBatches,
  isSource,
  loadedBatches,
  type MiniBatchOptions,
  samplesOf,
  someRows,
} from "./mini-batches.ts";
import type { Network, Samples, TrainerData, TrainingData } from "./network.ts";
import { cleanSamples, notFiniteSample } from "./not-finite.ts";
import {
  type CompleteOptions,
  completeOptions,
  type MeasuredParts,
  type TrainerOptions,
  type TrainingStep,
} from "./options.ts";
import {
  checkTrainerState,
  generatorStates,
  groupOf,
  inGroup,
  loadNetworkState,
  networkState,
  setGenerators,
  snapshotOf,
  type TrainerProgress,
  type TrainerState,
} from "./state.ts";
import { type Compiler, Step } from "./step.ts";
import { countOf, type Values } from "./values.ts";

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
 * With `measureAt: "end"` everything is measured after the last mini-batch of every epoch instead: loss and metrics over
 * the training, test and validation samples. Early stopping and the best network go by the validation samples, or where
 * there are none by the test samples, whose numbers are then no longer those of samples that nothing was chosen by.
 *
 * `state()` is all that the next mini-batches depend on. A Trainer made alike with `resume: state` goes on from there and
 * gives the same losses, to the last bit, as one that was never stopped.
 *
 * With `average` losses and metrics are those of an exponential moving average of the parameters, and so is the best network;
 * the network itself keeps the parameters of the last update.
 *
 * @param network  `params`, `loss(x, t, { train })` and `accuracy(x, t)`, which is not needed where `classifies` is false
 * @param data     `{ train: { x, t }, test: { x, t } }`, sample i being row i of x and t; each a tensor, or tensors by name
 *                 for a network with several inputs or losses. Instead of samples a `DataLoader`, which says itself how its
 *                 batches are drawn; losses and metrics are measured without what is random in its transforms
 * @throws SpecError for unknown options and values out of range, and a state to resume that does not fit; ShapeError for data that do not fit together
 * Source: Deep Learning from Scratch, common/trainer.py.
 */
export class Trainer<X extends Values = Tensor, T extends Values = Tensor> {
  /** The network that is trained. */
  readonly network: Network<X, T>;
  /** What updates its parameters: the optimizer given, or one made by its name. */
  readonly optimizer: Optimizer;
  /** The averages of the parameters, where they are kept. */
  readonly average: ExponentialMovingAverage | null;
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
  private readonly batches: MiniBatchOptions;
  private readonly perEpoch: number;
  private readonly order: Batches<X, T>;
  private readonly evaluated: TrainingData<X, T>;
  private readonly choice: Best;
  private readonly rates: Rates;
  private readonly step: Step<X, T>;
  private readonly measure: Measure<X, T>;
  /** What was measured last, and after which iteration. */
  private last: { readonly iteration: number; readonly measured: MeasuredParts } | null = null;

  constructor(network: Network<NoInfer<X>, NoInfer<T>>, data: TrainerData<X, T>, options: TrainerOptions = {}) {
    checkKind("Trainer", "data", data, typeof data === "object" && data !== null, "{ train, test }");
    const source = data.train && isSource(data.train) ? data.train : null;
    const complete = completeOptions(source === null ? options : withoutOrder(options, source));
    checkNetwork(network);
    const given = samplesOf(data);
    checkData(given);
    this.network = network;
    this.data = given;
    this.options = complete;
    const { epochs, miniBatchSize, replacement, evaluateSampleNumPerEpoch: limit, optimizer } = complete;
    const samples = countOf(given.train.x);
    const { minBatchSize = 1 } = network;
    checkBatches(samples, miniBatchSize, network);
    this.batches = { samples, miniBatchSize, replacement, minBatchSize };
    if (source !== null) checkLast(source, minBatchSize);
    this.order =
      source === null ? new DrawnBatches(given.train, this.batches, rng(complete.seed)) : loadedBatches(source);
    this.perEpoch = this.order.perEpoch;
    this.iterations = Math.floor(epochs * this.perEpoch);
    const some = (of: Samples<X, T>) => (limit === null ? of : someRows(of, 0, limit));
    const { train, test, validation } = given;
    this.evaluated = { train: some(train), test: some(test), ...(validation && { validation }) };
    this.choice = new Best(complete.bestBy);
    this.optimizer =
      optimizer instanceof Optimizer
        ? optimizer
        : calledAs("Trainer", () => optimizerByName(optimizer, network.params, complete.optimizerParam));
    checkOptimizer(this.optimizer, network);
    const { engine, threads } = complete;
    const compiled: Compiler = (fn) =>
      complete.compile ? (compile(fn, { engine, threads }) as unknown as typeof fn) : null;
    const { schedule, plateau, recomputeLoss, accumulate, average: decay } = complete;
    this.average = decay === null ? null : new ExponentialMovingAverage(network.params, { decay });
    const bySteps = schedule && scheduleFrom("Trainer", schedule, this.iterations);
    this.rates = new Rates(this.optimizer, bySteps, plateau && plateauFrom(plateau, isGain(complete.bestBy)));
    const updating = { recomputeLoss, parts: accumulate, average: this.average };
    this.step = new Step(network, this.optimizer, updating, compiled);
    this.measure = new Measure(network, miniBatchSize, compiled);
    if (complete.resume !== null) this.loadState(complete.resume);
  }

  /**
   * Trains to the end, or until the signal aborts, which ends it between two iterations, or early stopping does.
   *
   * @throws GraphError when the loss or a gradient is not finite, before the first iteration for the loss over test samples
   *         that are not; it names the samples, parameters or the op that it comes from. SpecError for callbacks that
   *         return a promise: `trainAsync` awaits them
   */
  train(): TrainingResult {
    const steps = this.steps();
    let step = steps.next();
    while (!step.done) step = steps.next();
    return step.value;
  }

  /**
   * Trains like {@link train}, awaits what callbacks return, and gives other tasks their turn between iterations.
   *
   * @throws as {@link train}, and what callbacks reject with
   */
  async trainAsync(): Promise<TrainingResult> {
    this.begin();
    while (this.goesOn) {
      const step = this.next();
      for (const [, event] of this.eventsOf(step)) await event();
      await takeTurn();
    }
    return this.result();
  }

  /**
   * Trains one iteration each time a value is asked for, so that a progress bar or a page can drive it; returns what
   * `train()` does. Goes on from where an earlier loop was left.
   *
   * @throws as {@link train}
   */
  *steps(): Generator<TrainingStep, TrainingResult, void> {
    this.begin();
    while (this.goesOn) {
      const step = this.next();
      for (const [name, event] of this.eventsOf(step)) if (isPromise(event())) throw notAwaited(name);
      yield step;
    }
    return this.result();
  }

  /** The best epoch so far, where one is chosen; null before the first was measured. */
  get best(): BestEpoch | null {
    return this.choice.found;
  }

  /** Puts the best network in place of the last one. @throws SpecError unless it was kept */
  useBest(): void {
    const { found } = this.choice;
    if (found === null || !this.options.keepBest) {
      const hint = this.options.keepBest ? "Train for an epoch first." : "Pass { keepBest: true }.";
      throw new SpecError({ op: "useBest", problem: "no best network was kept", hint });
    }
    loadNetworkState(this.network, found.state);
  }

  /** All that the next mini-batches depend on besides network, data and options; tensors are copies. */
  state(): TrainerState {
    const { network, optimizer, choice } = this;
    const { tensors: slots, ...rest } = optimizer.state();
    const lists = Object.entries(this.lists).map(([name, list]) => [name, tensor(Float64Array.from(list))]);
    const { found, since } = choice;
    return {
      progress: {
        version: 1,
        iteration: this.trainLossList.length,
        ...this.sampling,
        order: this.order.state,
        generators: generatorStates(network),
        optimizer: rest,
        best: found && { epoch: found.epoch, value: found.value, since },
        ...(this.rates.seen && { plateau: this.rates.seen }),
      },
      tensors: {
        ...inGroup("network", networkState(network)),
        ...inGroup("optimizer", slots),
        ...inGroup("average", this.average?.state() ?? {}),
        ...inGroup("best", found?.state ?? {}),
        ...inGroup("lists", Object.fromEntries(lists)),
      },
    };
  }

  /**
   * Goes on from what `state()` of a Trainer like this one returned.
   *
   * @throws SpecError, ShapeError for a state of another network, optimizer or data. Nothing has changed then.
   */
  loadState(state: TrainerState): void {
    checkTrainerState(state, this.sampling, this.network, this.average);
    const { progress } = state;
    const { optimizer, order, generators, best } = progress;
    const lists = groupOf(state, "lists");
    const before = { order: this.order.state, restore: snapshotOf(this.network, this.optimizer, this.average) };
    try {
      this.order.state = order;
      loadNetworkState(this.network, groupOf(state, "network"));
      setGenerators(this.network, generators);
      this.optimizer.loadState({ ...optimizer, tensors: groupOf(state, "optimizer") });
      this.average?.loadState(groupOf(state, "average"));
    } catch (error) {
      this.order.state = before.order;
      before.restore();
      throw error;
    }
    for (const [name, list] of Object.entries(this.lists)) {
      list.length = 0;
      for (const value of lists[name]?.data ?? []) list.push(value);
    }
    this.choice.found = best && { epoch: best.epoch, value: best.value, state: groupOf(state, "best") };
    this.choice.since = best?.since ?? 0;
    if (this.rates.seen !== null) this.rates.seen = progress.plateau ?? this.rates.seen;
  }

  private get lists() {
    const { trainLossList, trainAccList, testAccList, testLossList } = this;
    return { trainLossList, trainAccList, testAccList, testLossList };
  }

  private get sampling(): Pick<TrainerProgress, "samples" | "miniBatchSize" | "replacement"> {
    const { samples, miniBatchSize, replacement } = this.batches;
    return { samples, miniBatchSize, replacement };
  }

  private get goesOn(): boolean {
    const { signal, earlyStop } = this.options;
    const isStopped = earlyStop !== null && this.choice.since >= earlyStop;
    return this.trainLossList.length < this.iterations && !isStopped && !signal?.aborted;
  }

  private begin(): void {
    if (this.trainLossList.length === 0 && !this.options.signal?.aborted) this.checkTest();
  }

  private epochOf(iteration: number): number {
    return Math.floor((iteration - 1) / this.perEpoch) + 1;
  }

  /** One mini-batch, and what is measured after it. */
  private next(): TrainingStep {
    const { epochs, verbose, measureAt } = this.options;
    const iteration = this.trainLossList.length + 1;
    const order = this.order.state;
    const { samples, rows } = this.order.next();
    this.rates.before(iteration - 1);
    let loss: number;
    try {
      loss = this.step.run(samples, rows, iteration);
    } catch (error) {
      this.order.state = order;
      throw error;
    }
    this.trainLossList.push(loss);
    if (verbose) console.log(`train loss: ${loss}`);
    const epoch = this.epochOf(iteration);
    const epochEnded = iteration === this.iterations || this.epochOf(iteration + 1) > epoch;
    const step = { iteration, iterations: this.iterations, epoch, epochs, loss, epochEnded };
    const isFirst = iteration === 1 || this.epochOf(iteration - 1) < epoch;
    if (!(measureAt === "end" ? epochEnded : isFirst)) return step;
    const isAll = measureAt === "end";
    const measured = this.averaged(() => (isAll ? this.measureAll(iteration, epoch) : this.measureStart()));
    if (verbose) console.log(`=== epoch ${epoch}, ${wordsOf(measured)} ===`);
    return { ...step, ...measured };
  }

  /** What is called after an iteration, by name. */
  private eventsOf(step: TrainingStep): (readonly [name: string, event: () => unknown])[] {
    const { onIteration, onEpoch, checkpoint, checkpointEvery } = this.options;
    const { iteration, iterations, epochEnded } = step;
    const isMeasured = step.accuracy !== undefined || step.testLoss !== undefined || step.measured !== undefined;
    const isSaved =
      checkpointEvery === null ? epochEnded : iteration % checkpointEvery === 0 || iteration === iterations;
    const events: (readonly [string, () => unknown])[] = [];
    if (isMeasured && onEpoch) events.push(["onEpoch", () => onEpoch(step)]);
    if (onIteration) events.push(["onIteration", () => onIteration(step)]);
    if (isSaved && checkpoint) events.push(["checkpoint", () => checkpoint(this.state())]);
    return events;
  }

  private result(): TrainingResult {
    const { classifies } = this.measure;
    const final = this.finalMeasure();
    if (this.options.verbose) console.log(`=== final test ${classifies ? "accuracy" : "loss"}: ${final} ===`);
    return {
      ...structuredClone(this.lists),
      finalTestAccuracy: classifies ? final : null,
      finalTestLoss: classifies ? null : final,
    };
  }

  /** Accuracy or loss over all test samples. */
  private finalMeasure(): number {
    const { measure, data, last } = this;
    const name = measure.classifies ? "accuracy" : "loss";
    const isFresh = last?.iteration === this.trainLossList.length && this.options.evaluateSampleNumPerEpoch === null;
    const known = isFresh ? last?.measured.test[name] : undefined;
    return known ?? this.averaged(() => (measure.classifies ? measure.accuracy(data.test) : measure.loss(data.test)));
  }

  /**
   * The network's accuracy on samples. Its outputs are computed by a compiled program where the network has `outputs`.
   * Batches that are not of the usual size run as they are.
   */
  accuracy(samples: Samples<X, T>): number {
    return this.averaged(() => this.measure.accuracy(samples));
  }

  /** Runs a measurement with the averages of the parameters, where they are kept. */
  private averaged<Result>(measure: () => Result): Result {
    return this.average === null ? measure() : this.average.use(measure);
  }

  /** The book's measures: accuracies, or the loss of the test samples. Lists them. */
  private measureStart(): Pick<TrainingStep, "accuracy" | "testLoss"> {
    const { train, test } = this.evaluated;
    if (!this.measure.classifies) {
      const testLoss = this.measure.loss(test);
      this.testLossList.push(testLoss);
      return { testLoss };
    }
    const accuracy = { train: this.measure.accuracy(train), test: this.measure.accuracy(test) };
    this.trainAccList.push(accuracy.train);
    this.testAccList.push(accuracy.test);
    return { accuracy };
  }

  /** Measures everything, lists it, and compares the epoch with the best before it. */
  private measureAll(iteration: number, epoch: number): Pick<TrainingStep, "measured"> {
    const { train, test, validation } = this.evaluated;
    const measured: MeasuredParts = {
      train: this.measure.all(train),
      test: this.measure.all(test),
      ...(validation && { validation: this.measure.all(validation) }),
    };
    if (measured.train.accuracy !== undefined) this.trainAccList.push(measured.train.accuracy);
    if (measured.test.accuracy !== undefined) this.testAccList.push(measured.test.accuracy);
    else this.testLossList.push(measured.test.loss);
    const stateOf = () => (this.options.keepBest ? networkState(this.network) : {});
    this.choice.add(epoch, measured.validation ?? measured.test, stateOf);
    this.last = { iteration, measured };
    this.rates.after((measured.validation ?? measured.test)[this.options.bestBy]);
    return { measured };
  }

  /** Accuracies over samples that are not finite look like any others: they are refused unless the network minds. */
  private checkTest(): void {
    const { test } = this.data;
    const sample = notFiniteSample("data.test", test);
    if (sample === null || Number.isFinite(this.measure.loss(test))) return;
    const problem = `${sample}, and the loss over data.test is not finite`;
    throw new GraphError({ op: "train", argument: "data", problem, hint: cleanSamples });
  }
}

function notAwaited(name: string): SpecError {
  return SpecError.of("Trainer", name, Promise, "a function that returns no promise", {
    problem: `${name} returned a promise, which train() and steps() do not await`,
    hint: "Call await trainer.trainAsync(), or save and report without async functions.",
  });
}

function wordsOf({ accuracy, testLoss, measured }: Partial<TrainingStep>): string {
  const values = Object.entries(measured?.test ?? {}).map(([name, value]) => `test ${name}: ${value}`);
  if (measured !== undefined) return values.join(", ");
  return accuracy === undefined ? `test loss: ${testLoss}` : `train acc: ${accuracy.train}, test acc: ${accuracy.test}`;
}

let lastTurn = 0;
/** Milliseconds of work between turns of other tasks: a tenth of what a person notices. */
const turnEvery = 10;

/** Lets timers, signals and other tasks run, unless they just did. A timer of 0 would wait for milliseconds. */
async function takeTurn(): Promise<void> {
  if (performance.now() - lastTurn < turnEvery) return;
  const { port1, port2 } = new MessageChannel();
  await new Promise<void>((done) => {
    port1.addEventListener("message", () => done());
    port1.start();
    port2.postMessage(null);
  });
  port1.close();
  lastTurn = performance.now();
}
