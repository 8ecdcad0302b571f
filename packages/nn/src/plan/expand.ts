/**
 * From a spec to the steps that it means: blocks are taken apart and repeated, residuals become their layers and an add,
 * and every `from` becomes the number of a value. Names and wiring are checked; shapes are not known yet.
 */
import type { LayerKind } from "../layers/kind/layer-kind.ts";
import type { PlainLayerSpec } from "../layers/kind/options.ts";
import type { Registry } from "../layers/registry.ts";
import {
  type BlockSpec,
  type LayerSpec,
  type ResidualSpec,
  type SharedSpec,
  structures,
} from "../layers/structures.ts";
import { type PlannedInput, type UnclearInput, unclearInputsOf } from "../read/inputs.ts";
import { type Mistake, type Path, pathText } from "../read/mistake.ts";
import { Repetitions, TooMany } from "./repetitions.ts";
import { find, layerNames, type Named, type NamedLayer, NameSearch, type Scope, unusedMistakes } from "./scope.ts";
import { type Expansion, type Step, UNKNOWN } from "./steps.ts";
import type { Layers, UnclearSpec } from "./unclear.ts";

/** The steps of a spec. A layer that was not understood gives an unknown value. */
export function expand(spec: UnclearSpec, registry: Registry): Expansion {
  return new Expander(spec, registry).run();
}

const JOIN_FIRST = "Join them with an add or concat layer first.";

/** A layer that is expanded: its place, its full name, and the name that owns its parameters. */
interface Place {
  readonly layer: LayerSpec;
  readonly path: Path;
  readonly name: string;
  readonly owner: string;
  readonly scope: Scope;
}

class Expander {
  private readonly inputs: readonly (PlannedInput | UnclearInput)[];
  private readonly steps: Step[] = [];
  /** By place and problem, so that layers which run several times are reported once. */
  private readonly mistakes = new Map<string, Mistake>();
  /** Number of mistakes, repeated ones included. */
  private wrongs = 0;
  /** Whether all layers were understood. If not, unused values may be used by the others. */
  private isComplete = true;
  /** Whether the name of a layer is unknown, so that auto-numbered names are ambiguous. */
  private hidesNames = false;
  private readonly used = new Set<number>();
  /** The layer that outputs each value, for reports of unused ones. */
  private readonly given = new Map<number, NamedLayer>();
  private readonly search = new NameSearch();
  private readonly repetitions = new Repetitions();
  private readonly spec: UnclearSpec;
  private readonly registry: Registry;

  constructor(spec: UnclearSpec, registry: Registry) {
    this.spec = spec;
    this.registry = registry;
    this.inputs = unclearInputsOf(spec);
  }

  run(): Expansion {
    const scope: Scope = { names: new Map(), outer: null };
    this.inputs.forEach(({ name }, value) => {
      scope.names.set(name, { value, layer: null });
    });
    const { layers } = this.spec;
    try {
      const last = this.list(layers, ["layers"], "", scope, this.inputs.length === 1 ? 0 : null);
      const outputs = this.outputs(scope, last);
      if (this.wrongs === 0 && this.isComplete) {
        for (const mistake of unusedMistakes(this.inputs, this.given, this.used)) this.report(mistake);
      }
      return { inputs: this.inputs, steps: this.steps, outputs, mistakes: [...this.mistakes.values()] };
    } catch (error) {
      if (!(error instanceof TooMany)) throw error;
      return { inputs: this.inputs, steps: [], outputs: [], mistakes: this.repetitions.mistakes() };
    }
  }

  /** A list of layers; returns the value that the last one gives. */
  private list(layers: Layers, path: Path, prefix: string, scope: Scope, first: number | null): number {
    const names = layerNames(layers, path, scope, this.registry.kinds, (mistake) => this.report(mistake));
    let last = first;
    layers.forEach((layer, i) => {
      const at = [...path, i];
      const name = names[i];
      if (layer.kind === null) {
        last = UNKNOWN;
        this.isComplete = false;
        if (name !== null) scope.names.set(name, { value: UNKNOWN, layer: null });
        else this.hidesNames = true;
        return;
      }
      const full = prefix === "" ? (name as string) : `${prefix}.${name}`;
      const place: Place = { layer, path: at, name: full, owner: full, scope };
      last = this.layer(place, this.sources(place, last));
      scope.names.set(name as string, { value: last, layer: { spec: layer, path: at, name: full, scope } });
      this.given.set(last, { path: at, name: full, kind: layer.kind });
    });
    return last ?? UNKNOWN;
  }

