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

/** What stands in a list for a layer whose form is wrong: nothing is known of what it gives. */
export interface UnclearLayer {
  readonly kind: null;
  /** The kind that it seems to be of, if it seems to be of any. */
  readonly seems: string | null;
  readonly name?: string;
}

/** A spec that may hold layers and inputs which were not understood. */
export interface UnclearSpec extends Omit<ModelSpec, "input" | "inputs" | "layers"> {
  readonly input?: InputSpec | null;
  readonly inputs?: Readonly<Record<string, InputSpec | null>>;
  readonly layers: Layers;
}

type Layers = readonly (LayerSpec | UnclearLayer)[];

/** The steps of a spec, in order. */
export interface Expansion {
  readonly inputs: readonly (PlannedInput | UnclearInput)[];
  readonly steps: readonly Step[];
  /** The values that the model gives, by name. */
  readonly outputs: readonly { readonly name: string; readonly value: number }[];
  readonly mistakes: readonly Mistake[];
}

/** An input of which no more is known than its name. */
interface UnclearInput extends Pick<PlannedInput, "name" | "path"> {
  readonly shape: null;
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
export function inputsOf(spec: Pick<ModelSpec, "input" | "inputs">): PlannedInput[] {
  return unclearInputsOf(spec) as PlannedInput[];
}

function unclearInputsOf({ input, inputs }: Pick<UnclearSpec, "input" | "inputs">): (PlannedInput | UnclearInput)[] {
  const one = (name: string, path: Path, spec: InputSpec | null): PlannedInput | UnclearInput => {
    if (spec === null) return { name, path, shape: null };
    return Array.isArray(spec)
      ? { name, path, shape: spec as readonly number[], type: "float" }
      : { name, path, type: "float", ...(spec as Exclude<InputSpec, readonly number[]>) };
  };
  if (input !== undefined) return [one("input", ["input"], input)];
  return Object.entries(inputs ?? {}).map(([name, spec]) => one(name, ["inputs", name], spec));
}

/** A block that is repeated. */
interface Repetition {
  readonly path: Path;
  readonly name: string;
  readonly repeat: number;
}

/** How many pairs of letters may be compared to find the names that were meant. */
const MOST_COMPARED = 2e7;

/** How many names are shown where none is near. */
const MOST_SHOWN = 12;

/** Thrown inside when a spec unfolds to more layers than are allowed. */
class TooMany extends Error {}

/** The steps of a spec. What could not be understood gives a value that nothing is known of. */
export function expand(spec: UnclearSpec, kit: Kit): Expansion {
  return new Expander(spec, kit).run();
}

/** The value of a layer that is not understood. */
export const UNKNOWN = -1;

class Expander {
  private readonly inputs: readonly (PlannedInput | UnclearInput)[];
  private readonly steps: Step[] = [];
  private readonly mistakes: Mistake[] = [];
  /** Layers so far, those of repetitions counted each time. */
  private visited = 0;
  /** Whether all layers were understood: else what nothing takes may well be taken by the others. */
  private isComplete = true;
  /** Whether a layer is so wrong that its name is not known: names with a number may be other layers' then. */
  private hidesNames = false;
  private readonly used = new Set<number>();
  /** Which layer of the top list gives each value: what "never used" is said of. */
  private readonly given = new Map<number, { path: Path; name: string; kind: string }>();
  /** How much may still be spent on finding out which names were meant. */
  private searches = MOST_COMPARED;
  /** The blocks that are being repeated, and the one that made the most layers. */
  private readonly repetitions: Repetition[] = [];
  private largest: Repetition & { readonly layers: number } = { path: [], name: "", repeat: 1, layers: 0 };
  private readonly spec: UnclearSpec;
  private readonly kit: Kit;

  constructor(spec: UnclearSpec, kit: Kit) {
    this.spec = spec;
    this.kit = kit;
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
      this.findUnused();
      return { inputs: this.inputs, steps: this.steps, outputs, mistakes: this.mistakes };
    } catch (error) {
      if (!(error instanceof TooMany)) throw error;
      const problem = `blocks repeat to more than ${MOST_LAYERS.toLocaleString("en-US")} layers`;
      const mistakes = this.blamed().map(({ path, name }) => ({
        path: [...path, "repeat"],
        layer: name,
        kind: "block",
        problem,
        expected: `at most ${MOST_LAYERS} layers`,
        hint: "Repeat less.",
      }));
      return { inputs: this.inputs, steps: [], outputs: [], mistakes };
    }
  }

  /** The blocks that repeat too often: those being repeated, or else the one that made the most layers. */
  private blamed(): Repetition[] {
    const repeated = this.repetitions.filter(({ repeat }) => repeat > 1);
    return repeated.length > 0 ? repeated : [this.largest];
  }

