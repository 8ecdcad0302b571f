/**
 * Names: those of the layers of a list, which are visible at a place of a spec, the likely one for an unknown name, and those
 * that nobody uses.
 */
import { nearest } from "@adjoint/tensor";
import type { Registry } from "../layers/registry.ts";
import { type LayerSpec, type StructureName, structures } from "../layers/structures.ts";
import type { PlannedInput } from "../read/inputs.ts";
import type { Mistake, Path } from "../read/mistake.ts";
import { UNKNOWN } from "./steps.ts";
import type { Layers, UnclearLayer } from "./unclear.ts";

/** The names visible at one place: those of this list of layers, and of the lists around it. */
export interface Scope {
  readonly names: Map<string, Named>;
  readonly outer: Scope | null;
}

/** What a name refers to: a value, and for a layer where it is from. */
export interface Named {
  readonly value: number;
  /** Null for inputs. */
  readonly layer: {
    readonly spec: LayerSpec;
    readonly path: Path;
    readonly name: string;
    readonly scope: Scope;
  } | null;
}

/** Looks a name up from the inside out. */
export function find(scope: Scope, name: string): Named | null {
  for (let at: Scope | null = scope; at !== null; at = at.outer) {
    const found = at.names.get(name);
    if (found !== undefined) return found;
  }
  return null;
}

/** Limit of compared pairs of letters. */
const MOST_COMPARED = 2e7;

/** How many names are shown where none is near. */
const MOST_SHOWN = 12;

/** Suggests names for unknown ones, within a limit of time. */
export class NameSearch {
  /** Pairs of letters that may still be compared. */
  private left = MOST_COMPARED;

  /** The likely name, or the names to choose from. */
  suggestion(
    wanted: string,
    scope: Scope,
    path: Path,
    allowed: (named: Named) => boolean = () => true,
    otherwise: (names: string) => string = (names) => `Earlier names are ${names}; later layers cannot be inputs.`,
  ): Pick<Mistake, "hint" | "fix"> {
    const known = new Set<string>();
    for (let at: Scope | null = scope; at !== null; at = at.outer) {
      for (const [name, named] of at.names) {
        // Names inside hide those around them.
        if (!allowed(named) || known.has(name)) continue;
        known.add(name);
        this.left -= wanted.length * name.length;
        if (this.left < 0 && known.size > MOST_SHOWN) break;
      }
    }
    const meant = this.left < 0 ? undefined : nearest(wanted, [...known]);
    if (meant !== undefined) return { hint: `Did you mean "${meant}"?`, fix: { path, value: meant } };
    if (known.size === 0) return { hint: "There are no earlier layers." };
    const shown = [...known].slice(0, MOST_SHOWN).map((name) => `"${name}"`);
    const all = `${shown.join(", ")}${known.size > shown.length ? ", …" : ""}`;
    return { hint: otherwise(all) };
  }
}

/** The names of layers: their own, or prefix and number; null where the kind is unknown. Duplicates are reported. */
export function layerNames(
  layers: Layers,
  path: Path,
  scope: Scope,
  kinds: Registry["kinds"],
  report: (mistake: Mistake) => void,
): (string | null)[] {
  const taken = new Map<string, number | null>();
  for (const name of scope.names.keys()) taken.set(name, null);
  layers.forEach((layer, i) => {
    const { name } = layer;
    if (name === undefined) return;
    const before = taken.get(name);
    if (before === undefined) taken.set(name, i);
    else {
      const whose = before === null ? "an input" : `layers[${before}]`;
      report({
        path: [...path, i, "name"],
        ...(layer.kind === null ? {} : { kind: layer.kind }),
        problem: `duplicate name "${name}", which is also that of ${whose}`,
        received: name,
      });
    }
  });
  const counts = new Map<string, number>();
  return layers.map((layer) => {
    if (layer.name !== undefined) return layer.name;
    const kind = layer.kind ?? (layer as UnclearLayer).seems;
    if (kind === null) return null;
    const { prefix } = kinds.get(kind) ?? structures[kind as StructureName];
    let name: string;
    do {
      const k = (counts.get(prefix) ?? 0) + 1;
      counts.set(prefix, k);
      name = `${prefix}${k}`;
    } while (taken.has(name));
    return name;
  });
}

/** A layer that gives a value. */
export interface NamedLayer {
  readonly path: Path;
  readonly name: string;
  readonly kind: string;
}

/**
 * Inputs and layers whose values are unused.
 *
 * @param given  the layer that gives each value
 * @param used   the values that are taken
 */
export function unusedMistakes(
  inputs: readonly Pick<PlannedInput, "name" | "path">[],
  given: ReadonlyMap<number, NamedLayer>,
  used: ReadonlySet<number>,
): Mistake[] {
  const ofInputs = inputs.flatMap(({ name, path }, value): Mistake[] => {
    if (used.has(value)) return [];
    const hint = `Use it with from: "${name}", or remove it.`;
    return [{ path, problem: `unused input "${name}"`, hint }];
  });
  const ofLayers = [...given].flatMap(([value, { path, name, kind }]): Mistake[] => {
    if (value === UNKNOWN || used.has(value)) return [];
    const short = name.slice(name.lastIndexOf(".") + 1);
    const hint = `Use it with from: "${short}", list it in outputs, or remove it.`;
    return [{ path, layer: name, kind, problem: "its output is unused", hint }];
  });
  return [...ofInputs, ...ofLayers];
}