  /** One layer; returns the value that it gives. */
  private layer(place: Place, sources: readonly number[]): number {
    this.repetitions.count();
    const { layer } = place;
    if (!Object.hasOwn(structures, layer.kind)) {
      const definition = this.registry.kinds.get(layer.kind) as LayerKind;
      return this.step(place, layer.kind, layer, definition, sources);
    }
    if (sources.length !== 1) return this.wrong(place, `takes one input, but from names ${sources.length}`, JOIN_FIRST);
    const [input] = sources;
    if (layer.kind === "shared") return this.shared(place, layer as SharedSpec, input);
    return layer.kind === "block"
      ? this.block(place, layer as BlockSpec, input)
      : this.residual(place, layer as ResidualSpec, input);
  }

  private step(
    place: Place,
    kind: string,
    spec: PlainLayerSpec,
    definition: LayerKind,
    sources: readonly number[],
  ): number {
    if (definition.joins ? sources.length < 2 : sources.length !== 1) {
      const takes = definition.joins ? "needs two or more inputs" : "takes one input";
      const hint = definition.joins ? 'Name the inputs: from: ["a", "b"].' : JOIN_FIRST;
      const names = spec.from === undefined ? "the layer before is only one" : `from names ${sources.length}`;
      return this.wrong(place, `${takes}, but ${names}`, hint, "from");
    }
    const { name, path, owner } = place;
    const { mask } = (definition.takesMask === true ? spec : {}) as { readonly mask?: string };
    const all = mask === undefined ? sources : [...sources, this.named(place, mask, ["mask"])];
    this.steps.push({ name, path, kind, definition, spec, sources: all, owner });
    return this.inputs.length + this.steps.length - 1;
  }

  private block({ path, name, owner, scope }: Place, { layers, repeat = 1 }: BlockSpec, input: number): number {
    return this.repetitions.within({ path, name, repeat }, () => {
      let value = input;
      for (let k = 1; k <= repeat; k++) {
        const part = repeat === 1 ? "" : `.${k}`;
        const before = this.wrongs;
        value = this.inside(layers, [...path, "layers"], name + part, value, scope, owner + part);
        // A mistake repeats each time, and an unknown value stays unknown. Neither counts as a layer.
        if (this.wrongs > before || value === UNKNOWN) return UNKNOWN;
      }
      return value;
    });
  }

  private residual(place: Place, { layers, shortcut }: ResidualSpec, input: number): number {
    const { path, name, owner, scope } = place;
    if (shortcut !== undefined) this.keepApart(layers, path);
    const residual = this.inside(layers, [...path, "layers"], name, input, scope, owner);
    const around =
      shortcut === undefined
        ? input
        : this.inside(shortcut, [...path, "shortcut"], `${name}.shortcut`, input, scope, `${owner}.shortcut`);
    this.used.add(residual).add(around);
    if (residual === UNKNOWN || around === UNKNOWN) return UNKNOWN;
    const add = this.registry.kinds.get("add") as LayerKind;
    return this.step(place, "residual", { kind: "add" }, add, [residual, around]);
  }

  /** Layers of a shortcut and of a block called shortcut would have the same names of parameters. */
  private keepApart(layers: Layers, path: Path): void {
    layers.forEach(({ kind, name }, i) => {
      if (name !== "shortcut" || kind === null || !Object.hasOwn(structures, kind)) return;
      const problem = 'the name "shortcut" is reserved for the layers of the shortcut';
      this.report({ path: [...path, "layers", i, "name"], kind, problem, received: name });
    });
  }

  /** The layers of a block; inside, "input" is what it takes. */
  private inside(layers: Layers, path: Path, name: string, input: number, outer: Scope, owner: string): number {
    const scope: Scope = { names: new Map([["input", { value: input, layer: null }]]), outer };
    const value = this.list(layers, path, name, scope, input);
    if (owner === name) return value;
    // Shared layers use the parameters of the original ones.
    for (let i = this.steps.length - 1; i >= 0 && this.steps[i].name.startsWith(`${name}.`); i--) {
      const step = this.steps[i];
      if (step.owner.startsWith(`${name}.`)) this.steps[i] = { ...step, owner: owner + step.owner.slice(name.length) };
    }
    return value;
  }

