/** From a spec to a network that runs: shapes are inferred and parameters made. */
import { type Variable, variable } from "@adjoint/autograd";
import { checkKind, checkOptions, nearest, type RandomGenerator, rng, SpecError, shown, sizeOf } from "@adjoint/tensor";
import type { LayerParts } from "../layers/kind/layer-kind.ts";
import { checkFloat, initialValue, type ParameterPlan } from "../layers/kind/parameter.ts";
import { registryOf, type Used } from "../layers/registry.ts";
import type { Plan, PlannedStep } from "../plan/plan.ts";
import type { ModelSpec } from "../read/model-spec.ts";
import { readModel, validOf } from "../read/parse.ts";
import { layerOf } from "./layer.ts";
import { Model } from "./model.ts";

/** Options of {@link build}. */
export interface BuildOptions {
  /** Seed of the initial weights and of dropout. Default 0. */
  readonly seed?: number;
  /** Element type of the parameters. Default float32. */
  readonly dtype?: "float32" | "float64";
  /** Layers made by `defineLayer` and ops made by `defineOp` that the spec names. */
  readonly use?: Used;
  /** Most numbers that all parameters together may have: a spec from anywhere cannot fill the memory. Default 2²⁸. */
  readonly maxParameters?: number;
  /**
   * Layers, or blocks of them, that do not learn: their parameters have no gradient and are not among `params`, and they run
   * for prediction even in training, so that running statistics stay. Default: none.
   */
  readonly frozen?: readonly string[];
}

/** The numbers of all parameters together, unless the caller allows more: 1 GiB in float32. */
const MOST_PARAMETERS = 2 ** 28;

/**
 * Builds the network that a spec describes: weights use He initialization before ReLU-like layers, Xavier otherwise,
 * biases are zero. The same spec, seed and dtype give the same network everywhere.
 *
 * @param spec  made by `model`, or read from JSON
 * @throws ModelSpecError when the spec is not valid or its shapes do not fit; SpecError when it has more parameters than
 *         are allowed
 */
export function build(spec: ModelSpec, options: BuildOptions = {}): Model {
  checkOptions("build", options, ["seed", "dtype", "use", "maxParameters", "frozen"]);
  const { seed = 0, dtype = "float32", use, maxParameters = MOST_PARAMETERS, frozen = [] } = options;
  checkFloat("build", dtype);
  const { spec: checked, plan } = validOf("build", readModel("build", spec, use));
  checkParameters(plan, maxParameters);
  checkFrozen(plan, frozen);
  const generator = rng(seed);
  return assemble(checked, plan, {
    ops: registryOf("build", use).ops,
    dtype,
    generatorFor: () => generator.split(),
    nameOf: (layer, key) => `${layer}.${key}`,
    isFrozen: (layer) => frozen.some((name) => layer === name || layer.startsWith(`${name}.`)),
  });
}

/** @throws SpecError for names that are neither of layers nor of blocks */
function checkFrozen({ steps }: Plan, frozen: readonly string[]): void {
  checkKind("build", "frozen", frozen, Array.isArray(frozen), "a list of names");
  const names = new Set(
    steps.flatMap(({ name }) => name.split(".").map((_, i, parts) => parts.slice(0, i + 1).join("."))),
  );
  for (const name of frozen) {
    if (names.has(name)) continue;
    const meant = nearest(String(name), [...names]);
    throw SpecError.of("build", "frozen", name, "names of layers or blocks", {
      problem: `the model has no layer or block ${shown(name)}`,
      ...(meant === undefined ? {} : { hint: `Did you mean ${shown(meant)}?` }),
    });
  }
}

/** What parameters are made with. */
interface Making {
  readonly ops?: LayerParts["ops"];
  readonly dtype: "float32" | "float64";
  /** The generator for a layer: draws its weights, and random numbers while it runs. */
  readonly generatorFor: (kind: string) => RandomGenerator;
  /** The full name of a parameter of a layer. */
  readonly nameOf: (layer: string, key: string) => string;
  /** Whether a layer does not learn. Default: all do. */
  readonly isFrozen?: (layer: string) => boolean;
}

/** The model of a plan, its parameters made in the order of its steps. */
export function assemble(spec: ModelSpec, plan: Plan, making: Making): Model {
  const { ops = new Map(), dtype, isFrozen = () => false } = making;
  const rectified = rectifiedSteps(plan);
  const mode = { train: false };
  const owned = new Map<string, Owned>();
  const made = plan.steps.map((step, i) => {
    const { name, owner } = step;
    if (owner === name) owned.set(name, ownedBy(step, rectified[i], making));
    // A shared layer has nothing of its own but its inputs, whose shapes may be others.
    return layerOf(step, { ...(owned.get(owner) as Owned), ops }, mode, isFrozen(owner));
  });
  return new Model(spec, plan, made, mode, dtype);
}

function checkParameters({ steps }: Plan, most: number): void {
  const own = steps.filter(({ name, owner }) => name === owner);
  const plans = own.flatMap(({ parameters, statistics }) => Object.values({ ...parameters, ...statistics }));
  const count = plans.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  if (count <= most) return;
  throw SpecError.of("build", "spec", shown(count), `at most ${most.toLocaleString("en-US")}`, {
    problem: `the model has ${count.toLocaleString("en-US")} parameters`,
    hint: `To allow more, pass { maxParameters: ${count} }.`,
  });
}

/** For each step whether what it gives goes through a rectifier next, layers that weights do not mind aside. */
function rectifiedSteps({ steps, inputs }: Plan): boolean[] {
  const next = new Array<number>(steps.length).fill(-1);
  const rectified = new Array<boolean>(steps.length).fill(false);
  for (let i = steps.length - 1; i >= 0; i--) {
    const { definition } = steps[next[i]] ?? {};
    if (definition !== undefined)
      rectified[i] = definition.isTransparent === true ? rectified[next[i]] : definition.isRectifier === true;
    for (const source of steps[i].sources) if (source >= inputs.length) next[source - inputs.length] = i;
  }
  return rectified;
}

/** What a layer has, and those that share it use. */
type Owned = Pick<LayerParts, "parameters" | "statistics" | "generator">;

/** Makes what a step has. Weights are drawn before the layer runs, in the order in which the step names them. */
function ownedBy(
  { name, kind, parameters, statistics }: PlannedStep,
  isRectified: boolean,
  { dtype, generatorFor, nameOf, isFrozen = () => false }: Making,
): Owned {
  const generator = generatorFor(kind);
  const made = (plans: Readonly<Record<string, ParameterPlan>>, requiresGrad: boolean): Record<string, Variable> =>
    Object.fromEntries(
      Object.entries(plans).map(([key, plan]) => {
        const x = variable(initialValue(plan, isRectified, dtype, generator), { requiresGrad });
        x.name = nameOf(name, key);
        return [key, x];
      }),
    );
  return { parameters: made(parameters, !isFrozen(name)), statistics: made(statistics, false), generator };
}
