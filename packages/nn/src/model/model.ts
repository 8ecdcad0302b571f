/** Model: a network made from a spec. */
import {
  abs,
  add,
  asVariable,
  constant,
  mul,
  noGrad,
  scope,
  square,
  sum,
  type Variable,
  type VariableLike,
} from "@adjoint/autograd";
import { AdjointError, checkOptions, type Shape, SpecError, type Tensor } from "@adjoint/tensor";
import type { ForwardOptions } from "../layers/dropout.ts";
import { type Gradients, gradientOf, numericalGradientOf } from "../networks/measures.ts";
import { evaluate } from "./evaluate.ts";
import { inputsFrom, type ModelInputs, type ModelTargets, targetFor } from "./inputs.ts";
import type { LayerForward } from "./kinds/layer-kind.ts";
import { fullLoss, lossKind } from "./losses/table.ts";
import type { PlannedInput } from "./plan/inputs.ts";
import type { Plan, PlannedOutput, PlannedStep } from "./plan/plan.ts";
import type { LayerBase, Weighted } from "./spec/layer.ts";
import type { FullLossSpec, MetricSpec } from "./spec/losses.ts";
import type { ModelSpec } from "./spec/model.ts";
import { copyState, loadState } from "./state.ts";

/** What a step consists of once it is made; of a shared layer the parameters are those of the layer that it shares. */
export interface ModelParts {
  readonly parameters: Readonly<Record<string, Variable>>;
  readonly statistics: Readonly<Record<string, Variable>>;
  readonly forward: LayerForward;
}

/** A layer of a {@link Model}; shapes are those of one sample. */
export interface ModelLayer {
  /** Its whole name, such as `stage1.2.conv1`. */
  readonly name: string;
  readonly kind: string;
  readonly spec: LayerBase;
  /** The shape of its (first) input. */
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  /** Which values it takes: the inputs of the model come first, then what each layer gives. */
  readonly sources: readonly number[];
  /** By full name, such as conv1.weight; of a shared layer those that it shares. */
  readonly parameters: Readonly<Record<string, Variable>>;
  /** The name of the layer whose parameters it uses: its own, but for shared layers. */
  readonly owner: string;
  /** Runs this layer alone on a batch, or on several where it joins. @throws SpecError for another number of them */
  forward(x: VariableLike | readonly VariableLike[], options?: ForwardOptions): Variable;
}

/** A loss of a {@link Model}: of which output, and from its values and targets to a number. */
export interface ModelLoss {
  readonly output: string;
  readonly value: number;
  readonly spec: FullLossSpec;
  readonly forward: (y: VariableLike, t: VariableLike) => Variable;
}

/** A weight that is penalized, with the factors of ½ Σ W² and of Σ |W|. */
interface Penalty {
  readonly W: Variable;
  readonly l2: number;
  readonly l1: number;
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

/** @throws SpecError for more or fewer inputs than a layer has */
function checkInputs(op: string, given: number, sources: number): void {
  if (given === sources) return;
  throw new SpecError({
    op,
    problem: `the layer takes ${sources} input${sources === 1 ? "" : "s"}, and got ${given}`,
    argument: "x",
    expected: `${sources}`,
    received: `${given}`,
    hint: sources === 1 ? "Pass one batch." : "Pass a list of batches, one for each of its sources.",
  });
}

/** Runs a layer in its scope, blocks being scopes around it; errors from below that name no place get this one. */
function inLayer(name: string, run: () => Variable): Variable {
  const nested = name.split(".").reduceRight<() => Variable>((inner, part) => () => scope(part, inner), run);
  try {
    return nested();
  } catch (error) {
    throw error instanceof AdjointError ? error.locate(`layer "${name}"`) : error;
  }
}

/** A network that a spec describes. Made by `build`. */
export class Model {
  /** All parameters by name, such as `conv1.weight`. */
  readonly params: Readonly<Record<string, Variable>>;
  /** The layers that compute, in the order in which they run; blocks are taken apart. */
  readonly layers: readonly ModelLayer[];
  /** What goes in. */
  readonly inputs: readonly PlannedInput[];
  /** What comes out: names, shapes of one sample, and which values they are. */
  readonly outputLayers: readonly PlannedOutput[];
  /** What the spec calls its losses. */
  readonly losses: readonly ModelLoss[];
  /** Element type of the parameters; inputs of real numbers are converted to it. */
  readonly dtype: "float32" | "float64";
  private readonly spec: ModelSpec;
  private readonly statistics: Readonly<Record<string, Variable>>;
  private readonly penalties: readonly Penalty[];
  /** After which layer each value is not needed any more. */
  private readonly lastUse: readonly number[];
  private training = false;