  private shared(place: Place, layer: SharedSpec, input: number): number {
    const { path, name, scope } = place;
    const found = find(scope, layer.layer);
    if (found?.value === UNKNOWN && found.layer === null) return UNKNOWN;
    if (found?.layer === undefined || found.layer === null) {
      const problem = `unknown layer "${layer.layer}"`;
      return this.unknown(place, layer.layer, problem, ["layer"], (named) => named.layer !== null);
    }
    const { spec, path: at, name: original, scope: home } = found.layer;
    if (spec.kind === "shared") {
      const hint = `Name the layer that it shares: "${(spec as SharedSpec).layer}".`;
      return this.wrong(place, `"${layer.layer}" is itself a shared layer`, hint, "layer");
    }
    const inner = Object.hasOwn(structures, spec.kind) ? at : path;
    return this.layer({ layer: spec, path: inner, name, owner: original, scope: home }, [input]);
  }

  /** The values that a layer takes. */
  private sources(place: Place, last: number | null): number[] {
    const { from } = place.layer;
    if (from === undefined) {
      if (last === null) {
        const names = this.inputs.map((input) => `"${input.name}"`).join(", ");
        const problem = "is the first layer, and the model has several inputs";
        return [this.wrong(place, problem, `Name one in from: ${names}.`)];
      }
      this.used.add(last);
      return [last];
    }
    return typeof from === "string"
      ? [this.named(place, from, ["from"])]
      : from.map((wanted, i) => this.named(place, wanted, ["from", i]));
  }

  /** The value that an option names. */
  private named(place: Place, wanted: string, keys: Path): number {
    const value = find(place.scope, wanted)?.value;
    if (value === undefined) {
      return this.unknown(place, wanted, `unknown layer or input "${wanted}" in ${keys[0]}`, keys);
    }
    this.used.add(value);
    return value;
  }

  /** Reports an unknown name, unless it may be the auto-numbered one of a layer that was not understood. */
  private unknown(
    { layer, path, name, scope }: Place,
    wanted: string,
    problem: string,
    keys: Path,
    allowed?: (named: Named) => boolean,
  ): number {
    if (this.mayBeHidden(wanted)) return UNKNOWN;
    const at = [...path, ...keys];
    const meant = this.search.suggestion(wanted, scope, at, allowed);
    this.report({ path: at, layer: name, kind: layer.kind, problem, received: wanted, ...meant });
    return UNKNOWN;
  }

  /** Whether a name may be the auto-numbered one of a layer that was not understood. */
  private mayBeHidden(name: string): boolean {
    return this.hidesNames && /\d$/.test(name);
  }

  private outputs(scope: Scope, last: number): { name: string; value: number }[] {
    const { outputs } = this.spec;
    if (outputs === undefined) {
      this.used.add(last);
      return [{ name: this.given.get(last)?.name ?? "output", value: last }];
    }
    return outputs.flatMap((name, i) => {
      const found = scope.names.get(name);
      const path = ["outputs", i];
      if (outputs.indexOf(name) < i) {
        this.report({ path, problem: `outputs[${i}] is "${name}", which is listed already`, received: name });
        return [{ name, value: UNKNOWN }];
      }
      if (found === undefined && this.mayBeHidden(name)) return [{ name, value: UNKNOWN }];
      if (found !== undefined) {
        this.used.add(found.value);
        return [{ name, value: found.value }];
      }
      const problem = `unknown layer "${name}" in outputs[${i}]`;
      const meant = this.search.suggestion(name, scope, path, undefined, (names) => `The layers are ${names}.`);
      this.report({ path, problem, received: name, ...meant });
      return [{ name, value: UNKNOWN }];
    });
  }

  private report(mistake: Mistake): void {
    this.wrongs++;
    const key = `${pathText(mistake.path)}: ${mistake.problem}`;
    if (!this.mistakes.has(key)) this.mistakes.set(key, mistake);
  }

  private wrong({ layer, path, name }: Place, problem: string, hint: string, key?: string): number {
    const place = key !== undefined && Object.hasOwn(layer, key) ? [...path, key] : path;
    this.report({ path: place, layer: name, kind: layer.kind, problem, hint });
    return UNKNOWN;
  }
}
