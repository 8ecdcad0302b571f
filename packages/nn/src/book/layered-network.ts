/** LayeredNetwork: the book's interface to the model that a spec describes. */
import { asVariable, detach, heldValue, scope, type Variable, type VariableLike, variable } from "@adjoint/autograd";
import { dependsOn } from "@adjoint/autograd/internal";
import { checkKind, checkOptions, kernels, type RandomGenerator, rng, ShapeError, type Tensor } from "@adjoint/tensor";
import { watchingGenerators } from "@adjoint/tensor/internal";
import { BatchNormalization } from "../layers/batch-normalization.ts";
import { Dropout } from "../layers/dropout.ts";
import type { ForwardOptions, Layer } from "../layers/kind/layer-kind.ts";
import { checkFloat, parameter } from "../layers/kind/parameter.ts";
import { SoftmaxWithLoss } from "../losses/softmax-with-loss.ts";
import { assemble } from "../model/build.ts";
import { accuracyOf, type OutputFunction } from "../model/evaluate.ts";
import { type Gradients, gradientOf, numericalGradientOf } from "../model/gradients.ts";
import { generatorsOf } from "../model/layer.ts";
import { penalized } from "../model/loss.ts";
import type { Model } from "../model/model.ts";
import { copyState, loadState } from "../model/weights/state.ts";
import type { ModelSpec } from "../read/model-spec.ts";
import { readModel } from "../read/parse.ts";

/** Options of every network. */
export interface NetworkOptions {
  /** Seed of the initial weights and of dropout. Default 0. */
  readonly seed?: number;
  /** Element type of the parameters. Default float32. */
  readonly dtype?: "float32" | "float64";
}

/** The book's names of parameters; others keep their own. */
const bookNames: Readonly<Record<string, string>> = { weight: "W", bias: "b" };

/** The model of a spec, with the book's names and draws: all weights come from one generator. */
function modelOf(spec: ModelSpec, { seed = 0, dtype = "float32" }: NetworkOptions): Model {
  const isClassifier = spec?.loss === "softmaxWithLoss";
  checkKind("LayeredNetwork", "spec", spec, isClassifier, 'a spec with the loss "softmaxWithLoss"');
  const op = typeof spec.name === "string" ? spec.name : "LayeredNetwork";
  checkFloat(op, dtype);
  const { valid, mistakes } = readModel(op, spec, undefined);
  if (valid === null) {
    const [{ layer, problem, hint }] = mistakes;
    throw new ShapeError({ op, problem: layer === undefined ? problem : `${layer}: ${problem}`, hint });
  }
  const generator = rng(seed);
  const counts = new Map<string, number>();
  return assemble(valid.spec, valid.plan, {
    dtype,
    generatorFor: (kind) => (kind === "dropout" ? generator.split() : generator),
    nameOf: (_, key) => {
      const k = (counts.get(key) ?? 0) + 1;
      counts.set(key, k);
      return `${bookNames[key] ?? key}${k}`;
    },
  });
}

/** A classifier as the book writes it: parameters W1, b1, … in a record, layers by name, SoftmaxWithLoss at its end. */
export class LayeredNetwork {
  /** The parameters by the book's names; values may be assigned, and entries replaced. */
  readonly params: Record<string, Variable>;
  /** The layers by name, in order. */
  readonly layers: Readonly<Record<string, Layer>>;
  readonly lastLayer = new SoftmaxWithLoss();
  private readonly model: Model;
  /** Which fields of the layers hold which parameters. */
  private readonly fields: readonly (readonly [layer: Record<string, Variable>, field: string, name: string])[];

  /**
   * @param spec     a spec with one input and the loss softmaxWithLoss
   * @param options  seed and dtype
   * @throws SpecError for another loss; ShapeError for layers that do not fit each other
   */
  constructor(spec: ModelSpec, options: NetworkOptions = {}) {
    checkKind("LayeredNetwork", "options", options, typeof options === "object" && options !== null, "{ seed, dtype }");
    this.model = modelOf(spec, options);
    this.params = { ...this.model.params };
    const layers = this.model.layers.map(
      (own) => [own.name, typeof own.layer === "function" ? own : own.layer] as const,
    );
    this.layers = Object.fromEntries(layers as readonly (readonly [string, Layer])[]);
    this.fields = Object.values(this.layers).flatMap((layer) =>
      Object.entries(layer as object).flatMap(([field, value]) => {
        const name = Object.keys(this.params).find((key) => this.params[key] === value);
        return name === undefined ? [] : [[layer as unknown as Record<string, Variable>, field, name] as const];
      }),
    );
    // The book trains on a single sample, too.
    for (const layer of Object.values(this.layers)) {
      if (layer instanceof BatchNormalization) layer.allowSingleValue = true;
    }
  }

  /** The network as a spec, from which `build` makes a {@link Model}. */
  toSpec(): ModelSpec {
    return this.model.toSpec();
  }

  /**
   * The scores of a batch, before softmax.
   *
   * @param x  samples, [N, …]
   * @param options  `train`: whether dropout and batch normalization run for training. Default false
   * @returns  [N, classes]
   * @throws ShapeError that names the layer when the samples do not fit; nothing has changed then
   */
  predict(x: VariableLike, options: ForwardOptions = {}): Variable {
    checkOptions("predict", options, ["train"]);
    const { train = false } = options;
    return train ? this.unchangedOnError(() => this.forward(x, true)) : this.forward(x, false);
  }

