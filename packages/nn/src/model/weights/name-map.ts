/** Maps names to foreign ones: of a parameter, its layer, or a block around it. The longest mapped name counts. */
import type { Model } from "../model.ts";
import type { Layout, Source } from "./layouts/recipe.ts";
import type { Problem } from "./problems.ts";
import { didYouMean, quoted } from "./words.ts";

/** Foreign names by names of layers, blocks and parameters; "" is the whole model. */
export type WeightNames = Readonly<Record<string, string>>;

/** The place of the tensors of a parameter. */
export interface Place {
  /** The prefix of their names; for a parameter that is mapped itself, possibly the whole name. */
  readonly prefix: string;
  /** The entry of the map; null for the layer's own name. */
  readonly entry: string | null;
  /** Whether the entry is for this parameter alone. */
  readonly isOwn: boolean;
}

const join = (separator: string, ...parts: readonly string[]): string =>
  parts.filter((part) => part !== "").join(separator);

/** The place of a parameter of a layer. */
export function placeOf(parameter: string, layer: string, names: WeightNames, { separator }: Layout): Place {
  if (Object.hasOwn(names, parameter)) return { prefix: names[parameter], entry: parameter, isOwn: true };
  const parts = layer.split(".");
  for (let n = parts.length; n >= 0; n--) {
    const entry = parts.slice(0, n).join(".");
    if (!Object.hasOwn(names, entry)) continue;
    return { prefix: join(separator, names[entry], ...parts.slice(n)), entry, isOwn: false };
  }
  return { prefix: parts.join(separator), entry: null, isOwn: false };
}

/** The layer at the end of a prefix that is one of several in a recurrent module of PyTorch: `rnn_l1`. */
const stacked = /^(.*)(_l\d+)$/;

/** The names that a source may have at a place, the usual one first. */
export function candidates({ prefix }: Place, { names }: Source, { separator }: Layout): string[] {
  const direct = names.map((name) => join(separator, prefix, name));
  const [, module, level] = stacked.exec(prefix) ?? [];
  if (module === undefined) return direct;
  const levels = names
    .filter((name) => /_l0(_reverse)?$/.test(name))
    .map((name) => name.replace(/_l0(?=_reverse$|$)/, level));
  return [...levels.map((name) => join(separator, module, name)), ...direct];
}

/** The mistakes in a map. */
export function wrongNames(names: WeightNames, net: Model, parameters: readonly string[]): Problem[] {
  const known = new Set<string>(["", ...parameters]);
  const owners = new Map<string, string>();
  for (const { name, owner } of net.layers) {
    owners.set(name, owner);
    const parts = name.split(".");
    for (let n = 1; n <= parts.length; n++) known.add(parts.slice(0, n).join("."));
  }
  return Object.entries(names).flatMap(([name, foreign]): Problem[] => {
    const has = `names has ${quoted(name)}`;
    const owner = owners.get(name) ?? name;
    if (typeof foreign !== "string") return [{ text: `${has} with ${JSON.stringify(foreign)}`, isShape: false }];
    if (owner !== name) {
      const text = `${has}, which uses the parameters of ${quoted(owner)}`;
      return [{ text, isShape: false, hint: `Name ${owner}.` }];
    }
    if (known.has(name)) return [];
    const text = `${has}, which is not a layer, block or parameter${didYouMean(name, [...known])}`;
    return [{ text, isShape: false }];
  });
}