  /** A list of layers; returns the value that the last one gives. */
  private list(layers: Layers, path: Path, prefix: string, scope: Scope, first: number | null): number {
    const names = this.namesOf(layers, path, scope);
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
      const sources = this.sources(layer, at, full, scope, last);
      last = this.layer(layer, at, full, sources, scope, full);
      scope.names.set(name as string, { value: last, layer: { spec: layer, path: at, name: full, scope } });
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
    const start = this.visited;
    const repetition = { path, name, repeat };
    this.repetitions.push(repetition);
    for (let k = 1; k <= repeat; k++) {
      const part = repeat === 1 ? "" : `.${k}`;
      const before = this.mistakes.length;
      value = this.inside(layers, [...path, "layers"], name + part, value, outer, owner + part);
      // What is wrong once is wrong each time.
      if (this.mistakes.length > before) {
        value = UNKNOWN;
        break;
      }
    }
    this.repetitions.pop();
    if (this.visited - start > this.largest.layers) this.largest = { ...repetition, layers: this.visited - start };
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
  private inside(layers: Layers, path: Path, name: string, input: number, outer: Scope, owner: string): number {
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
    if (found?.value === UNKNOWN && found.layer === null) return UNKNOWN;
    if (found?.layer === undefined || found.layer === null) {
      if (this.mayBeHidden(layer.layer)) return UNKNOWN;
      const problem = `there is no layer "${layer.layer}" above`;
      const at = [...path, "layer"];
      const meant = this.suggestion(layer.layer, scope, at, (named) => named.layer !== null);
      this.mistakes.push({ path: at, layer: name, kind: layer.kind, problem, received: layer.layer, ...meant });
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
      if (this.mayBeHidden(wanted)) return UNKNOWN;
      const place = [...path, "from", ...(typeof from === "string" ? [] : [i])];
      const problem = `takes from "${wanted}", and there is no such layer or input above`;
      const meant = this.suggestion(wanted, scope, place, () => true);
      this.mistakes.push({ path: place, layer: name, kind: layer.kind, problem, received: wanted, ...meant });
      return UNKNOWN;
    });
  }

  /** Whether a name may be that of a layer which is too wrong to have one. */
  private mayBeHidden(name: string): boolean {
    return this.hidesNames && /\d$/.test(name);
  }

  /** The name that was meant, or what names there are. */
  private suggestion(
    wanted: string,
    scope: Scope,
    path: Path,
    allowed: (named: Named) => boolean,
  ): Pick<Mistake, "hint" | "fix"> {
    const known = new Set<string>();
    for (let at: Scope | null = scope; at !== null; at = at.outer) {
      for (const [name, named] of at.names) {
        // Names inside hide those around them.
        if (!allowed(named) || known.has(name)) continue;
        known.add(name);
        this.searches -= wanted.length * name.length;
        if (this.searches < 0 && known.size > MOST_SHOWN) break;
      }
    }
    const meant = this.searches < 0 ? undefined : nearest(wanted, [...known]);
    if (meant !== undefined) return { hint: `Did you mean "${meant}"?`, fix: { path, value: meant } };
    if (known.size === 0) return { hint: "There are none above." };
    const shown = [...known].slice(0, MOST_SHOWN).map((name) => `"${name}"`);
    const all = `${shown.join(", ")}${known.size > shown.length ? ", …" : ""}`;
    return { hint: `Above are ${all}; layers below cannot be taken from.` };
  }

  /** Names for layers that have none: their kind and number. Names that stand twice are mistakes. */
  private namesOf(layers: Layers, path: Path, scope: Scope): (string | null)[] {
    const taken = new Map<string, number | null>();
    for (const name of scope.names.keys()) taken.set(name, null);
    layers.forEach((layer, i) => {
      const { name } = layer;
      if (name === undefined) return;
      const before = taken.get(name);
      if (before === undefined) taken.set(name, i);
      else {
        const whose = before === null ? "an input" : `layers[${before}]`;
        this.mistakes.push({
          path: [...path, i, "name"],
          ...(layer.kind === null ? {} : { kind: layer.kind }),
          problem: `name is "${name}", as that of ${whose}; names must differ`,
          received: name,
        });
      }
    });
    const counts = new Map<string, number>();
    return layers.map((layer) => {
      if (layer.name !== undefined) return layer.name;
      const kind = layer.kind ?? (layer as UnclearLayer).seems;
      if (kind === null) return null;
      const { prefix } = this.kit.kinds.get(kind) ?? structures[kind as StructureName];
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
      const path = ["outputs", i];
      if (outputs.indexOf(name) < i) {
        this.mistakes.push({ path, problem: `outputs[${i}] is "${name}" once more`, received: name });
        return [{ name, value: UNKNOWN }];
      }
      if (found === undefined && this.mayBeHidden(name)) return [{ name, value: UNKNOWN }];
      if (found !== undefined) {
        this.used.add(found.value);
        return [{ name, value: found.value }];
      }
      const problem = `outputs[${i}] is "${name}", and there is no such layer`;
      this.mistakes.push({ path, problem, received: name, ...this.suggestion(name, scope, path, () => true) });
      return [{ name, value: UNKNOWN }];
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
