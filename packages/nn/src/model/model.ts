/** Model: a network made from a spec. */
import { asVariable, scope, type Variable, type VariableLike } from "@adjoint/autograd";
import {
  AdjointError,
  checkOptions,
  formatShape,
  type Shape,
  ShapeError,
  SpecError,
  sameShape,
  sizeOf,
  type Tensor,
} from "@adjoint/tensor";
import type { ForwardOptions } from "../layers/dropout.ts";
import { accuracyOf, type Gradients, gradientOf, numericalGradientOf } from "../networks/measures.ts";
import type { LayerInstance } from "./kinds/layer-kind.ts";
import { losses } from "./losses.ts";
import type { PlannedLayer } from "./plan.ts";
import type { LayerKindName, ModelSpec } from "./spec.ts";
import { copyState, loadState } from "./state.ts";

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

/** @throws SpecError for options with unknown names, or a `train` that is neither true nor false */
function checkForwardOptions(op: string, options: ForwardOptions): void {
  checkOptions(op, options, ["train"]);
  const train: unknown = options.train;
  if (train === undefined || typeof train === "boolean") return;
  throw new SpecError({
    op,
    problem: `train is ${JSON.stringify(train) ?? String(train)}`,
    argument: "train",
    expected: "true or false",
    received: String(train),
    hint: "Pass { train: true } for training, { train: false } for prediction.",
  });
}

/** Runs a layer in its scope; errors from below that name no place get this one. */
function inLayer(name: string, run: () => Variable): Variable {
  try {
    return scope(name, run);
  } catch (error) {
    throw error instanceof AdjointError ? error.locate(`layer "${name}"`) : error;
  }
}

/** What to do about a batch of another shape than [N, ...input]. */
function hintForBatch(given: Shape, input: Shape): string {
  const inputs = input.join(", ");
  if (sameShape(given, input)) return `Reshape one sample to [1, ${inputs}].`;
  if (given.length < 2) return `Give a batch: even one sample has the shape [1, ${inputs}].`;
  const [count, ...sample] = given;
  if (sizeOf(sample) === sizeOf(input)) return `Reshape the batch to [${count}, ${inputs}].`;
  return `Declare input: ${formatShape(sample)} in the model, or give samples of shape ${formatShape(input)}.`;
}

/** A network that a spec describes. Made by `build`. */
export class Model {
  /** What the spec calls its loss: from the last layer's output and targets to a number. */
  readonly lastLayer: { readonly forward: (y: VariableLike, t: VariableLike) => Variable };
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
        forward: (x: VariableLike, options: ForwardOptions = {}) => {
          checkForwardOptions(name, options);
          return inLayer(name, () => forward(x, { train: options.train ?? this.training }));
        },
      };
    });
    this.spec = spec;
    const { forward } = losses[spec.loss];
    this.lastLayer = { forward: (y, t) => scope(spec.loss, () => forward(asVariable(spec.loss, y), t)) };
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
    checkForwardOptions("predict", options);
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
        hint: hintForBatch(y.shape, input),
      });
    }
    for (const layer of this.layers) y = layer.forward(y, options);
    return y;
  }

  /** The loss of a batch, as the spec says which. */
  loss(x: VariableLike, t: VariableLike, options: ForwardOptions = {}): Variable {
    return this.lastLayer.forward(this.predict(x, options), t);
  }

  /** The share of samples whose largest score is at the right class, 0 … 1; `batchSize` at a time. */
  accuracy(x: Tensor, t: Tensor, batchSize = 100): number {
    return accuracyOf((batch) => this.predict(batch, { train: false }), x, t, batchSize);
  }

  /** The gradient of the training loss with respect to every parameter, from the graph. */
  gradient(x: VariableLike, t: VariableLike): Gradients {
    return gradientOf(this.params, () => this.loss(x, t, { train: true }));
  }

  /**
   * The gradient of the loss, in prediction mode, by central differences. Build the model with dtype "float64" for it:
   * in float32 the rounding of the loss is larger than many differences.
   */
  numericalGradient(x: VariableLike, t: VariableLike): Gradients {
    return numericalGradientOf(this.params, () => this.loss(x, t, { train: false }));
  }

  /** Copies of all parameters and running statistics, by name. */
  state(): Record<string, Tensor> {
    return copyState({ ...this.params, ...this.statistics });
  }

  /**
   * Puts back what {@link state} gave. When anything does not fit, nothing changes.
   * @throws SpecError for names that are missing or unknown, or for what is no float Tensor; ShapeError when only shapes
   *         are wrong
   */
  loadState(state: Readonly<Record<string, Tensor>>): void {
    loadState({ ...this.params, ...this.statistics }, state);
  }

  /** The spec that this model was built from. */
  toSpec(): ModelSpec {
    return this.spec;
  }
}
