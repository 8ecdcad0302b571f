/** One loading of weights: the value of each parameter, and all mistakes. */
import { formatShape, type Shape, sameShape, Tensor } from "@adjoint/tensor";
import type { ModelLayer } from "../layer.ts";
import type { Model } from "../model.ts";
import type { Layout, Source } from "./layouts/recipe.ts";
import { layouts } from "./layouts/table.ts";
import { candidates, type Place, type WeightNames, wrongNames } from "./name-map.ts";
import type { Findings, Missing, Problem } from "./problems.ts";
import { type PlannedRecipe, recipesOf } from "./recipes.ts";
import { misfit } from "./state.ts";
import { quoted } from "./words.ts";

/** Tensors by name. */
export type Tensors = Readonly<Record<string, Tensor>>;

/** One loading: its values and mistakes. */
export class Loading implements Findings {
  readonly problems: Problem[] = [];
  readonly missing: Missing[] = [];
  unused: string[] = [];
  private readonly net: Model;
  private readonly state: Tensors;
  private readonly tensors: Tensors;
  private readonly names: WeightNames;
  private readonly layout: Layout;
  /** Names of tensors by their canonical spelling. */
  private readonly spellings = new Map<string, string>();
  private readonly used = new Set<string>();
  /** Entries of the map with a tensor. */
  private readonly matched = new Set<string>();

  constructor(net: Model, state: Tensors, tensors: Tensors, names: WeightNames, layout: Layout) {
    this.net = net;
    this.state = state;
    this.tensors = tensors;
    // Other values are reported by wrongNames.
    this.names = Object.fromEntries(Object.entries(names).filter(([, foreign]) => typeof foreign === "string"));
    this.layout = layout;
    this.problems.push(...wrongNames(names, net, Object.keys(state)));
  }

  /** The parameters that can be made. */
  all(partial: boolean): Record<string, Tensor> {
    const { net } = this;
    this.readNames();
    const made: Record<string, Tensor> = {};
    for (const planned of recipesOf(net, this.state, this.names, this.layout)) {
      const x = this.parameter(planned);
      if (x !== null) made[planned.parameter] = x;
    }
    if (partial) this.dropOptional();
    const { ignored, separator, canonical } = this.layout;
    const isIgnored = (name: string) => ignored.includes(canonical(name).split(separator).at(-1) as string);
    this.unused = Object.keys(this.tensors).filter((name) => !this.used.has(name) && !isIgnored(name));
    return made;
  }

  private readNames(): void {
    for (const name of Object.keys(this.tensors)) {
      const spelling = this.layout.canonical(name);
      const other = this.spellings.get(spelling);
      if (other === undefined) this.spellings.set(spelling, name);
      else {
        this.wrong(`${quoted(other)} and ${quoted(name)} are one name in Keras`);
        this.used.add(name);
      }
    }
  }

  /** Drops reports of parameters without any tensor, unless the map names one. */
  private dropOptional(): void {
    const kept = this.missing.filter(({ entry, isPart }) => isPart || (entry !== null && !this.matched.has(entry)));
    this.missing.splice(0, this.missing.length, ...kept);
  }

  /** The value of a parameter; null where it cannot be made. */
  private parameter({ parameter, layer, place, recipe }: PlannedRecipe): Tensor | null {
    const { state } = this;
    if ("problem" in recipe) {
      const sources = [{ names: [recipe.source], shapes: [] }];
      if (this.find(place, sources[0], true) === null) this.miss(parameter, place, sources, [null]);
      else this.wrong(`${parameter} ${recipe.problem}`, recipe.hint);
      return null;
    }
    const { sources, make } = recipe;
    const found = sources.map((source) => this.find(place, source, sources.length === 1));
    if (found.includes(null)) {
      this.miss(parameter, place, sources, found);
      return null;
    }
    const names = found as string[];
    const fits = names.map((name, i) => this.fits(parameter, layer, name, sources[i]));
    if (fits.includes(false)) return null;
    const x = make(names.map((name) => this.tensors[name]));
    const wrong = misfit(x, state[parameter]);
    if (wrong === null) return x;
    this.wrong(`${names.map(quoted).join(" and ")}, for ${parameter}, ${wrong.text}`);
    return null;
  }

  private miss(parameter: string, place: Place, sources: readonly Source[], found: readonly (string | null)[]): void {
    const absent = sources.filter((_, i) => found[i] === null);
    const whole = place.isOwn ? this.spelled(place.prefix) : undefined;
    if (sources.length > 1 && whole !== undefined) {
      this.used.add(whole);
      const all = sources.map(({ names: [name] }) => name).join(" and ");
      const problem = `${parameter} is made of ${all}, but names gives one tensor for it`;
      this.wrong(problem, "Give the prefix that both have.");
      return;
    }
    this.missing.push({
      parameter,
      wanted: absent.map((source) => candidates(place, source, this.layout)[0]),
      entry: place.entry,
      isPart: absent.length < sources.length,
    });
  }

  /** The name of the tensor of a source; null where there is none. */
  private find(place: Place, source: Source, isAlone: boolean): string | null {
    const whole = place.isOwn && isAlone ? [place.prefix] : [];
    for (const candidate of [...whole, ...candidates(place, source, this.layout)]) {
      const name = this.spelled(candidate);
      if (name === undefined) continue;
      this.used.add(name);
      if (place.entry !== null) this.matched.add(place.entry);
      return name;
    }
    return null;
  }

  private spelled(name: string): string | undefined {
    return this.spellings.get(this.layout.canonical(name));
  }

  /** Whether a tensor can be a source. */
  private fits(parameter: string, layer: ModelLayer, name: string, { shapes }: Source): boolean {
    const x: unknown = this.tensors[name];
    const shape = x instanceof Tensor ? shapes.find((one) => sameShape(one, x.shape)) : shapes[0];
    if (shape === undefined) {
      const { shape: given } = x as Tensor;
      const { shape: own } = this.state[parameter];
      const wanted = shapes.map((one) => formatShape(one)).join(" or ");
      const here = shapes.some((one) => sameShape(one, own)) ? "" : `, which is ${formatShape(own)} here`;
      const text = `${quoted(name)} has shape ${formatShape(given)}; ${parameter} takes ${wanted}${here}`;
      const hint = hintForShape(this.layout, layer, given, own);
      this.problems.push({ text, isShape: true, tensor: name, hint });
      return false;
    }
    const wrong = misfit(x, { shape, dtype: "float64" });
    if (wrong === null) return true;
    const what = x instanceof Tensor ? `is ${x.dtype}; weights are float32 or float64` : wrong.text;
    this.wrong(`${quoted(name)}, for ${parameter}, ${what}`);
    return false;
  }

  private wrong(text: string, hint?: string): void {
    this.problems.push({ text, isShape: false, hint });
  }
}

/** The likely reason of a wrong shape: an option of the layer, or another layout. */
function hintForShape(layout: Layout, { kind, inputShape }: ModelLayer, given: Shape, own: Shape): string | undefined {
  if (layout === layouts.adjoint && given.length === 2 && own[0] === given[1] && own[1] === given[0]) {
    return 'PyTorch keeps matrices the other way round: for its weights pass { layout: "pytorch" }.';
  }
  if (kind === "batchNormalization" && inputShape.length > 1 && sameShape(given, inputShape.slice(0, 1))) {
    return "One number for each channel is what batchNormalization({ perChannel: true }) has.";
  }
  if (layout === layouts.keras && kind === "gru" && given.length === 1) {
    return "The GRU here is Keras's with reset_after: true, whose bias has two rows.";
  }
  return undefined;
}
