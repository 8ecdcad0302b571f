/** recordTraining: watches a network while it is trained, and keeps what a report shows. */
import { noGrad, type Variable, variable } from "@adjoint/autograd";
import { checkInteger, checkKind, checkOptions, SpecError, type Tensor, zeros } from "@adjoint/tensor";
import { checkFunction } from "@adjoint/tensor/internal";
import { distributionOf, histogramOf, type ValueHistogram } from "./distribution.ts";
import {
  type ByQuantity,
  type GreyImage,
  quantities,
  type RecordedQuantity,
  Snapshots,
  type TaskView,
  type TrainingMetrics,
  type TrainingRecord,
  type TrainingSnapshot,
} from "./record.ts";
import { filtersOf, type ImageShape, type PredictFunction, type RecordedSamples, taskView } from "./views.ts";

/** A layer as a recorder sees it: a `ModelLayer` of a model, for example. */
export interface RecordedLayer {
  readonly name: string;
  readonly kind: string;
  /** The shape of the output for one sample. */
  readonly outputShape: readonly number[];
  readonly parameters: Readonly<Record<string, Variable>>;
}

/** Options that a network's functions are called with. */
interface RunOptions {
  readonly train: boolean;
  readonly onLayer?: (layer: RecordedLayer, output: Variable) => void;
}

/** What is recorded: a network as the Trainer takes it. */
export interface RecordedNetwork {
  /** The parameters by name. */
  readonly params: Readonly<Record<string, Variable>>;
  /** The loss of a mini-batch. Where the network has `layers`, it calls `onLayer` with each layer and its output. */
  loss(x: Tensor, t: Tensor, options: RunOptions): Variable;
  /** The outputs of a batch by name; the first one is what is drawn of the task. Not needed where `predict` is given. */
  outputs?(x: Tensor, options: { readonly train: boolean }): Record<string, Variable>;
  /** The layers in the order in which they run, as a list; without it no activations are recorded. */
  readonly layers?: unknown;
  readonly classifies?: boolean;
}

/** Options of {@link recordTraining}. */
export interface RecordOptions {
  /** Samples in a mini-batch: activations of mini-batches of another size are passed over. */
  readonly batchSize: number;
  /** Held-out samples: misclassified images, regions of the plane or a fitted curve are drawn of them. */
  readonly samples?: RecordedSamples;
  /** Height and width, where samples are pictures of one channel. Default: the last two axes of [N, 1, height, width]. */
  readonly imageShape?: ImageShape;
  /** How many steps are kept, evenly spaced over the training, 2 or more. Default 200. */
  readonly snapshots?: number;
  /** Title of the report. Default "training". */
  readonly title?: string;
  /** Computes outputs of samples in prediction mode. Default: the network's `outputs`. A compiled function is faster. */
  readonly predict?: PredictFunction;
}

/** What is known after a mini-batch, as the Trainer says it. */
export interface RecordedStep {
  /** The number of the mini-batch, from 1. */
  readonly iteration: number;
  /** The loss of the mini-batch. */
  readonly loss: number;
  /** Accuracies as they are now, where they were measured. */
  readonly accuracy?: { readonly train: number; readonly test: number };
  /** The loss of the held-out samples, where it was measured. */
  readonly testLoss?: number;
  /** Losses and accuracies at the end of an epoch, by part of the data. */
  readonly measured?: { readonly train: MeasuredPart; readonly test: MeasuredPart };
}

/** What was measured of a part of the data, by name; of this, loss and accuracy are drawn. */
type MeasuredPart = Readonly<Record<string, number>>;

/** One row of a report: a layer with weights, and where its activations are left. */
interface Row {
  readonly name: string;
  readonly weights: Variable;
  /** The layer whose output counts, and its values in the last mini-batch. */
  readonly activation: { readonly layer: string; readonly values: Variable } | null;
}

/** Collects what a training leaves behind, for {@link trainingReport}; made by {@link recordTraining}. */
export class TrainingRecorder<Network extends RecordedNetwork = RecordedNetwork> {
  /**
   * Train this network: it is the recorded one in all but its loss, which computes the same and leaves activations to the
   * recorder.
   */
  readonly network: Network;
  private readonly options: RecordOptions;
  private readonly source: Network;
  private readonly rows: readonly Row[];
  private readonly imageShape: ImageShape | null;
  private readonly snapshots: Snapshots;
  private readonly losses: number[] = [];
  private readonly metrics: TrainingMetrics[] = [];
  private isWatched = false;

  /** @internal */
  constructor(network: Network, options: RecordOptions) {
    this.source = network;
    this.options = options;
    this.rows = rowsOf(network, options.batchSize);
    this.imageShape = options.imageShape ?? imageShapeOf(options.samples?.x.shape);
    this.snapshots = new Snapshots(options.snapshots ?? 200);
    this.network = withLoss(network, (x, t, { train }) => this.loss(x, t, train));
  }

