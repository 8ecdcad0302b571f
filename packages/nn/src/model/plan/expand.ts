/**
 * From a spec to the steps that it means: blocks are taken apart and repeated, residuals become their layers and an add,
 * and every `from` becomes the number of a value. Names and wiring are checked; shapes are not known yet.
 */
import { nearest } from "@adjoint/tensor";
import type { Kit } from "../kinds/kit.ts";
import type { LayerKind } from "../kinds/layer-kind.ts";
import { MOST_LAYERS, type StructureName, structures } from "../kinds/structures.ts";
import type { Mistake, Path } from "../mistake.ts";
import type { LayerBase } from "../spec/layer.ts";
import type { BlockSpec, InputSpec, LayerSpec, ModelSpec, ResidualSpec, SharedSpec } from "../spec/model.ts";

/** One layer that computes. */
export interface Step {
  /** Its whole name: `stage1.2.conv1`. */
  readonly name: string;
  /** Where it stands in the spec. */
  readonly path: Path;
  readonly kind: string;
  readonly definition: LayerKind;
  readonly spec: LayerBase;
  /** The values it takes: the inputs of the model come first, then what each step gives. */
  readonly sources: readonly number[];
  /** The name of the step whose parameters it uses: its own, but for shared layers. */
  readonly owner: string;
}

/** An input of a model. */
export interface PlannedInput {
  readonly name: string;
  readonly path: Path;
  readonly shape: readonly number[];
  readonly type: "float" | "labels";
}

/** The steps of a spec, in order. */
export interface Expansion {
  readonly inputs: readonly PlannedInput[];
  readonly steps: readonly Step[];
  /** The values that the model gives, by name. */
  readonly outputs: readonly { readonly name: string; readonly value: number }[];
  readonly mistakes: readonly Mistake[];
}

/** What names mean at one place: those of this list of layers, and around it those of the lists it stands in. */
interface Scope {
  readonly names: Map<string, Named>;
  readonly outer: Scope | null;
}

/** What a name stands for: a value, and for a layer where it is from. */
interface Named {
  readonly value: number;
  /** Null for inputs. */
  readonly layer: {
    readonly spec: LayerSpec;
    readonly path: Path;
    readonly name: string;
    readonly scope: Scope;
  } | null;
}

/** The inputs of a spec by name. */
export function inputsOf({ input, inputs }: Pick<ModelSpec, "input" | "inputs">): PlannedInput[] {
  const one = (name: string, path: Path, spec: InputSpec): PlannedInput =>
    Array.isArray(spec)
      ? { name, path, shape: spec as readonly number[], type: "float" }
      : { name, path, type: "float", ...(spec as Exclude<InputSpec, readonly number[]>) };
  if (input !== undefined) return [one("input", ["input"], input)];
  return Object.entries(inputs ?? {}).map(([name, spec]) => one(name, ["inputs", name], spec));
}

/** Thrown inside when a spec unfolds to more layers than are allowed. */
class TooMany extends Error {}

/**
 * The steps of a spec whose form is right. A layer that is null (it was too wrong to be understood) gives a value that
 * nothing is known of.
 */
export function expand(spec: ModelSpec, kit: Kit): Expansion {
  return new Expander(spec, kit).run();
}

/** The value of a layer that is not understood. */
export const UNKNOWN = -1;

class Expander {
  private readonly inputs: readonly PlannedInput[];
  private readonly steps: Step[] = [];
  private readonly mistakes: Mistake[] = [];
  /** Layers so far, those of repetitions counted each time. */
  private visited = 0;
  /** Whether all layers were understood: else what nothing takes may well be taken by the others. */
  private isComplete = true;
  private readonly used = new Set<number>();
  /** Which layer of the top list gives each value: what "never used" is said of. */
  private readonly given = new Map<number, { path: Path; name: string; kind: string }>();
  private readonly spec: ModelSpec;
  private readonly kit: Kit;

