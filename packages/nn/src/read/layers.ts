/** The layers of a spec: whether each is of a known kind, and has the form of it. */
import type * as z from "zod/mini";
import type { KindForm } from "../layers/kind/layer-kind.ts";
import { isJson, layerName } from "../layers/kind/options.ts";
import type { Registry } from "../layers/registry.ts";
import { type LayerSpec, MOST_LAYERS, nestedLists, type StructureName, structures } from "../layers/structures.ts";
import type { UnclearLayer } from "../plan/unclear.ts";
import { MERGE, type Notes } from "./mend.ts";
import type { Mistake, Path } from "./mistake.ts";
import { isObject } from "./plain.ts";
import { kindSynonyms, optionSynonyms, type Synonyms } from "./synonyms.ts";
import { meant, shown, spaceHint } from "./words.ts";

/** How deep blocks may be nested. */
const DEEPEST = 16;

/** Reads lists of layers, and counts them. */
export class LayerReader {
  /** Those of all lists. */
  private count = 0;
  private readonly notes: Notes;
  private readonly registry: Registry;
  private readonly kindNames: readonly string[];
  private synonyms: Synonyms | null = null;
  /** Whether the names of all kinds were listed: once is enough. */
  private hasListed = false;

  constructor(registry: Registry, notes: Notes) {
    this.registry = registry;
    this.notes = notes;
    this.kindNames = [...registry.kinds.keys(), ...Object.keys(structures)];
  }

  /** Layers, as far as they were understood; null unless value is a list of layers. */
  list(value: unknown, path: Path, depth: number): (LayerSpec | UnclearLayer)[] | null {
    if (!Array.isArray(value) || value.length === 0 || value.length > MOST_LAYERS) return null;
    // Array.from keeps holes, which are missing layers; map would skip them.
    return Array.from(value as unknown[], (layer, i) => this.layer(layer, [...path, i], depth));
  }

  private layer(value: unknown, path: Path, depth: number): LayerSpec | UnclearLayer {
    if (++this.count > MOST_LAYERS) {
      if (this.count === MOST_LAYERS + 1) this.notes.add({ path, problem: `more than ${MOST_LAYERS} layers` });
      return unclear({}, null);
    }
    if (!isObject(value)) {
      const near = this.meant(value);
      const rule = near === undefined ? "a layer is an object with a kind" : `did you mean { "kind": "${near}" }?`;
      this.notes.add({ path, problem: `${shown(value)} is not a layer; ${rule}`, ...spaceHint(value) });
      return unclear({}, null);
    }
    const given: unknown = Object.hasOwn(value, "kind") ? value.kind : misnamedKind(value);
    // Without a space after its colon, or merged, the kind is part of a name.
    const slip = Object.keys(value).find((key) => key === MERGE || key.startsWith("kind:"));
    if (given === undefined && slip !== undefined) {
      this.notes.unknownName(slip, [], path);
      return unclear(value, null);
    }
    const kind = this.kind(given, path);
    if (kind === null) return unclear(value, null);
    const isStructure = Object.hasOwn(structures, kind);
    const schema = isStructure ? structures[kind as StructureName].schema : this.registry.kinds.get(kind)?.schema;
    const known = Object.keys((schema as z.ZodMiniObject).shape);
    const layer = this.notes.read(schema as z.ZodMiniObject, { ...value, kind }, path, known, kind);
    if (layer === null) return unclear(value, kind);
    if (!isStructure && !this.isPlain(layer, path, kind)) return unclear(value, kind);
    if (!isStructure) return layer as unknown as LayerSpec;
    if (depth === DEEPEST) {
      this.notes.add({ path, kind, problem: `blocks are nested more than ${DEEPEST} deep` });
      return unclear(value, kind);
    }
    const inner = Object.fromEntries(
      nestedLists
        .filter((key) => layer[key] !== undefined)
        .map((key) => [key, this.list(layer[key], [...path, key], depth + 1)]),
    );
    if (Object.values(inner).includes(null)) return unclear(value, kind);
    return { ...layer, ...inner } as unknown as LayerSpec;
  }

  /** Whether options are plain JSON. Custom schemas may allow more, which files cannot store. */
  private isPlain(layer: Readonly<Record<string, unknown>>, path: Path, kind: string): boolean {
    const strange = Object.entries(layer).filter(([, option]) => option !== undefined && !isJson(option));
    for (const [key, option] of strange) {
      const problem = `${key} is ${shown(option)}; it must be plain JSON`;
      this.notes.add({ path: [...path, key], kind, problem, received: shown(option) });
    }
    return strange.length === 0;
  }

  /** The kind that was probably meant. */
  private meant(given: unknown): string | undefined {
    this.synonyms ??= kindSynonyms([...this.registry.kinds.values(), ...Object.values<KindForm>(structures)]);
    return meant(given, this.kindNames, this.synonyms);
  }

  /** The kind that a layer is of, or seems to be. */
  private kind(given: unknown, path: Path): string | null {
    if (typeof given === "string" && this.kindNames.includes(given)) return given;
    const near = this.meant(given);
    const what = given === undefined ? "has no kind" : `has the unknown kind ${shown(given)}`;
    this.notes.add({
      path: given === undefined ? path : [...path, "kind"],
      ...(near === undefined ? this.choice(what) : { problem: `${what}; did you mean "${near}"?` }),
      ...(given === undefined ? {} : { received: shown(given) }),
      ...(near === undefined ? {} : { fix: { path: [...path, "kind"], value: near } }),
    });
    return near ?? null;
  }

  /** The kinds to choose from, listed in full only once. */
  private choice(what: string): Pick<Mistake, "problem" | "hint"> {
    if (this.hasListed) return { problem: `${what}; the kinds are listed above` };
    this.hasListed = true;
    return {
      problem: `${what}; the kinds are ${this.kindNames.join(", ")}`,
      hint: "Pass custom layers as { use: [name] }, on the command line with --use FILE.",
    };
  }
}

/** The kind given under another name, such as type. */
function misnamedKind(value: Readonly<Record<string, unknown>>): unknown {
  const key = Object.keys(value).find((name) => meant(name, ["kind"], optionSynonyms) === "kind");
  return key === undefined ? undefined : value[key];
}

/** A placeholder for a layer that was not understood, with its name, so that references to it are valid. */
function unclear({ name }: { readonly name?: unknown }, kind: string | null): UnclearLayer {
  return { kind: null, seems: kind, ...(layerName.safeParse(name).success ? { name: name as string } : {}) };
}
