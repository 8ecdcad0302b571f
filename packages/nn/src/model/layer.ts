/** Layers of a model as they run: each in its scope, alone or as a step of the model. */
import { asVariable, scope, type Variable, type VariableLike } from "@adjoint/autograd";
import { dependsOn } from "@adjoint/autograd/internal";
import {
  checkKind,
  checkOneOf,
  checkOptions,
  type RandomGenerator,
  type Shape,
  ShapeError,
  SpecError,
} from "@adjoint/tensor";
import type { ForwardOptions, Layer, LayerForward, LayerParts } from "../layers/kind/layer-kind.ts";
import { wrongInput } from "../plan/infer.ts";
import { ANY } from "../plan/lengths.ts";
import type { PlannedStep } from "../plan/plan.ts";

/** Whether a model runs for training where a call does not say. */
export interface Mode {
  train: boolean;
}

/** Whether a model runs for training now. */
function isTraining(mode: Mode): boolean {
  dependsOn(mode, () => mode.train);
  return mode.train;
}

/** A layer of a Model; shapes are those of one sample, with −1 for lengths that may change. */
export interface ModelLayer extends Pick<PlannedStep, "name" | "kind" | "spec" | "sources" | "owner"> {
  /** The shape of its (first) input. */
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  /** By full name, such as conv1.weight; of a shared layer those that it shares. */
  readonly parameters: Readonly<Record<string, Variable>>;
  /** Running statistics by full name, which are saved and not learned. */
  readonly statistics: Readonly<Record<string, Variable>>;
  /** Where it draws random numbers from while it runs; that of its owner. */
  readonly generator: RandomGenerator;
  /** Whether it does not learn, and runs for prediction always. */
  readonly isFrozen: boolean;
  /** What computes: an object such as a Dropout, or a function. */
  readonly layer: Layer | LayerForward;
  /** Runs this layer alone on a batch, or on several where it joins. @throws SpecError for another number of them */
  forward(x: VariableLike | readonly VariableLike[], options?: ForwardOptions): Variable;
}

/** How a model runs: as its layers do, and who watches them. */
export interface RunOptions extends ForwardOptions {
  /** Called with each layer and its output, in the order in which they run: for feature maps, and for statistics. */
  readonly onLayer?: (layer: ModelLayer, output: Variable) => void;
}

/** @throws SpecError for options with unknown names, or a `train` that is neither true nor false */
export function checkForwardOptions(op: string, options: ForwardOptions): void {
  checkOptions(op, options, ["train"]);
  if (options.train !== undefined) checkOneOf(op, "train", options.train, [true, false]);
}

/** @throws SpecError as {@link checkForwardOptions}, and for an `onLayer` that is no function */
export function checkRunOptions(op: string, options: RunOptions): void {
  checkOptions(op, options, ["train", "onLayer"]);
  if (options.train !== undefined) checkOneOf(op, "train", options.train, [true, false]);
  const { onLayer } = options;
  const isFunction = onLayer === undefined || typeof onLayer === "function";
  checkKind(op, "onLayer", onLayer, isFunction, "a function of a layer and its output");
}

/** @throws SpecError for more or fewer inputs than a layer has */
function checkInputs(op: string, given: number, sources: number): void {
  if (given === sources) return;
  throw SpecError.of(op, "x", `${given}`, `${sources}`, {
    problem: `the layer takes ${sources} input${sources === 1 ? "" : "s"}, and got ${given}`,
    hint: sources === 1 ? "Pass one batch." : "Pass a list of batches, one for each of its sources.",
  });
}

/** The generators of layers by the names of their owners. */
export function generatorsOf(layers: readonly ModelLayer[]): Record<string, RandomGenerator> {
  return Object.fromEntries(layers.map(({ owner, generator }) => [owner, generator]));
}

/** Runs a layer in its scope, blocks being scopes around it. */
function inLayer(name: string, run: () => Variable): Variable {
  return name.split(".").reduceRight<() => Variable>((inner, part) => () => scope(part, inner), run)();
}

/** A layer as a function. */
const forwardOf = (layer: Layer | LayerForward): LayerForward =>
  typeof layer === "function" ? layer : ([x], options) => layer.forward(x, options);

/** A layer whose inputs may change their lengths: made for each shape when it first comes, with the same parameters. */
function forwardByLength(step: PlannedStep, parts: Omit<LayerParts, "inputs">): LayerForward {
  const made = new Map<string, LayerForward>();
  return (xs, options) => {
    const key = xs.map(({ shape }) => shape.slice(1).join()).join(";");
    let forward = made.get(key);
    if (forward === undefined) {
      const inputs = xs.map(({ shape }, i) => ({ type: step.inputs[i].type, shape: shape.slice(1) }));
      const wrong = wrongInput(step, inputs);
      if (wrong !== null) throw new ShapeError({ op: step.name, ...wrong });
      forward = forwardOf(step.definition.layer(step.spec, { ...parts, inputs }));
      made.set(key, forward);
    }
    return forward(xs, options);
  };
}

/** The layer that a step becomes. @param parts  what it is made with; of a shared layer the parameters are shared, too */
export function layerOf(
  step: PlannedStep,
  parts: Omit<LayerParts, "inputs">,
  mode: Mode,
  isFrozen: boolean,
): ModelLayer {
  const { name, kind, spec, definition, inputs, output, sources, owner, example } = step;
  const layer = definition.layer(spec, { ...parts, inputs: example });
  const isFixed = inputs.every(({ shape }) => !shape.includes(ANY));
  const run = isFixed ? forwardOf(layer) : forwardByLength(step, parts);
  const byFullName = (variables: Readonly<Record<string, Variable>>) =>
    Object.fromEntries(Object.values(variables).map((x) => [x.name, x]));
  return {
    name,
    kind,
    spec,
    inputShape: inputs[0].shape,
    outputShape: output.shape,
    sources,
    owner,
    generator: parts.generator,
    isFrozen,
    layer,
    parameters: byFullName(parts.parameters),
    statistics: byFullName(parts.statistics),
    forward: (x, options = {}) => {
      checkForwardOptions(name, options);
      const given = Array.isArray(x) ? (x as readonly VariableLike[]) : [x as VariableLike];
      checkInputs(name, given.length, sources.length);
      const variables = given.map((one, i) => asVariable(name, one, given.length === 1 ? "x" : `x[${i}]`));
      return inLayer(name, () => run(variables, { train: !isFrozen && (options.train ?? isTraining(mode)) }));
    },
  };
}