  /** The names of the layers that have weights, from the input on. */
  get layers(): string[] {
    return this.rows.map(({ name }) => name);
  }

  /** The network's loss. In training, activations are assigned to Variables, which a compiled step moves along. */
  private loss(x: Tensor, t: Tensor, train: boolean): Variable {
    const kept = new Map(
      this.rows.flatMap(({ activation }) => (activation === null ? [] : [[activation.layer, activation.values]])),
    );
    if (!train || kept.size === 0 || x.shape[0] !== this.options.batchSize) return this.source.loss(x, t, { train });
    this.isWatched = true;
    return this.source.loss(x, t, {
      train,
      onLayer: (layer, output) => {
        const values = kept.get(layer.name);
        if (values !== undefined) noGrad(() => values.assign(output));
      },
    });
  }

  /**
   * Takes what a step left behind. Call it after every step.
   *
   * @param step      what the Trainer yields
   * @param measured  losses and accuracies that were measured after it, besides those of the step
   * @returns the snapshot of the step; null where it is not among those that are kept
   */
  add(step: RecordedStep, measured: Omit<TrainingMetrics, "iteration"> = {}): TrainingSnapshot | null {
    const { iteration, loss, accuracy, testLoss, measured: atEnd } = step;
    this.losses.push(loss);
    const metrics = {
      ...named(atEnd?.train, "trainLoss", "trainAccuracy"),
      ...named(atEnd?.test, "testLoss", "testAccuracy"),
      ...(accuracy === undefined ? {} : { trainAccuracy: accuracy.train, testAccuracy: accuracy.test }),
      ...(testLoss === undefined ? {} : { testLoss }),
      ...measured,
    };
    if (Object.keys(metrics).length > 0) this.metrics.push({ iteration, ...metrics });
    if (!this.snapshots.isDue(iteration)) return null;
    const snapshot = { iteration, layers: this.byLayer(distributionOf) };
    this.snapshots.add(snapshot);
    return snapshot;
  }

  /** The numbers of the last step in their range, layer by layer. */
  histograms(): ByQuantity<ValueHistogram>[] {
    return this.byLayer((x) => histogramOf(x));
  }

  /** The weights that read the input, as pictures. */
  filters(): GreyImage[] {
    const [first] = this.rows;
    return first === undefined ? [] : filtersOf(first.weights.value, this.imageShape);
  }

  /** What the network makes of its task now; null where nothing is drawn of it. */
  view(): TaskView | null {
    const { samples, predict } = this.options;
    const { outputs, classifies = true } = this.source;
    if (samples === undefined || (predict === undefined && outputs === undefined)) return null;
    const byNetwork: PredictFunction = (x) =>
      noGrad(() => Object.values((outputs as NonNullable<typeof outputs>).call(this.source, x, { train: false }))[0]);
    return taskView(samples, predict ?? byNetwork, { classifies, imageShape: this.imageShape });
  }

  /**
   * All that was recorded, as plain JSON.
   * @param error  what ended the training before its time. Default: nothing did
   */
  record(error: string | null = null): TrainingRecord {
    return {
      title: this.options.title ?? "training",
      losses: [...this.losses],
      metrics: [...this.metrics],
      layers: this.layers,
      snapshots: [...this.snapshots.kept],
      histograms: this.histograms(),
      filters: this.filters(),
      view: this.view(),
      error,
    };
  }

  /** Something of all quantities of all layers; null where a quantity is not known. */
  private byLayer<Value>(of: (x: Tensor) => Value): ByQuantity<Value>[] {
    return this.rows.map(({ weights, activation }) => {
      const values: Record<RecordedQuantity, Tensor | null> = {
        activations: activation !== null && this.isWatched ? activation.values.value : null,
        gradients: weights.grad?.value ?? null,
        weights: weights.value,
      };
      const entries = quantities.map((name) => [name, values[name] === null ? null : of(values[name])] as const);
      return Object.fromEntries(entries) as ByQuantity<Value>;
    });
  }
}

/** Loss and accuracy of a part of the data under their names in a record. */
function named(
  part: MeasuredPart | undefined,
  loss: "trainLoss" | "testLoss",
  accuracy: "trainAccuracy" | "testAccuracy",
): Omit<TrainingMetrics, "iteration"> {
  if (part === undefined) return {};
  return {
    ...(part.loss === undefined ? {} : { [loss]: part.loss }),
    ...(part.accuracy === undefined ? {} : { [accuracy]: part.accuracy }),
  };
}

