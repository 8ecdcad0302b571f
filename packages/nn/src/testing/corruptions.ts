/** Ways to make a valid spec wrong, as data: what tests of errors run on. */
import fc from "fast-check";
import type { ModelSpec } from "../read/model-spec.ts";

export type Path = readonly (string | number)[];

/** A spec that was valid before one place of it was changed. */
export interface Corrupted {
  readonly value: unknown;
  readonly path: Path;
  readonly what: string;
}

const cycle: Record<string, unknown> = {};
cycle.self = cycle;
const sparse = new Array<unknown>(5);
sparse[3] = 1;
let deep: unknown = [];
for (let depth = 0; depth < 10_000; depth++) deep = { layers: [deep], kind: "block" };

/** Values that hardly any option takes. */
const strangers: readonly unknown[] = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  -1,
  -0,
  0.5,
  1e9,
  2 ** 31,
  "",
  "x".repeat(100_000),
  "__proto__",
  "constructor",
  "input",
  null,
  undefined,
  true,
  [],
  {},
  [[]],
  [1e9, 1e9],
  sparse,
  new Array(1e9),
  cycle,
  deep,
  7n,
  () => 3,
  Symbol("s"),
  new Date(0),
  { kind: "relu" },
  JSON.parse('{ "__proto__": { "polluted": true } }'),
];

/** All places in a value: paths of entries of objects and lists. */
export function placesIn(value: unknown, path: Path = []): Path[] {
  if (value === null || typeof value !== "object") return [];
  const keys: (string | number)[] = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return keys.flatMap((key) => {
    const place = [...path, key];
    return [place, ...placesIn((value as Record<string | number, unknown>)[key], place)];
  });
}

/** What stands at a place. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce((at, key) => (at as Record<string | number, unknown> | undefined)?.[key], value);
}

/** A copy with another value at a place. */
export function withValue(value: unknown, path: Path, replacement: unknown): unknown {
  const copy = structuredClone(value);
  const parent = valueAt(copy, path.slice(0, -1)) as object;
  Object.defineProperty(parent, path[path.length - 1], {
    value: replacement,
    enumerable: true,
    configurable: true,
    writable: true,
  });
  return copy;
}

function without(value: unknown, path: Path): unknown {
  const copy = structuredClone(value);
  const parent = valueAt(copy, path.slice(0, -1)) as Record<string | number, unknown>;
  const key = path[path.length - 1];
  if (Array.isArray(parent)) parent.splice(key as number, 1);
  else delete parent[key];
  return copy;
}

function renamed(value: unknown, path: Path, name: string): unknown {
  return withValue(without(value, path), [...path.slice(0, -1), name], valueAt(value, path));
}

/** Exchanges an entry of a list with the one behind it. */
function swapped(value: unknown, path: Path): unknown {
  const copy = structuredClone(value);
  const list = valueAt(copy, path.slice(0, -1)) as unknown[];
  const i = path[path.length - 1] as number;
  [list[i], list[i + 1]] = [list[i + 1], list[i]];
  return copy;
}

/** One random corruption of a spec, somewhere. */
export function corruptionOf(spec: ModelSpec): fc.Arbitrary<Corrupted> {
  const places = placesIn(spec);
  const layers = places.filter((path) => ["layers", "shortcut"].includes(String(path[path.length - 2])));
  const names = layers.flatMap((path) => (valueAt(spec, path) as { name?: string }).name ?? []);
  const anywhere = fc.constantFrom(...places);
  const inLayer = fc.constantFrom(...layers);
  const numbers = places.filter((path) => typeof valueAt(spec, path) === "number");
  return fc.oneof(
    fc
      .tuple(anywhere, fc.constantFrom(...strangers))
      .map(([path, stranger]) => ({ value: withValue(spec, path, stranger), path, what: "another value" })),
    anywhere.map((path) => ({ value: without(spec, path), path, what: "left out" })),
    fc
      .tuple(anywhere, fc.constantFrom("x", "__proto__", "constructor", "toJSON", "units"))
      .filter(([path]) => typeof path[path.length - 1] === "string")
      .map(([path, name]) => ({ value: renamed(spec, path, name), path, what: "renamed" })),
    fc
      .tuple(inLayer, fc.constantFrom("__proto__", "constructor", "toString", "x"), fc.constantFrom(...strangers))
      .map(([path, key, stranger]) => ({
        value: withValue(spec, [...path, key], stranger),
        path: [...path, key],
        what: "one more",
      })),
    fc
      .tuple(inLayer, fc.constantFrom<unknown>("nobody", "last", "input", ["input", "nobody"], ...names, names))
      .map(([path, from]) => ({
        value: withValue(spec, [...path, "from"], from),
        path: [...path, "from"],
        what: "from",
      })),
    fc.tuple(inLayer, fc.constantFrom("input", "last", "relu1", ...names)).map(([path, name]) => ({
      value: withValue(spec, [...path, "name"], name),
      path: [...path, "name"],
      what: "name",
    })),
    inLayer.map((path) => ({ value: swapped(spec, path), path, what: "swapped" })),
    fc.tuple(fc.constantFrom(...numbers), fc.constantFrom(-1, 1, 7, 1e6, 2 ** 31 - 1)).map(([path, more]) => ({
      value: withValue(spec, path, (valueAt(spec, path) as number) + more),
      path,
      what: "another number",
    })),
    fc
      .tuple(inLayer, fc.constantFrom("relu", "affine", "lstm", "pooling", "block", "shared", "nothing", "cnovolution"))
      .map(([path, kind]) => ({
        value: withValue(spec, [...path, "kind"], kind),
        path: [...path, "kind"],
        what: "kind",
      })),
  );
}
