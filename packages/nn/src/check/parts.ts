/** The layers of a module: of a model, a network of the book, a list of layers, or one layer. */
import { Variable, type VariableLike } from "@adjoint/autograd";
import { SpecError } from "@adjoint/tensor";
import type { ForwardOptions } from "../layers/kind/layer-kind.ts";
import { type ModelTargets, targetFor } from "../model/inputs.ts";
import { Model } from "../model/model.ts";

/** A layer: what it computes, and (as fields of its own, or in `parameters`) what it learns. */
export interface CheckedLayer {
  /** Its name in the report. Default: its place. */
  readonly name?: string;
  /** The parameters whose gradients are checked, by name. */
  readonly parameters?: Readonly<Record<string, Variable>>;
  /** What the layer computes from `x`; `{ train }` says for what. */
  forward(x: VariableLike, options?: ForwardOptions): Variable;
}

/** The argument of {@link checkModule}: a model, an object with layers in order, or one layer. */
export type CheckedModule =
  | Model
  | CheckedLayer
  | { readonly layers: readonly CheckedLayer[] | Readonly<Record<string, CheckedLayer>> };

/** One layer, with its name and its parameters. */
export interface Part {
  readonly name: string;
  readonly parameters: Readonly<Record<string, Variable>>;
  /** The numbers of its inputs: the inputs of the module come first, then the output of each part. */
  readonly sources: readonly number[];
  readonly forward: (xs: readonly Variable[], options: Required<ForwardOptions>) => Variable;
}

function isLayer(value: unknown): value is CheckedLayer {
  return typeof (value as Partial<CheckedLayer> | null)?.forward === "function";
}

/** The losses of a module, each as a part. */
export function lossesOf(module: CheckedModule, t: ModelTargets, parts: readonly Part[]): Part[] {
  if (module instanceof Model) {
    const several = module.losses.length > 1;
    return module.losses.map(({ output, value, forward }) => ({
      name: several ? `loss of ${output}` : "loss",
      parameters: {},
      sources: [value],
      forward: ([y]) => forward(y, targetFor("checkModule", t, output, several)),
    }));
  }
  const last = (module as { readonly lastLayer?: { readonly forward?: unknown } }).lastLayer;
  if (typeof last?.forward !== "function") return [];
  const forward = last.forward as (y: Variable, t: VariableLike) => Variable;
  return [
    {
      name: "loss",
      parameters: {},
      sources: [parts.length],
      forward: ([y]) => forward.call(last, y, t as VariableLike),
    },
  ];
}

/** The parameters that a layer names, or else its own fields that are leaves which require a gradient. */
function parametersOf(layer: CheckedLayer): Record<string, Variable> {
  const { parameters } = layer;
  if (parameters !== null && typeof parameters === "object") return { ...parameters };
  const fields = Object.entries(layer).filter(
    (field): field is [string, Variable] => field[1] instanceof Variable && field[1].isLeaf && field[1].requiresGrad,
  );
  return Object.fromEntries(fields);
}

function part(layer: CheckedLayer, name: string, index: number): Part {
  const forward: Part["forward"] = ([x], options) => layer.forward(x, options);
  return { name, parameters: parametersOf(layer), sources: [index], forward };
}

/** The layers of a module, in order. @throws SpecError for a module without layers */
export function partsOf(module: CheckedModule): Part[] {
  if (module instanceof Model) {
    return module.layers.map((layer) => ({
      name: layer.name,
      parameters: layer.parameters,
      sources: layer.sources,
      forward: (xs, options) => layer.forward(xs, options),
    }));
  }
  const isThing = (typeof module === "object" && module !== null) || typeof module === "function";
  if (!isThing) throw withoutLayers(module);
  if ("layers" in module && Array.isArray(module.layers) && ("input" in module || "inputs" in module)) {
    const expected = "a model, a network with layers, or a layer with forward(x)";
    throw SpecError.of("checkModule", "module", "a spec", expected, {
      problem: "the module is a spec, which has no parameters yet",
      hint: "Call build(spec) first: checkModule(build(spec), x).",
    });
  }
  if ("layers" in module && module.layers !== null && typeof module.layers === "object") {
    const { layers } = module;
    const list: [string | undefined, CheckedLayer][] = Array.isArray(layers)
      ? layers.map((layer) => [layer?.name, layer])
      : Object.entries(layers);
    if (list.length > 0 && list.every(([, layer]) => isLayer(layer))) {
      return list.map(([name, layer], i) => part(layer, name ?? `layer${i + 1}`, i));
    }
  } else if (isLayer(module)) {
    return [part(module, module.name ?? (module.constructor?.name || "layer"), 0)];
  }
  throw withoutLayers(module);
}

function withoutLayers(module: unknown): SpecError {
  return SpecError.of("checkModule", "module", module, "a model, a network with layers, or a layer with forward(x)", {
    problem: "the module has no layers with a forward",
    hint: "Pass what build(spec) gives, a network of the book, or a layer.",
  });
}