/** A network with another loss: all else is that of the network itself, whatever it has. */
export function withLoss<Network extends RecordedNetwork>(network: Network, loss: RecordedNetwork["loss"]): Network {
  // Not a copy: methods of classes and private fields stay where they are.
  return new Proxy({} as Network, {
    get(_, key) {
      if (key === "loss") return loss;
      const value: unknown = Reflect.get(network, key, network);
      return typeof value === "function" ? value.bind(network) : value;
    },
    has: (_, key) => key in network,
  });
}

/** Layers that are not what a row is about: they drop, move or pool the outputs of the one before. */
const passedOver = new Set(["dropout", "flatten", "reshape", "pooling", "averagePooling", "globalAveragePooling"]);

/**
 * A row for each layer that has weights: a parameter of two axes or more. Its activations are the outputs of the last
 * layer before the next such layer that keeps their shape: the activation function's.
 */
function rowsOf({ params, layers }: RecordedNetwork, batchSize: number): Row[] {
  if (!Array.isArray(layers)) {
    return Object.entries(params).flatMap(([name, weights]) =>
      weights.ndim < 2 ? [] : [{ name, weights, activation: null }],
    );
  }
  const list = layers as readonly RecordedLayer[];
  const weightsOf = ({ parameters }: RecordedLayer) => Object.values(parameters).find(({ ndim }) => ndim >= 2);
  const seen = new Set<Variable>();
  return list.flatMap((layer, i): Row[] => {
    const weights = weightsOf(layer);
    if (weights === undefined || seen.has(weights)) return [];
    seen.add(weights);
    const next = list.findIndex((other, j) => j > i && weightsOf(other) !== undefined);
    const shape = layer.outputShape.join();
    const last = list
      .slice(i, next < 0 ? list.length : next)
      .filter(({ kind, outputShape }) => !passedOver.has(kind) && outputShape.join() === shape)
      .at(-1) as RecordedLayer;
    // Of lengths that may change there is no place to keep them in.
    if (last.outputShape.some((n) => n < 0)) return [{ name: layer.name, weights, activation: null }];
    const values = variable(zeros([batchSize, ...last.outputShape]), {
      name: `activations of ${layer.name}`,
      requiresGrad: false,
    });
    return [{ name: layer.name, weights, activation: { layer: last.name, values } }];
  });
}

/** Height and width of grey images, [N, 1, height, width]. */
function imageShapeOf(shape: readonly number[] | undefined): ImageShape | null {
  return shape?.length === 4 && shape[1] === 1 ? [shape[2], shape[3]] : null;
}

/**
 * Watches a network while it is trained: losses, metrics, and the distributions of activations, gradients and weights
 * of each layer, at up to `snapshots` evenly spaced steps. Train the recorder's `network`, which computes the same
 * numbers, and call `add` after every step:
 *
 * ```ts
 * const recorder = recordTraining(model, { batchSize: 50, samples: data.test });
 * const trainer = new Trainer(recorder.network, data, { miniBatchSize: 50 });
 * for (const step of trainer.steps()) recorder.add(step);
 * const html = trainingReport(recorder.record());
 * ```
 *
 * @param network  a model, or whatever the Trainer takes; activations are recorded of networks with a list of layers
 * @throws SpecError for unknown options and values out of range
 */
export function recordTraining<Network extends RecordedNetwork>(
  network: Network,
  options: RecordOptions,
): TrainingRecorder<Network> {
  const op = "recordTraining";
  const isNetwork = typeof network?.params === "object" && typeof network.loss === "function";
  checkKind(op, "network", network, isNetwork, "a network with params and loss", "Pass what build(spec) returns.");
  checkOptions(op, options, ["batchSize", "samples", "imageShape", "snapshots", "title", "predict"]);
  checkInteger(op, "batchSize", options.batchSize, 1);
  if (options.snapshots !== undefined) checkInteger(op, "snapshots", options.snapshots, 2);
  if (options.predict !== undefined) checkFunction(op, options.predict);
  const { samples, imageShape } = options;
  if (samples !== undefined && samples.x.shape[0] !== samples.t.shape[0]) {
    const given = `${samples.x.shape[0]} inputs and ${samples.t.shape[0]} targets`;
    throw SpecError.of(op, "samples", given, "as many rows in t as in x", { problem: `there are ${given}` });
  }
  if (imageShape !== undefined && samples !== undefined) {
    const size = samples.x.size / samples.x.shape[0];
    if (imageShape[0] * imageShape[1] !== size) {
      throw SpecError.of(op, "imageShape", imageShape, `height and width of ${size} pixels`, {
        problem: `samples have ${size} numbers, which are no picture of ${imageShape.join(" × ")}`,
      });
    }
  }
  return new TrainingRecorder(network, options);
}
