/** LayeredNetwork: what the book's networks have in common. Each is a list of layers over a record of parameters. */
import {
  add,
  asVariable,
  detach,
  mul,
  scope,
  square,
  sum,
  type Variable,
  type VariableLike,
  variable,
} from "@adjoint/autograd";
import { AdjointError, checkKind, checkOptions, kernels, RandomGenerator } from "@adjoint/tensor";
import { BatchNormalization } from "../layers/batch-normalization.ts";
import { Dropout, type ForwardOptions } from "../layers/dropout.ts";
import { parameter } from "../layers/parameter.ts";
import { SoftmaxWithLoss } from "../layers/softmax-with-loss.ts";
import { accuracyOf, type Gradients, gradientOf, numericalGradientOf } from "./measures.ts";

/** Any layer of the book. */
export interface Layer {
  /** What the layer computes from `x`; `{ train }` says for what. */
  forward(x: VariableLike, options?: ForwardOptions): Variable;
}

/** A layer of a network: its name in drawings, and which of its fields are which parameters. */
export interface LayerEntry {
  readonly name: string;
  readonly layer: Layer;
  /** From the layer's field to the name in `params`, for example `{ W: "W1", b: "b1" }`. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** What a network is made of. */
export interface NetworkParts {
  readonly params: Record<string, Variable>;
  readonly layers: readonly LayerEntry[];
  /** λ of ½ λ Σ W², added to the loss for every weight. Default 0. */
  readonly weightDecay?: number;
}

/** Runs a layer in its scope; an error from inside says which layer it was. */
function inLayer<Result>(name: string, fn: () => Result): Result {
  return scope(name, () => {
    try {
      return fn();
    } catch (error) {
      throw error instanceof AdjointError ? error.locate(`layer "${name}"`) : error;
    }
  });
}

/** A classifier of layers one after the other, with SoftmaxWithLoss at its end. */
export class LayeredNetwork {
  /** The parameters by the book's names; values may be assigned, and entries replaced. */
  readonly params: Record<string, Variable>;
  /** The layers by name, in order. */
  readonly layers: Readonly<Record<string, Layer>>;
  readonly lastLayer = new SoftmaxWithLoss();
  private readonly entries: readonly LayerEntry[];
  private readonly weightDecay: number;

  constructor(parts: NetworkParts) {
    checkKind("LayeredNetwork", "parts", parts, Array.isArray(parts?.layers), "{ params, layers }");
    const { params, layers, weightDecay = 0 } = parts;
    this.params = params;
    this.entries = layers;
    this.layers = Object.fromEntries(layers.map(({ name, layer }) => [name, layer]));
    this.weightDecay = weightDecay;
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
      return inLayer("softmaxWithLoss", () => this.lastLayer.forward(scores, t));
    };
    const loss = train ? this.unchangedOnError(run) : run();
    if (this.weightDecay === 0) return loss;
    const weights = Object.entries(this.params).filter(([name]) => /^W\d+$/.test(name));
    return scope("weightDecay", () =>
      weights.reduce((total, [, W]) => add(total, mul(sum(square(W)), 0.5 * this.weightDecay)), loss),
    );
  }

  private forward(x: VariableLike, train: boolean): Variable {
    this.bind();
    let y = asVariable("predict", x);
    for (const { name, layer } of this.entries) {
      const takesMode = layer instanceof Dropout || layer instanceof BatchNormalization;
      y = inLayer(name, () => (takesMode ? layer.forward(y, { train }) : layer.forward(y)));
    }
    return y;
  }

  /** The share of samples that are classified right, 0 … 1; `batchSize` at a time, so that memory stays flat. */
  accuracy(x: VariableLike, t: VariableLike, batchSize = 100): number {
    const [inputs, targets] = [asVariable("accuracy", x), asVariable("accuracy", t, "t")];
    return accuracyOf((batch) => this.predict(batch), inputs.value, targets.value, batchSize);
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

  /** Points the layers' fields at the parameters as they are now: entries of `params` may have been replaced. */
  private bind(): void {
    for (const { layer, parameters } of this.entries) {
      for (const [field, name] of Object.entries(parameters)) {
        const x = parameter("LayeredNetwork", this.params[name], name);
        this.params[name] = x;
        (layer as unknown as Record<string, Variable>)[field] = x;
      }
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
    const undo: (() => void)[] = [];
    for (const { layer } of this.entries) {
      if (layer instanceof Dropout) {
        const { state } = layer.rng;
        undo.push(() => {
          layer.rng = RandomGenerator.fromState(state);
        });
      }
      if (layer instanceof BatchNormalization) {
        const { runningMean, runningVar } = layer;
        // Copies: running statistics change in place.
        const mean = runningMean && kernels.copy(runningMean.value);
        const variance = runningVar && kernels.copy(runningVar.value);
        undo.push(() => {
          layer.runningMean = mean && (runningMean?.assign(mean) ?? null);
          layer.runningVar = variance && (runningVar?.assign(variance) ?? null);
        });
      }
    }
    return () => {
      for (const step of undo) step();
    };
  }
}
