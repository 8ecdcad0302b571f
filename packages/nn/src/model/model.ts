/** Model: a network made from a spec. */
import { add, constant, mul, noGrad, type Variable } from "@adjoint/autograd";
import { settles } from "@adjoint/autograd/internal";
import { checkKind, type RandomGenerator, SpecError, shown, type Tensor } from "@adjoint/tensor";
import { type FullLossSpec, kindOfLoss } from "../losses/all.ts";
import type { MetricSpec } from "../losses/metrics.ts";
import type { Plan, PlannedOutput } from "../plan/plan.ts";
import type { PlannedInput } from "../read/inputs.ts";
import type { ModelSpec } from "../read/model-spec.ts";
import { accuracyOf, evaluate, type OutputFunction, ofOneOutput } from "./evaluate.ts";
import { type Gradients, gradientOf, numericalGradientOf } from "./gradients.ts";
import { inputsFrom, type ModelInputs, type ModelTargets, targetFor } from "./inputs.ts";
import { checkRunOptions, generatorsOf, type Mode, type ModelLayer, type RunOptions } from "./layer.ts";
import { lossesOf, type ModelLoss, type Penalty, penalized, penaltiesOf } from "./loss.ts";
import { copyState, loadState } from "./weights/state.ts";

/**
 * A network that a spec describes, with its parameters. Made by {@link build}; `predict`, `loss` and `evaluate` run it,
 * `state` and `loadState` read and write all numbers that it keeps.
 */
export class Model {
  /** The parameters that learn by name, such as `conv1.weight`: all but those of frozen layers. */
  readonly params: Readonly<Record<string, Variable>>;
  /** The layers that compute, in the order in which they run; blocks are taken apart. */
  readonly layers: readonly ModelLayer[];
  /** What goes in. */
  readonly inputs: readonly PlannedInput[];
  /** What comes out: names, shapes of one sample (−1 for lengths that may change), and which values they are. */
  readonly outputLayers: readonly PlannedOutput[];
  /** What the spec calls its losses. */
  readonly losses: readonly ModelLoss[];
  /** The fewest samples that a batch for training may have: 2 where batch normalization needs them, else 1. */
  readonly minBatchSize: number;
  /** Element type of the parameters; inputs of real numbers are converted to it. */
  readonly dtype: "float32" | "float64";
  private readonly spec: ModelSpec;
  /** Parameters, frozen ones too, then running statistics: what is saved. */
  private readonly kept: Readonly<Record<string, Variable>>;
  /** The penalties on weights that the loss adds. @internal */
  readonly penalties: readonly Penalty[];
  /** After which layer each value is not needed any more. */
  private readonly lastUse: readonly number[];
  private readonly mode: Mode;

  /** @internal */
  constructor(spec: ModelSpec, plan: Plan, layers: readonly ModelLayer[], mode: Mode, dtype: "float32" | "float64") {
    checkKind("Model", "plan", plan, Array.isArray(plan?.steps), "the plan of a spec", "Make models with build(spec).");
    this.spec = spec;
    this.dtype = dtype;
    this.mode = mode;
    this.layers = layers;
    const parameters: Record<string, Variable> = Object.assign({}, ...layers.map((layer) => layer.parameters));
    this.params = Object.fromEntries(Object.entries(parameters).filter(([, x]) => x.requiresGrad));
    this.kept = Object.assign({ ...parameters }, ...layers.map(({ statistics }) => statistics));
    this.inputs = plan.inputs;
    this.outputLayers = plan.outputs;
    this.losses = lossesOf(spec, plan.outputs);
    this.minBatchSize = plan.steps.reduce(
      (most, { definition, spec: layer, example }, i) =>
        Math.max(most, layers[i].isFrozen ? 1 : (definition.minBatchSize?.(layer, example) ?? 1)),
      1,
    );
    this.penalties = penaltiesOf(spec, plan.steps, layers);
    const lastUse = new Array<number>(plan.inputs.length + plan.steps.length).fill(-1);
    plan.steps.forEach(({ sources }, i) => {
      for (const source of sources) lastUse[source] = i;
    });
    for (const { value } of plan.outputs) lastUse[value] = Number.POSITIVE_INFINITY;
    this.lastUse = lastUse;
  }

  /** The parameters that learn, in order. */
  parameters(): Variable[] {
    return Object.values(this.params);
  }

  /** From here on the model runs for training, unless a call says otherwise. */
  train(): this {
    return this.runsFor(true);
  }

  /** From here on the model runs for prediction (the start), unless a call says otherwise. */
  eval(): this {
    return this.runsFor(false);
  }

  private runsFor(train: boolean): this {
    settles(this.mode);
    this.mode.train = train;
    return this;
  }

  /**
   * The output of the model: for a classifier scores, before softmax.
   *
   * @param x  samples, [N, ...input]; a record of them by name where the model has several inputs. Lengths that the spec
   *           gives as −1 are those of the batch.
   * @throws ShapeError when samples have another shape than the spec's input; SpecError when the model has several outputs
   */
  predict(x: ModelInputs, options: RunOptions = {}): Variable {
    const { outputLayers } = this;
    if (outputLayers.length > 1) {
      throw new SpecError({
        op: "predict",
        problem: `the model has ${shown(outputLayers.length)} outputs: ${outputLayers.map(({ name }) => name).join(", ")}`,
        expected: "one output",
        received: shown(outputLayers.length),
        hint: "Call outputs(x), which returns all of them by name.",
      });
    }
    return this.runOn("predict", x, options)[outputLayers[0].value] as Variable;
  }

