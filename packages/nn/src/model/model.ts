/** Model: a network made from a spec. */
import { asVariable, scope, type Variable, type VariableLike } from "@adjoint/autograd";
import { formatShape, kernels, type Shape, ShapeError, SpecError, sameShape, type Tensor } from "@adjoint/tensor";
import { meanSquaredError } from "../functions.ts";
import type { ForwardOptions } from "../layers/dropout.ts";
import { SoftmaxWithLoss } from "../layers/softmax-with-loss.ts";
import { accuracyOf, type Gradients, gradientOf, numericalGradientOf } from "../networks/measures.ts";
import type { LayerInstance } from "./kinds/layer-kind.ts";
import type { PlannedLayer } from "./plan.ts";
import type { LayerKindName, LossName, ModelSpec } from "./spec.ts";

/** A layer of a {@link Model}; shapes are those of one sample. */
export interface ModelLayer {
  readonly name: string;
  readonly kind: LayerKindName;
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  /** By full name, such as conv1.weight. */
  readonly parameters: Readonly<Record<string, Variable>>;
  /** Multiplications with additions for one sample. */
  readonly multiplyAdds: number;
  /** Runs this layer alone on a batch. */
  forward(x: VariableLike, options?: ForwardOptions): Variable;
}

const losses: { readonly [Name in LossName]: (scores: Variable, t: VariableLike) => Variable } = {
  softmaxWithLoss: (scores, t) => new SoftmaxWithLoss().forward(scores, t),
  meanSquaredError,
};

/** A network that a spec describes. Made by `build`. */
export class Model {
  /** All parameters by name, such as `conv1.weight`. */
  readonly params: Readonly<Record<string, Variable>>;
  readonly layers: readonly ModelLayer[];
  private readonly spec: ModelSpec;
  private readonly statistics: Readonly<Record<string, Variable>>;
  private training = false;

  /** @internal */
  constructor(spec: ModelSpec, planned: readonly PlannedLayer[], instances: readonly LayerInstance[]) {
    const params: Record<string, Variable> = {};
    const statistics: Record<string, Variable> = {};
    this.layers = planned.map(({ name, kind, inputShape, outputShape, multiplyAdds }, i) => {
      const { forward, ...own } = instances[i];
      const parameters: Record<string, Variable> = {};
      for (const [key, x] of Object.entries(own.parameters))
        params[`${name}.${key}`] = parameters[`${name}.${key}`] = x;
      for (const [key, x] of Object.entries(own.statistics)) statistics[`${name}.${key}`] = x;
      return {
        name,
        kind,
        inputShape,
        outputShape,
        parameters,
        multiplyAdds,
        forward: (x: VariableLike, options: ForwardOptions = {}) =>
          scope(name, () => forward(x, { train: options.train ?? this.training })),
      };
    });
    this.spec = spec;
    this.params = params;
    this.statistics = statistics;
  }

  /** The parameters, in order. */
  parameters(): Variable[] {
    return Object.values(this.params);
  }

  /** From here on the model runs for training, unless a call says otherwise. */
  train(): this {
    this.training = true;
    return this;
  }

  /** From here on the model runs for prediction (the start), unless a call says otherwise. */
  eval(): this {
    this.training = false;
    return this;
  }

  /**
   * The output of the last layer: for a classifier scores, before softmax.
   *
   * @param x  samples, [N, ...input]
   * @throws ShapeError when samples have another shape than the spec's input
   */
  predict(x: VariableLike, options: ForwardOptions = {}): Variable {
    let y = asVariable("predict", x);
    const { input } = this.spec;
    if (!sameShape(y.shape.slice(1), input) || y.ndim === 0) {
      const wanted = `[N, ${input.join(", ")}]`;
      throw new ShapeError({
        op: "predict",
        problem: `got an input of shape ${formatShape(y.shape)}; this model takes batches of shape ${wanted}`,
        argument: "x",
        expected: wanted,
        received: formatShape(y.shape),
        hint: sameShape(y.shape, input)
          ? `Reshape one sample to [1, ${input.join(", ")}].`
          : `Declare input: ${formatShape(y.shape.slice(1))} in the model, or reshape the samples.`,
      });
    }
    for (const layer of this.layers) y = layer.forward(y, options);
    return y;
  }

  /** The loss of a batch, as the spec says which. */
  loss(x: VariableLike, t: VariableLike, options: ForwardOptions = {}): Variable {
    const scores = this.predict(x, options);
    return scope(this.spec.loss, () => losses[this.spec.loss](scores, t));
  }

  /** The share of samples whose largest score is at the right class, 0 … 1; `batchSize` at a time. */
  accuracy(x: Tensor, t: Tensor, batchSize = 100): number {
    return accuracyOf((batch) => this.predict(batch, { train: false }), x, t, batchSize);
  }

  /** The gradient of the training loss with respect to every parameter, from the graph. */
  gradient(x: VariableLike, t: VariableLike): Gradients {
    return gradientOf(this.params, () => this.loss(x, t, { train: true }));
  }

  /** The gradient of the loss, in prediction mode, by central differences. */
  numericalGradient(x: VariableLike, t: VariableLike): Gradients {
    return numericalGradientOf(this.params, () => this.loss(x, t, { train: false }));
  }

  /** Copies of all parameters and running statistics, by name. */
  state(): Record<string, Tensor> {
    const all = { ...this.params, ...this.statistics };
    return Object.fromEntries(Object.entries(all).map(([name, x]) => [name, kernels.copy(x.value)]));
  }

  /**
   * Puts back what {@link state} gave. When anything does not fit, nothing changes.
   * @throws SpecError for names that are missing or unknown; ShapeError for a tensor of another shape
   */
  loadState(state: Readonly<Record<string, Tensor>>): void {
    const all: Record<string, Variable> = { ...this.params, ...this.statistics };
    const missing = Object.keys(all).filter((name) => !Object.hasOwn(state, name));
    const unknown = Object.keys(state).filter((name) => !Object.hasOwn(all, name));
    if (missing.length > 0 || unknown.length > 0) {
      const parts = [
        ...(missing.length > 0 ? [`${missing.join(", ")} missing`] : []),
        ...(unknown.length > 0 ? [`${unknown.join(", ")} unknown`] : []),
      ];
      throw new SpecError({
        op: "loadState",
        problem: `the state does not fit this model: ${parts.join("; ")}`,
        argument: "state",
        expected: Object.keys(all).join(", "),
        received: Object.keys(state).join(", "),
        hint: "Build the model from the spec that the state was saved with.",
      });
    }
    for (const [name, x] of Object.entries(all)) {
      if (sameShape(x.shape, state[name].shape)) continue;
      throw new ShapeError({
        op: "loadState",
        problem: `${name} has shape ${formatShape(state[name].shape)}, in this model ${formatShape(x.shape)}`,
        argument: name,
        expected: formatShape(x.shape),
        received: formatShape(state[name].shape),
        hint: "Build the model from the spec that the state was saved with.",
      });
    }
    for (const [name, x] of Object.entries(all)) x.assign(state[name]);
  }

  /** The spec that this model was built from. */
  toSpec(): ModelSpec {
    return this.spec;
  }
}
