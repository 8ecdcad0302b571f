/** The names of the layers of one list: their own, or their kind and number. */
import type { Registry } from "../layers/registry.ts";
import { type StructureName, structures } from "../layers/structures.ts";
import type { Mistake, Path } from "../read/mistake.ts";
import type { Scope } from "./scope.ts";
import type { Layers, UnclearLayer } from "./unclear.ts";

/**
 * The names of layers: their own, or prefix and number; null where the kind is unknown. Duplicates are reported.
 */
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