  /** @internal */
  constructor(spec: ModelSpec, plan: Plan, parts: readonly ModelParts[], dtype: "float32" | "float64") {
    const params: Record<string, Variable> = {};
    const statistics: Record<string, Variable> = {};
    plan.steps.forEach(({ name, owner }, i) => {
      if (name !== owner) return;
      for (const [key, x] of Object.entries(parts[i].parameters)) params[`${name}.${key}`] = x;
      for (const [key, x] of Object.entries(parts[i].statistics)) statistics[`${name}.${key}`] = x;
    });
    this.spec = spec;
    this.dtype = dtype;
    this.params = params;
    this.statistics = statistics;
    this.inputs = plan.inputs;
    this.outputLayers = plan.outputs;
    this.layers = plan.steps.map((step, i) => this.layerOf(step, parts[i]));
    this.losses = lossesOf(spec, plan.outputs);
    this.penalties = penaltiesOf(spec, plan.steps, parts);
    const lastUse = new Array<number>(plan.inputs.length + plan.steps.length).fill(-1);
    plan.steps.forEach(({ sources }, i) => {
      for (const source of sources) lastUse[source] = i;
    });
    for (const { value } of plan.outputs) lastUse[value] = Number.POSITIVE_INFINITY;
    this.lastUse = lastUse;
  }

