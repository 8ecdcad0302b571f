/** LayeredNetwork: what the book's networks have in common. Each is a list of layers over a record of parameters. */
import { add, asVariable, mul, scope, square, sum, type Variable, type VariableLike } from "@adjoint/autograd";
import { Generator, type Tensor } from "@adjoint/tensor";
import { BatchNormalization } from "../layers/batch-normalization.ts";
import { Dropout, type ForwardOptions } from "../layers/dropout.ts";
import { parameter } from "../layers/parameter.ts";
import { SoftmaxWithLoss } from "../layers/softmax-with-loss.ts";
import { accuracyOf, type Gradients, gradientOf, numericalGradientOf } from "./measures.ts";

/** Any layer of the book. */
export interface Layer {
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

/** A classifier of layers one after the other, with SoftmaxWithLoss at its end. */
export class LayeredNetwork {
  /** The parameters by the book's names; values may be assigned, and entries replaced. */
  readonly params: Record<string, Variable>;
  /** The layers by name, in order. */
  readonly layers: Readonly<Record<string, Layer>>;
  readonly lastLayer = new SoftmaxWithLoss();
  private readonly entries: readonly LayerEntry[];
  private readonly weightDecay: number;

  constructor({ params, layers, weightDecay = 0 }: NetworkParts) {
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
   */
  predict(x: VariableLike, options: ForwardOptions = {}): Variable {
    const { train = false } = options;
    let y = asVariable("predict", x);
    for (const { name, layer, parameters } of this.entries) {
      this.bind(layer, parameters);
      const takesMode = layer instanceof Dropout || layer instanceof BatchNormalization;
      y = scope(name, () => (takesMode ? layer.forward(y, { train }) : layer.forward(y)));
    }
    return y;
  }

  /** The loss of a batch: softmax cross entropy, plus ½ λ Σ W² over all weights. */
  loss(x: VariableLike, t: VariableLike, options: ForwardOptions = {}): Variable {
    const scores = this.predict(x, options);
    const loss = scope("softmaxWithLoss", () => this.lastLayer.forward(scores, t));
    if (this.weightDecay === 0) return loss;
    const weights = Object.entries(this.params).filter(([name]) => /^W\d+$/.test(name));
    return scope("weightDecay", () =>
      weights.reduce((total, [, W]) => add(total, mul(sum(square(W)), 0.5 * this.weightDecay)), loss),
    );
  }

  /** The share of samples that are classified right, 0 … 1, `batchSize` at a time. */
  accuracy(x: Tensor, t: Tensor, batchSize = 100): number {
    return accuracyOf((batch) => this.predict(batch), x, t, batchSize);
  }

  /** The gradient of the training loss with respect to every parameter, from the graph. */
  gradient(x: VariableLike, t: VariableLike): Gradients {
    return gradientOf(this.params, () => this.loss(x, t, { train: true }));
  }

  /**
   * The same by central differences, as the book checks its layers. Every evaluation draws the dropout masks that the
   * next training step will, and generators and running statistics are as before afterwards.
   */
  numericalGradient(x: VariableLike, t: VariableLike): Gradients {
    const restore = this.stateOfLayers();
    try {
      return numericalGradientOf(this.params, () => {
        restore();
        return this.loss(x, t, { train: true });
      });
    } finally {
      restore();
    }
  }

  /** Points the layer's fields at the parameters as they are now: entries of `params` may have been replaced. */
  private bind(layer: Layer, parameters: Readonly<Record<string, string>>): void {
    for (const [field, name] of Object.entries(parameters)) {
      const x = parameter(this.params[name], name);
      this.params[name] = x;
      (layer as unknown as Record<string, Variable>)[field] = x;
    }
  }

  /** A function that puts back what forward passes change: generators and running statistics. */
  private stateOfLayers(): () => void {
    const undo: (() => void)[] = [];
    for (const { layer } of this.entries) {
      if (layer instanceof Dropout) {
        const { state } = layer.rng;
        undo.push(() => {
          layer.rng = Generator.fromState(state);
        });
      }
      if (layer instanceof BatchNormalization) {
        const { runningMean, runningVar } = layer;
        const [mean, variance] = [runningMean?.value, runningVar?.value];
        undo.push(() => {
          layer.runningMean = runningMean;
          layer.runningVar = runningVar;
          if (mean !== undefined) runningMean?.assign(mean);
          if (variance !== undefined) runningVar?.assign(variance);
        });
      }
    }
    return () => {
      for (const step of undo) step();
    };
  }
}
