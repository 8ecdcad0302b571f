/** Scopes: which names are visible at a place of a spec, and the likely one for an unknown name. */
import { nearest } from "@adjoint/tensor";
import type { LayerSpec } from "../layers/structures.ts";
import type { Mistake, Path } from "../read/mistake.ts";

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