  constructor(spec: ModelSpec, kit: Kit) {
    this.spec = spec;
    this.kit = kit;
    this.inputs = inputsOf(spec);
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
      this.findUnused();
      return { inputs: this.inputs, steps: this.steps, outputs, mistakes: this.mistakes };
    } catch (error) {
      if (!(error instanceof TooMany)) throw error;
      const problem = `blocks repeat to more than ${MOST_LAYERS.toLocaleString("en-US")} layers`;
      const mistake = { path: ["layers"], problem, expected: `at most ${MOST_LAYERS} layers`, hint: "Repeat less." };
      return { inputs: this.inputs, steps: [], outputs: [], mistakes: [mistake] };
    }
  }

  /** A list of layers; returns the value that the last one gives. */
  private list(layers: readonly LayerSpec[], path: Path, prefix: string, scope: Scope, first: number | null): number {
    const names = this.namesOf(layers, path, scope);
    let last = first;
    layers.forEach((layer, i) => {
      const at = [...path, i];
      if (layer === null) {
        last = UNKNOWN;
        this.isComplete = false;
        return;
      }
      const name = names[i];
      const full = prefix === "" ? name : `${prefix}.${name}`;
      const sources = this.sources(layer, at, full, scope, last);
      last = this.layer(layer, at, full, sources, scope, full);
      scope.names.set(name, { value: last, layer: { spec: layer, path: at, name: full, scope } });
      this.given.set(last, { path: at, name: full, kind: layer.kind });
    });
    return last ?? UNKNOWN;
  }

  /** One layer; returns the value that it gives. `owner` is the name under which its parameters are kept. */
  private layer(
    layer: LayerSpec,
    path: Path,
    name: string,
    sources: readonly number[],
    scope: Scope,
    owner: string,
  ): number {
    if (++this.visited > MOST_LAYERS) throw new TooMany();
    if (!Object.hasOwn(structures, layer.kind)) return this.compute(layer, path, name, sources, owner);
    if (sources.length !== 1) {
      this.wrong(
        layer,
        path,
        name,
        `takes one input, and from names ${sources.length}`,
        "Join them by an add or concat layer before it.",
      );
      return UNKNOWN;
    }
    const [input] = sources;
    if (layer.kind === "shared") return this.shared(layer as SharedSpec, path, name, input, scope);
    if (layer.kind === "block") return this.block(layer as BlockSpec, path, name, input, scope, owner);
    return this.residual(layer as ResidualSpec, path, name, input, scope, owner);
  }

  private compute(layer: LayerSpec, path: Path, name: string, sources: readonly number[], owner: string): number {
    const definition = this.kit.kinds.get(layer.kind) as LayerKind;
    if (definition.joins ? sources.length < 2 : sources.length !== 1) {
      const takes = definition.joins ? "joins two inputs or more" : "takes one input";
      const hint = definition.joins ? 'Name them: from: ["a", "b"].' : "Join them by an add or concat layer before it.";
      const names = layer.from === undefined ? "the layer before is one" : `from names ${sources.length}`;
      this.wrong(layer, path, name, `${takes}, and ${names}`, hint, "from");
      return UNKNOWN;
    }
    this.steps.push({ name, path, kind: layer.kind, definition, spec: layer, sources, owner });
    return this.inputs.length + this.steps.length - 1;
  }

  private block(
    { layers, repeat = 1 }: BlockSpec,
    path: Path,
    name: string,
    input: number,
    outer: Scope,
    owner: string,
  ): number {
    let value = input;
    for (let k = 1; k <= repeat; k++) {
      const part = repeat === 1 ? "" : `.${k}`;
      const before = this.mistakes.length;
      value = this.inside(layers, [...path, "layers"], name + part, value, outer, owner + part);
      // What is wrong once is wrong each time.
      if (this.mistakes.length > before) return UNKNOWN;
    }
    return value;
  }

  private residual(
    { layers, shortcut }: ResidualSpec,
    path: Path,
    name: string,
    input: number,
    outer: Scope,
    owner: string,
  ): number {
    const residual = this.inside(layers, [...path, "layers"], name, input, outer, owner);
    const around =
      shortcut === undefined
        ? input
        : this.inside(shortcut, [...path, "shortcut"], `${name}.shortcut`, input, outer, `${owner}.shortcut`);
    this.used.add(residual).add(around);
    const definition = this.kit.kinds.get("add") as LayerKind;
    const sources = [residual, around];
    if (sources.includes(UNKNOWN)) return UNKNOWN;
    this.steps.push({ name, path, kind: "residual", definition, spec: { kind: "add" } as LayerBase, sources, owner });
    return this.inputs.length + this.steps.length - 1;
  }

  /** The layers of a block; inside, "input" is what it takes. */
  private inside(
    layers: readonly LayerSpec[],
    path: Path,
    name: string,
    input: number,
    outer: Scope,
    owner: string,
  ): number {
    const scope: Scope = { names: new Map([["input", { value: input, layer: null }]]), outer };
    const value = this.list(layers, path, name, scope, input);
    if (owner === name) return value;
    // Shared: what was made for these layers uses the parameters of those they stand for.
    for (let i = this.steps.length - 1; i >= 0 && this.steps[i].name.startsWith(`${name}.`); i--) {
      const step = this.steps[i];
      if (step.owner.startsWith(`${name}.`)) this.steps[i] = { ...step, owner: owner + step.owner.slice(name.length) };
    }
    return value;
  }

  private shared(layer: SharedSpec, path: Path, name: string, input: number, scope: Scope): number {
    const found = find(scope, layer.layer);
    if (found?.layer === undefined || found.layer === null) {
      const hint = this.suggestion(layer.layer, scope, (named) => named.layer !== null);
      this.wrong(layer, path, name, `there is no layer "${layer.layer}" above`, hint, "layer");
      return UNKNOWN;
    }
    const { spec, path: at, name: original, scope: home } = found.layer;
    if (spec.kind === "shared") {
      const hint = `Name the layer that it shares: "${(spec as SharedSpec).layer}".`;
      this.wrong(layer, path, name, `"${layer.layer}" is a shared layer itself`, hint, "layer");
      return UNKNOWN;
    }
    return this.layer(spec, Object.hasOwn(structures, spec.kind) ? at : path, name, [input], home, original);
  }

  /** The values that a layer takes. */
  private sources(layer: LayerSpec, path: Path, name: string, scope: Scope, last: number | null): number[] {
    const { from } = layer;
    if (from === undefined) {
      if (last === null) {
        const names = this.inputs.map((input) => `"${input.name}"`).join(", ");
        this.wrong(
          layer,
          path,
          name,
          "is the first layer and does not say from which input it takes",
          `Say from: one of ${names}.`,
        );
        return [UNKNOWN];
      }
      this.used.add(last);
      return [last];
    }
    return (typeof from === "string" ? [from] : from).map((wanted, i) => {
      const found = find(scope, wanted);
      if (found !== null) {
        this.used.add(found.value);
        return found.value;
      }
      const place = [...path, "from", ...(typeof from === "string" ? [] : [i])];
      const hint = this.suggestion(wanted, scope, () => true);
      this.mistakes.push({
        path: place,
        layer: name,
        kind: layer.kind,
        problem: `takes from "${wanted}", and there is no such layer or input above`,
        received: wanted,
        hint,
      });
      return UNKNOWN;
    });
  }

  private suggestion(wanted: string, scope: Scope, allowed: (named: Named) => boolean): string {
    const known: string[] = [];
    for (let at: Scope | null = scope; at !== null; at = at.outer) {
      for (const [name, named] of at.names) if (allowed(named)) known.push(name);
    }
    const meant = nearest(wanted, known);
    if (meant !== undefined) return `Did you mean "${meant}"?`;
    if (known.length === 0) return "There are none above.";
    const shown = known.slice(0, 12).map((name) => `"${name}"`);
    return `Above are ${shown.join(", ")}${known.length > shown.length ? ", …" : ""}; layers below cannot be taken from.`;
  }

  /** Names for layers that have none: their kind and number. Names that stand twice are mistakes. */
  private namesOf(layers: readonly LayerSpec[], path: Path, scope: Scope): string[] {
    const taken = new Map<string, number | null>();
    for (const name of scope.names.keys()) taken.set(name, null);
    layers.forEach((layer, i) => {
      const name = layer?.name;
      if (name === undefined) return;
      const before = taken.get(name);
      if (before === undefined) taken.set(name, i);
      else {
        const whose = before === null ? "an input" : `layers[${before}]`;
        this.mistakes.push({
          path: [...path, i, "name"],
          kind: layer.kind,
          problem: `name is "${name}", as that of ${whose}; names must differ`,
          received: name,
        });
      }
    });
    const counts = new Map<string, number>();
    return layers.map((layer) => {
      if (layer === null) return "";
      if (layer.name !== undefined) return layer.name;
      const prefix = (this.kit.kinds.get(layer.kind) ?? structures[layer.kind as StructureName]).prefix;
      let name: string;
      do {
        const k = (counts.get(prefix) ?? 0) + 1;
        counts.set(prefix, k);
        name = `${prefix}${k}`;
      } while (taken.has(name));
      return name;
    });
  }

  private outputs(scope: Scope, last: number): { name: string; value: number }[] {
    const { outputs } = this.spec;
    if (outputs === undefined) {
      this.used.add(last);
      return [{ name: this.given.get(last)?.name ?? "output", value: last }];
    }
    return outputs.flatMap((name, i) => {
      const found = scope.names.get(name);
      if (found !== undefined) {
        this.used.add(found.value);
        return [{ name, value: found.value }];
      }
      const path = ["outputs", i];
      const problem = `outputs[${i}] is "${name}", and there is no such layer`;
      this.mistakes.push({ path, problem, received: name, hint: this.suggestion(name, scope, () => true) });
      return [];
    });
  }

  /** Layers and inputs that nothing takes: what they compute would be lost. */
  private findUnused(): void {
    if (this.mistakes.length > 0 || !this.isComplete) return;
    this.inputs.forEach(({ name, path }, value) => {
      if (this.used.has(value)) return;
      this.mistakes.push({
        path,
        problem: `the input "${name}" is never used`,
        hint: `Take from it by from: "${name}", or leave it out.`,
      });
    });
    for (const [value, { path, name, kind }] of this.given) {
      if (value === UNKNOWN || this.used.has(value)) continue;
      const short = name.slice(name.lastIndexOf(".") + 1);
      this.mistakes.push({
        path,
        layer: name,
        kind,
        problem: "nothing takes its output",
        hint: `Take from it by from: "${short}", name it in outputs, or leave it out.`,
      });
    }
  }

  private wrong(layer: LayerSpec, path: Path, name: string, problem: string, hint: string, key?: string): void {
    const place = key !== undefined && Object.hasOwn(layer, key) ? [...path, key] : path;
    this.mistakes.push({ path: place, layer: name, kind: layer.kind, problem, hint });
  }
}

/** What a name means at a place, looked up from the inside out. */
function find(scope: Scope, name: string): Named | null {
  for (let at: Scope | null = scope; at !== null; at = at.outer) {
    const found = at.names.get(name);
    if (found !== undefined) return found;
  }
  return null;
}