  /**
   * The loss of a batch: softmax cross entropy, plus ½ λ Σ W² over all weights.
   *
   * @param t  one-hot rows, or N labels 0 … classes − 1
   * @param options  `train`: whether dropout and batch normalization run for training. Default false
   * @throws ShapeError, IndexError, DTypeError for samples and targets that do not fit; nothing has changed then
   */
  loss(x: VariableLike, t: VariableLike, options: ForwardOptions = {}): Variable {
    checkOptions("loss", options, ["train"]);
    const { train = false } = options;
    const run = (): Variable => {
      const scores = this.forward(x, train);
      return scope("softmaxWithLoss", () => this.lastLayer.forward(scores, t));
    };
    return penalized(train ? this.unchangedOnError(run) : run(), this.model.penalties, this.params);
  }

  private forward(x: VariableLike, train: boolean): Variable {
    this.bind();
    return this.model.run([asVariable("predict", x)], { train })[this.model.outputLayers[0].value] as Variable;
  }

  /** The scores of a batch by the name of the last layer, as a model of several outputs gives them. */
  outputs(x: VariableLike, options: ForwardOptions = {}): Record<string, Variable> {
    return { [this.model.outputLayers[0].name]: this.predict(x, options) };
  }

  /**
   * The share of samples that are classified right, 0 … 1; `batchSize` at a time, so that memory stays flat.
   *
   * @param outputs  what computes {@link outputs} of `batchSize` samples: a compiled function. Default: the network itself
   */
  accuracy(x: VariableLike, t: VariableLike, batchSize = 100, outputs?: OutputFunction): number {
    const net = { losses: this.model.losses, outputs: (batch: VariableLike) => this.outputs(batch) };
    return accuracyOf(net, x, t, { batchSize, outputs });
  }

  /** The gradient of the training loss with respect to every parameter, from the graph; no `.grad` changes. */
  gradient(x: VariableLike, t: VariableLike): Gradients {
    this.bind();
    const [inputs, targets] = [detach(x), detach(t)];
    return gradientOf(this.params, () => this.loss(inputs, targets, { train: true }));
  }

  /**
   * The same by central differences, as the book checks its layers. Every evaluation draws the dropout masks that the
   * next training step will, and generators and running statistics are as before afterwards.
   */
  numericalGradient(x: VariableLike, t: VariableLike): Gradients {
    this.bind();
    const restore = this.stateOfLayers();
    const own = { ...this.params };
    // In float32 the rounding of the loss alone would be larger than many gradients: differences are taken in float64.
    for (const [name, parameter] of Object.entries(own)) {
      this.params[name] = variable(kernels.cast(parameter.value, "float64"), { name });
    }
    try {
      const gradients = numericalGradientOf(this.params, () => {
        restore();
        return this.loss(x, t, { train: true });
      });
      for (const [name, gradient] of Object.entries(gradients)) {
        gradients[name] = kernels.cast(gradient, own[name].dtype);
      }
      return gradients;
    } finally {
      Object.assign(this.params, own);
      this.bind();
      restore();
    }
  }

  /** Copies of all parameters and running statistics, by name. */
  state(): Record<string, Tensor> {
    return copyState(this.variables());
  }

  /**
   * Puts back what {@link state} gave. When anything does not fit, nothing changes.
   * @throws SpecError for names or values that do not fit; ShapeError when only shapes are wrong
   */
  loadState(state: Readonly<Record<string, Tensor>>): void {
    loadState(this.variables(), state);
  }

  /** Where layers draw random numbers from while they run, by the layers' names. */
  get generators(): Record<string, RandomGenerator> {
    return generatorsOf(this.model.layers);
  }

  private variables(): Record<string, Variable> {
    this.bind();
    return Object.assign({ ...this.params }, ...this.model.layers.map(({ statistics }) => statistics));
  }

  /** Points the layers' fields at the parameters as they are now: entries of `params` may have been replaced. */
  private bind(): void {
    for (const [layer, field, name] of this.fields) {
      layer[field] = this.params[name] = parameter("LayeredNetwork", this.params[name], name);
      dependsOn(this.params, () => this.params[name]);
    }
  }

  /** Runs a forward pass for training; if it fails, generators and running statistics are as they were. */
  private unchangedOnError<Result>(run: () => Result): Result {
    const restore = this.stateOfLayers();
    try {
      return run();
    } catch (error) {
      restore();
      throw error;
    }
  }

  /** A function that puts back what forward passes change: generators and running statistics. */
  private stateOfLayers(): () => void {
    const undo = Object.values(this.layers).map((layer) => {
      if (layer instanceof Dropout) {
        const { rng } = layer;
        // Nothing moves while a program is traced, and it does not depend on the state.
        const state = watchingGenerators(null, () => rng.state);
        return () => {
          layer.rng = rng;
          watchingGenerators(null, () => {
            rng.state = state;
          });
        };
      }
      if (!(layer instanceof BatchNormalization)) return () => {};
      const { runningMean, runningVar } = layer;
      // Null while only shapes are known, when nothing changes.
      const [mean, variance] = [runningMean, runningVar].map((x) => x && heldValue(x));
      return () => {
        if (mean) runningMean?.assign(mean);
        if (variance) runningVar?.assign(variance);
        Object.assign(layer, { runningMean, runningVar });
      };
    });
    return () => {
      for (const step of undo) step();
    };
  }
}