  /**
   * All outputs of the model by name.
   *
   * @param x  as for {@link predict}
   */
  outputs(x: ModelInputs, options: RunOptions = {}): Record<string, Variable> {
    const values = this.runOn("outputs", x, options);
    return Object.fromEntries(this.outputLayers.map(({ name, value }) => [name, values[value] as Variable]));
  }

  private runOn(op: string, x: ModelInputs, options: RunOptions): (Variable | undefined)[] {
    checkRunOptions(op, options);
    return this.run(inputsFrom(op, x, this.inputs, this.dtype), options);
  }

  /**
   * The values of inputs and layers. A value is released after its last use.
   * @internal
   */
  run(inputs: readonly Variable[], { onLayer, ...options }: RunOptions): (Variable | undefined)[] {
    const values: (Variable | undefined)[] = [...inputs];
    this.layers.forEach((layer, i) => {
      const inputs = layer.sources.map((source) => values[source] as Variable);
      const output = layer.forward(inputs, options);
      onLayer?.(layer, output);
      values.push(output);
      for (const source of layer.sources) if (this.lastUse[source] === i) values[source] = undefined;
    });
    return values;
  }

  /**
   * The loss of a batch, as the spec says which: of every output that has one, and the penalties on weights.
   *
   * @param t  targets; a record of them by the outputs' names where several outputs have a loss
   */
  loss(x: ModelInputs, t: ModelTargets, options: RunOptions = {}): Variable {
    this.checkHasLoss("loss");
    const values = this.runOn("loss", x, options);
    const targets = this.losses.map(({ output }) => targetFor("loss", t, output, this.losses.length > 1));
    const terms = this.losses.map(({ value, spec, forward }, i) => {
      const loss = forward(values[value] as Variable, targets[i]);
      return spec.weight === undefined ? loss : mul(loss, spec.weight);
    });
    const loss = terms.reduce((a, b) => add(a, b));
    return penalized(loss, this.penalties, this.kept);
  }

  private checkHasLoss(op: string): void {
    if (this.losses.length > 0) return;
    const problem = "the model has no loss";
    const expected = "a spec with a loss";
    const hint = 'Add one to the spec, such as loss: "softmaxWithLoss".';
    throw new SpecError({ op, problem, expected, hint });
  }

  /**
   * The share of samples (or positions) whose largest score is at the right class, 0 … 1; `batchSize` at a time. Of yes or
   * no (binaryCrossEntropyWithLogits) the share that is on the right side.
   *
   * @param outputs  what computes {@link outputs} of `batchSize` samples: a compiled function. Default: the model itself
   * @throws SpecError when the model does not classify
   */
  accuracy(x: ModelInputs, t: ModelTargets, batchSize = 100, outputs?: OutputFunction): number {
    if (!this.classifies) {
      const [first] = this.losses;
      const problem = first === undefined ? "the model has no loss" : `the loss ${first.spec.kind} has no classes`;
      const expected = "a model that classifies";
      const hint = "Call evaluate(x, t), which measures the loss and the metrics of the spec.";
      throw new SpecError({ op: "accuracy", problem, expected, hint });
    }
    return accuracyOf(this, x, t, { batchSize, outputs });
  }

  /** Whether accuracy can be measured: whether a loss of the model is one for classes. */
  get classifies(): boolean {
    return this.losses.some(({ spec }) => kindOfLoss(spec).classifies);
  }

  /**
   * The loss and the metrics that the spec names, over all samples, `batchSize` at a time, in prediction mode.
   *
   * @param outputs  as for {@link accuracy}
   * @returns by name: `loss`, `accuracy`, …; with several outputs `class.accuracy`
   */
  evaluate(x: ModelInputs, t: ModelTargets, batchSize = 100, outputs?: OutputFunction): Record<string, number> {
    this.checkHasLoss("evaluate");
    const measured = noGrad(() => {
      const penalty = penalized(constant(0), this.penalties, this.kept).item();
      return evaluate(this, x, t, { op: "evaluate", metrics: this.metrics(), batchSize, outputs, penalty });
    });
    return this.outputLayers.length > 1 ? measured : ofOneOutput(measured);
  }

  /** The metrics by output: those of the spec, or what suits its loss. */
  private metrics(): Record<string, readonly MetricSpec[]> {
    const { metrics } = this.spec;
    if (Array.isArray(metrics)) return { [this.outputLayers[0].name]: metrics as readonly MetricSpec[] };
    if (metrics !== undefined) return metrics as Record<string, readonly MetricSpec[]>;
    return Object.fromEntries(this.losses.map(({ output, spec }) => [output, defaultMetrics(spec)]));
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
    return copyState(this.kept);
  }

  /**
   * Puts back what {@link state} gave. When anything does not fit, nothing changes.
   * @throws SpecError for missing or unknown names, or values that are not float Tensors; ShapeError when only shapes
   *         are wrong
   */
  loadState(state: Readonly<Record<string, Tensor>>): void {
    loadState(this.kept, state);
  }

  /**
   * Where layers draw random numbers from while they run, by the layers' names. With {@link state} they are all that the
   * next training steps depend on.
   */
  get generators(): Record<string, RandomGenerator> {
    return generatorsOf(this.layers);
  }

  /** The spec that this model was built from. */
  toSpec(): ModelSpec {
    return this.spec;
  }
}

/** What is measured where a spec names no metrics: accuracy of classes, errors of estimated numbers. */
function defaultMetrics(spec: FullLossSpec): readonly MetricSpec[] {
  const { classifies, estimates } = kindOfLoss(spec);
  if (classifies) return ["accuracy"];
  return estimates ? ["rootMeanSquaredError", "meanAbsoluteError"] : [];
}
