/** One training, a step at a time: the library's Trainer, its compiled steps, and the recorder. */
import { type GraphJSON, graphOf, noGrad, recordAll, type Variable, variable } from "@adjoint/autograd";
import { compile } from "@adjoint/compiler";
import { build, type Model } from "@adjoint/nn";
import { type OptimizerName, optimizerNames, Trainer, type TrainingResult, type TrainingStep } from "@adjoint/optim";
import { type GeneratorState, kernels, type Tensor, zeros } from "@adjoint/tensor";
import type { ValueHistogram } from "../../src/training/distribution.ts";
import type { ByQuantity, GreyImage, TaskView, TrainingMetrics, TrainingSnapshot } from "../../src/training/record.ts";
import { recordTraining, type TrainingRecorder, withLoss } from "../../src/training/recorder.ts";
import type { RecordedSamples } from "../../src/training/views.ts";
import type { Settings } from "./settings.ts";
import { specOf } from "./spec.ts";
import { dataOf, type TaskData } from "./tasks.ts";

/** What is known of an experiment before its first step. */
export interface Started {
  readonly layers: readonly string[];
  readonly parameters: number;
  readonly perEpoch: number;
  readonly trainSamples: number;
  readonly testSamples: number;
  /** The optimizers that there are to choose from. */
  readonly optimizers: readonly OptimizerName[];
  readonly latest: Latest;
  readonly metrics: TrainingMetrics;
}

/** What is shown of the present step alone. */
export interface Latest {
  readonly histograms: readonly ByQuantity<ValueHistogram>[];
  readonly filters: readonly GreyImage[];
  readonly view: TaskView | null;
}

/** What some steps brought. */
export interface Progress {
  /** Steps done so far. */
  readonly iteration: number;
  readonly losses: readonly number[];
  readonly snapshots: readonly TrainingSnapshot[];
  readonly metrics: readonly TrainingMetrics[];
  /** Null where it was not asked for. */
  readonly latest: Latest | null;
  /** Why the training cannot go on; null while it can. */
  readonly error: string | null;
}

/** The graph of a step, and the loss that the training found for it. */
export interface StepGraph {
  readonly graph: GraphJSON;
  readonly loss: number;
  readonly iteration: number;
}

/** Measures are taken so many times an epoch. */
const measuresPerEpoch = 4;

/** What a step started from: its mini-batch and the parameters before it. */
interface StepStart {
  readonly x: Variable;
  readonly t: Variable;
  readonly params: ReadonlyMap<string, Variable>;
}

/** A network in training. */
export class Experiment {
  readonly started: Started;
  private readonly settings: Settings;
  private readonly model: Model;
  private readonly data: TaskData;
  private readonly recorder: TrainingRecorder<Model>;
  private readonly steps: Generator<TrainingStep, TrainingResult, void>;
  private readonly perEpoch: number;
  private readonly start: StepStart;
  private readonly outputs: (x: Tensor) => Record<string, Variable>;
  /** Where dropout stood before the last step. */
  private draws: ReadonlyMap<string, GeneratorState> = new Map();
  private iteration = 0;
  private loss = Number.NaN;

  constructor(settings: Settings) {
    this.settings = settings;
    const { batch, optimizer, lr, seed } = settings;
    this.model = build(specOf(settings), { seed });
    this.data = dataOf(settings);
    this.start = startOf(this.model, this.data.train, batch);
    this.outputs = compile((x: Tensor) => this.model.outputs(x, { train: false })) as typeof this.outputs;
    this.recorder = recordTraining(this.model, {
      batchSize: batch,
      samples: this.data.test,
      predict: (x) => noGrad(() => Object.values(this.outputs(x))[0]),
      ...(settings.task === "digits" ? { imageShape: [8, 8] as const } : {}),
    });
    const samples = this.data.train.x.shape[0];
    this.perEpoch = samples / batch;
    const trainer = new Trainer(keepingStart(this.recorder.network, this.start), this.data, {
      // Until somebody stops it.
      epochs: 1e6,
      miniBatchSize: batch,
      replacement: false,
      recomputeLoss: false,
      // What is shown is measured here, not at the start of epochs.
      evaluateSampleNumPerEpoch: 1,
      optimizer,
      optimizerParam: { lr },
      seed,
    });
    this.steps = trainer.steps();
    this.started = {
      layers: this.recorder.layers,
      parameters: this.model.parameters().reduce((sum, { size }) => sum + size, 0),
      perEpoch: this.perEpoch,
      trainSamples: samples,
      testSamples: this.data.test.x.shape[0],
      optimizers: optimizerNames,
      latest: this.latest(),
      metrics: { iteration: 0, ...this.measure() },
    };
  }