  private layerOf(step: PlannedStep, { parameters, forward }: ModelParts): ModelLayer {
    const { name, kind, spec, inputs, output, sources, owner } = step;
    return {
      name,
      kind,
      spec,
      inputShape: inputs[0].shape,
      outputShape: output.shape,
      sources,
      owner,
      parameters: Object.fromEntries(Object.entries(parameters).map(([key, x]) => [`${owner}.${key}`, x])),
      forward: (x, options = {}) => {
        checkForwardOptions(name, options);
        const given = Array.isArray(x) ? (x as readonly VariableLike[]) : [x as VariableLike];
        checkInputs(name, given.length, sources.length);
        const variables = given.map((one, i) => asVariable(name, one, given.length === 1 ? "x" : `x[${i}]`));
        return inLayer(name, () => forward(variables, { train: options.train ?? this.training }));
      },
    };
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
   * The output of the model: for a classifier scores, before softmax.
   *
   * @param x  samples, [N, ...input]; a record of them by name where the model has several inputs
   * @throws ShapeError when samples have another shape than the spec's input; SpecError when the model has several outputs
   */
  predict(x: ModelInputs, options: ForwardOptions = {}): Variable {
    const { outputLayers } = this;
    if (outputLayers.length > 1) {
      throw new SpecError({
        op: "predict",
        problem: `the model has ${outputLayers.length} outputs: ${outputLayers.map(({ name }) => name).join(", ")}`,
        expected: "one output",
        received: String(outputLayers.length),
        hint: "Call outputs(x), which gives all of them by name.",
      });
    }
    return this.run("predict", x, options)[outputLayers[0].value] as Variable;
  }

  /**
   * All outputs of the model by name.
   *
   * @param x  as for {@link predict}
   */
  outputs(x: ModelInputs, options: ForwardOptions = {}): Record<string, Variable> {
    const values = this.run("outputs", x, options);
    return Object.fromEntries(this.outputLayers.map(({ name, value }) => [name, values[value] as Variable]));
  }

  /** The values of inputs and layers; those that nobody needs any more are let go. */
  private run(op: string, x: ModelInputs, options: ForwardOptions): (Variable | undefined)[] {
    checkForwardOptions(op, options);
    const values: (Variable | undefined)[] = inputsFrom(op, x, this.inputs, this.dtype);
    this.layers.forEach((layer, i) => {
      values.push(
        layer.forward(
          layer.sources.map((source) => values[source] as Variable),
          options,
        ),
      );
      for (const source of layer.sources) if (this.lastUse[source] === i) values[source] = undefined;
    });
    return values;
  }

  /**
   * The loss of a batch, as the spec says which: of every output that has one, and the penalties on weights.
   *
   * @param t  targets; a record of them by the outputs' names where several outputs have a loss
   */
  loss(x: ModelInputs, t: ModelTargets, options: ForwardOptions = {}): Variable {
    this.checkHasLoss("loss");
    const values = this.run("loss", x, options);
    return this.lossOf(
      Object.fromEntries(this.outputLayers.map(({ name, value }) => [name, values[value] as Variable])),
      t,
    );
  }

  /** The loss of outputs that are there already. */
  lossOf(outputs: Readonly<Record<string, Variable>>, t: ModelTargets): Variable {
    this.checkHasLoss("lossOf");
    const terms = this.losses.map(({ output, spec, forward }) => {
      const loss = forward(outputs[output], targetFor("loss", t, output, this.losses.length > 1));
      return spec.weight === undefined ? loss : mul(loss, spec.weight);
    });
    return this.penalized(terms.reduce((a, b) => add(a, b)));
  }

  private penalized(loss: Variable): Variable {
    if (this.penalties.length === 0) return loss;
    return scope("weightDecay", () => {
      let total = loss;
      for (const { W, l2, l1 } of this.penalties) {
        if (l2 > 0) total = add(total, mul(sum(square(W)), 0.5 * l2));
        if (l1 > 0) total = add(total, mul(sum(abs(W)), l1));
      }
      return total;
    });
  }

  private checkHasLoss(op: string): void {
    if (this.losses.length > 0) return;
    throw new SpecError({
      op,
      problem: "the model has no loss",
      expected: "a spec with a loss",
      hint: 'Say which in the spec: loss: "softmaxWithLoss".',
    });
  }

  /**
   * The share of samples (or positions) whose largest score is at the right class, 0 … 1; `batchSize` at a time. Of yes or
   * no (binaryCrossEntropyWithLogits) the share that is on the right side.
   * @throws SpecError when the model does not classify
   */
  accuracy(x: ModelInputs, t: ModelTargets, batchSize = 100): number {
    if (!this.classifies) {
      const [first] = this.losses;
      throw new SpecError({
        op: "accuracy",
        problem:
          first === undefined
            ? "the model has no loss"
            : `the model ends in ${first.spec.kind}, which knows no classes`,
        expected: "a model that classifies",
        hint: "Call evaluate(x, t): it measures the loss, and the metrics that the spec names.",
      });
    }
    const { output } = this.losses.find(({ spec }) => lossKind(spec).classifies) as ModelLoss;
    const measures = { op: "accuracy", metrics: { [output]: ["accuracy"] }, batchSize, penalty: null } as const;
    return noGrad(() => evaluate(this, x, t, measures))[`${output}.accuracy`];
  }

  /** Whether accuracy can be measured: whether a loss of the model is one for classes. */
  get classifies(): boolean {
    return this.losses.some(({ spec }) => lossKind(spec).classifies);
  }

  /**
   * The loss and the metrics that the spec names, over all samples, `batchSize` at a time, in prediction mode.
   *
   * @returns by name: `loss`, `accuracy`, …; with several outputs `class.accuracy`
   */
  evaluate(x: ModelInputs, t: ModelTargets, batchSize = 100): Record<string, number> {
    this.checkHasLoss("evaluate");
    const measured = noGrad(() => {
      const penalty = this.penalized(constant(0)).item();
      return evaluate(this, x, t, { op: "evaluate", metrics: this.metrics(), batchSize, penalty });
    });
    if (this.outputLayers.length > 1) return measured;
    return Object.fromEntries(
      Object.entries(measured).map(([name, value]) => [name.slice(name.lastIndexOf(".") + 1), value]),
    );
  }

  /** The metrics by output: those of the spec, or accuracy where the loss is one for classes. */
  private metrics(): Record<string, readonly MetricSpec[]> {
    const { metrics } = this.spec;
    if (Array.isArray(metrics)) return { [this.outputLayers[0].name]: metrics as readonly MetricSpec[] };
    if (metrics !== undefined) return metrics as Record<string, readonly MetricSpec[]>;
    return Object.fromEntries(
      this.losses.map(({ output, spec }) => [output, lossKind(spec).classifies ? (["accuracy"] as const) : []]),
    );
  }

  /** The gradient of the training loss with respect to every parameter, from the graph. */
  gradient(x: ModelInputs, t: ModelTargets): Gradients {
    return gradientOf(this.params, () => this.loss(x, t, { train: true }));
  }

  /**
   * The gradient of the loss, in prediction mode, by central differences. Build the model with dtype "float64" for it:
   * in float32 the rounding of the loss is larger than many differences.
   */
  numericalGradient(x: ModelInputs, t: ModelTargets): Gradients {
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

function lossesOf(spec: ModelSpec, outputs: readonly PlannedOutput[]): ModelLoss[] {
  const given = spec.losses ?? (spec.loss === undefined ? {} : { [outputs[0].name]: spec.loss });
  return Object.entries(given).map(([output, loss]) => {
    const full = fullLoss(loss);
    const { value } = outputs.find(({ name }) => name === output) as PlannedOutput;
    const { forward } = lossKind(full);
    return {
      output,
      value,
      spec: full,
      forward: (y, t) => scope(full.kind, () => forward(full, asVariable(full.kind, y), t)),
    };
  });
}

/** Of every weight that is penalized, once where layers share it. */
function penaltiesOf(spec: ModelSpec, steps: readonly PlannedStep[], parts: readonly ModelParts[]): Penalty[] {
  return steps.flatMap(({ name, owner, spec: layer, parameters }, i) => {
    const { weightDecay: l2 = spec.weightDecay ?? 0, l1 = spec.l1 ?? 0 } = layer as Weighted;
    if (name !== owner || (l2 === 0 && l1 === 0)) return [];
    const weights = Object.keys(parameters).filter((key) => "weight" in parameters[key].init);
    return weights.map((key) => ({ W: parts[i].parameters[key], l2, l1 }));
  });
}
