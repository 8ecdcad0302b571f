/**
 * From anything (a value in a program, JSON from a file) to a valid spec, or an error that lists every mistake with its
 * place.
 */
import { checkOptions } from "@adjoint/tensor";
import { kitOf, type Used } from "../kinds/kit.ts";
import { layerPath, type Mistake, ModelSpecError, type Path, pathText } from "../mistake.ts";
import { type Plan, plan } from "../plan/plan.ts";
import type { ModelSpec } from "../spec/model.ts";
import { isObject, plainCopy } from "./plain.ts";
import { structureOf } from "./reader.ts";

/** Options of {@link model} and {@link parseModel}. */
export interface ModelOptions {
  /** Layers made by `defineLayer` and ops made by `defineOp` that the spec names. */
  readonly use?: Used;
}

/** A spec with its plan, or null and what is wrong. */
interface Read {
  readonly valid: { readonly spec: ModelSpec; readonly plan: Plan } | null;
  readonly mistakes: readonly Mistake[];
  /** Where in the given value the path of a mistake leads. */
  readonly given: (path: Path) => Path;
}

/** Everything that is wrong with a value that should be a spec; and the spec, if nothing is. */
export function readModel(op: string, value: unknown, use: Used | undefined): Read {
  return readCopy(op, plainCopy(value), use);
}

function readCopy(op: string, copy: unknown, use: Used | undefined): Read {
  const kit = kitOf(op, use);
  const { mistakes, mended, given } = structureOf(copy, kit);
  if (mistakes.length > 0) {
    const wrong = new Set(mistakes.map(({ path }) => pathText(placeOf(path))));
    const more = mended === null ? [] : plan(mended, kit);
    // A layer with a wrong form is told once: what its mended form does wrong may be due to the mending.
    const others = Array.isArray(more)
      ? (more as readonly Mistake[]).filter(({ path }) => !wrong.has(pathText(placeOf(path))))
      : [];
    return { valid: null, mistakes: inOrder([...mistakes, ...others]), given };
  }
  const spec = copy as ModelSpec;
  const found = plan(spec, kit);
  if (Array.isArray(found)) return { valid: null, mistakes: inOrder(found as readonly Mistake[]), given };
  return { valid: { spec, plan: found as Plan }, mistakes: [], given };
}

/** The layer that a path leads into, or the part of the model. */
function placeOf(path: Path): Path {
  const layer = layerPath(path);
  return layer.length > 0 ? layer : path.slice(0, 1);
}

/** Mistakes of the model first, then those of the layers from the first to the last. */
function inOrder(mistakes: readonly Mistake[]): Mistake[] {
  const rank = ({ path }: Mistake): string =>
    path.map((key) => (typeof key === "number" ? String(key).padStart(6, "0") : key)).join("\u0000");
  const layer = (mistake: Mistake): boolean => mistake.path[0] === "layers" && mistake.path.length > 1;
  return [...mistakes].sort((a, b) => {
    if (layer(a) !== layer(b)) return layer(a) ? 1 : -1;
    if (!layer(a)) return 0;
    const [left, right] = [rank({ ...a, path: layerPath(a.path) }), rank({ ...b, path: layerPath(b.path) })];
    return left < right ? -1 : left > right ? 1 : 0;
  });
}

/**
 * Checks that a value is a model spec, and that its shapes fit.
 *
 * @returns the spec as plain JSON: a frozen copy, equal to what was given
 * @throws ModelSpecError listing all mistakes with their places and nearest fixes: unknown names, values out of range,
 *         wiring, shapes
 */
export function parseModel(value: unknown, options: ModelOptions = {}): ModelSpec {
  checkOptions("parseModel", options, ["use"]);
  return validOf("parseModel", readModel("parseModel", value, options.use)).spec;
}

/** @throws ModelSpecError listing what is wrong */
export function validOf(op: string, { valid, mistakes }: Read): NonNullable<Read["valid"]> {
  if (valid === null) throw new ModelSpecError(mistakes, { op });
  return valid;
}

/**
 * A model as data, checked: names, values, wiring and shapes, before any number is computed.
 *
 * `JSON.stringify` of the result is the file format.
 * @param spec  the model; `version` may be left out
 * @throws ModelSpecError as {@link parseModel}
 */
export function model(
  spec: Omit<ModelSpec, "version"> & { readonly version?: 1 },
  options: ModelOptions = {},
): ModelSpec {
  checkOptions("model", options, ["use"]);
  const copy = plainCopy(spec);
  return validOf(
    "model",
    readCopy("model", isObject(copy) ? Object.freeze({ version: 1, ...copy }) : copy, options.use),
  ).spec;
}