  /**
   * Trains for some steps, or until the time is over, whichever is first; one step at the least.
   *
   * @param wanted  how many steps at the most
   * @param milliseconds  after which no other step begins
   * @param withLatest  whether to say how things look after the last one
   */
  run(wanted: number, milliseconds: number, withLatest: boolean): Progress {
    const end = performance.now() + milliseconds;
    const [losses, snapshots, metrics]: [number[], TrainingSnapshot[], TrainingMetrics[]] = [[], [], []];
    let error: string | null = null;
    try {
      do {
        this.draws = new Map(Object.entries(this.model.generators).map(([name, { state }]) => [name, state]));
        const next = this.steps.next();
        if (next.done) break;
        const { iteration, loss } = next.value;
        this.iteration = iteration;
        this.loss = loss;
        const isMeasured =
          iteration === 1 || iteration % Math.max(1, Math.round(this.perEpoch / measuresPerEpoch)) === 0;
        const measured = isMeasured ? this.measure() : {};
        const snapshot = this.recorder.add({ iteration, loss }, measured);
        losses.push(loss);
        if (snapshot !== null) snapshots.push(snapshot);
        if (isMeasured) metrics.push({ iteration, ...measured });
      } while (losses.length < wanted && performance.now() < end);
    } catch (problem) {
      error = (problem as Error).message;
    }
    return { iteration: this.iteration, losses, snapshots, metrics, latest: withLatest ? this.latest() : null, error };
  }

  latest(): Latest {
    return { histograms: this.recorder.histograms(), filters: this.recorder.filters(), view: this.recorder.view() };
  }

  /**
   * The graph of the last step, forward and backward: its mini-batch, and parameters and dropout as they were before it.
   */
  stepGraph(): StepGraph {
    const model = build(specOf(this.settings), { seed: this.settings.seed });
    const values = Object.fromEntries([...this.start.params].map(([name, { value }]) => [name, value]));
    // A network of its own: recording must not move running statistics.
    model.loadState({ ...this.model.state(), ...values });
    for (const [name, generator] of Object.entries(model.generators)) {
      const state = this.draws.get(name);
      if (state !== undefined) generator.state = state;
    }
    const [x, t] = [this.start.x, this.start.t].map(({ value }, i) =>
      variable(kernels.copy(value), { name: i === 0 ? "x" : "t", requiresGrad: false }),
    );
    const loss = recordAll(() => model.loss(x, t, { train: true }));
    const graph = graphOf(loss, { backward: true });
    return { graph: graph.toJSON({ values: "leaves" }), loss: this.loss, iteration: this.iteration };
  }

  /** Loss and accuracy in prediction mode, on all held-out samples and as many training samples. */
  private measure(): Omit<TrainingMetrics, "iteration"> {
    const measuredOn = ({ x, t }: RecordedSamples) => this.model.evaluate(x, t, x.shape[0], this.outputs as never);
    const count = Math.min(this.data.train.x.shape[0], this.data.test.x.shape[0]);
    const rows = (x: Tensor): Tensor => kernels.slice(x, [{ start: 0, step: 1, length: count }]);
    const { train, test } = this.data;
    const [onTrain, onTest] = [measuredOn({ x: rows(train.x), t: rows(train.t) }), measuredOn(test)];
    const losses = { trainLoss: onTrain.loss, testLoss: onTest.loss };
    return onTest.accuracy === undefined
      ? losses
      : { ...losses, trainAccuracy: onTrain.accuracy, testAccuracy: onTest.accuracy };
  }
}

/** Places for what a step starts from. */
function startOf(model: Model, { x, t }: RecordedSamples, batch: number): StepStart {
  const place = ({ shape, dtype }: Tensor | Variable) => variable(zeros(shape, { dtype }), { requiresGrad: false });
  const ofBatch = (all: Tensor) =>
    variable(zeros([batch, ...all.shape.slice(1)], { dtype: all.dtype }), { requiresGrad: false });
  const params = new Map(Object.entries(model.params).map(([name, parameter]) => [name, place(parameter)]));
  return { x: ofBatch(x), t: ofBatch(t), params };
}

/** The network, whose training steps leave behind what they started from. */
function keepingStart(network: Model, start: StepStart): Model {
  return withLoss(network, (x, t, options) => {
    if (options.train) {
      noGrad(() => {
        start.x.assign(x);
        start.t.assign(t);
        for (const [name, parameter] of Object.entries(network.params)) start.params.get(name)?.assign(parameter);
      });
    }
    return network.loss(x, t, options);
  });
}
