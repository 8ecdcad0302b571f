/** Reads any value (from a program or a file) as a spec, or reports every mistake with its place. */
import { checkOptions } from "@adjoint/tensor";
import { type Registry, registryOf, type Used } from "../layers/registry.ts";
import { type Plan, plan } from "../plan/plan.ts";
import type { UnclearSpec } from "../plan/unclear.ts";
import { readInputs } from "./inputs.ts";
import { LayerReader } from "./layers.ts";
import { readLosses, readMetrics } from "./losses.ts";
import { Notes } from "./mend.ts";
import { layerPath, type Mistake, ModelSpecError, type Path, pathText } from "./mistake.ts";
import { type ModelSpec, modelSchema } from "./model-spec.ts";
import { isObject, plainCopy } from "./plain.ts";
import { trainingSchema } from "./training-spec.ts";

/** Options of {@link model} and {@link parseModel}. */
export interface ModelOptions {
  /** Layers made by `defineLayer` and ops made by `defineOp` that the spec names. */
  readonly use?: Used;
}

/** A spec with its plan, or null and what is wrong. */
interface Read {
  readonly valid: { readonly spec: ModelSpec; readonly plan: Plan } | null;
  readonly mistakes: readonly Mistake[];
  /** The path of a mistake in the given value. */
  readonly given: (path: Path) => Path;
}

const modelFields = Object.keys(modelSchema.shape).filter((key) => key !== "$schema");

/** The parts of a value that were understood; null where none were. */
function understood(value: unknown, registry: Registry, notes: Notes): UnclearSpec | null {
  const own = notes.mend(modelSchema, value, [], modelFields);
  if (!isObject(value) || own === null) return null;
  // Wrong fields are checked as they are: they are not missing.
  const fields: Readonly<Record<string, unknown>> = { ...value, ...own };
  const inputs = readInputs(fields, notes);
  const layers = new LayerReader(registry, notes).list(fields.layers, ["layers"], 0);
  const losses = readLosses(fields, notes);
  readMetrics(fields.metrics, notes);
  if (fields.training !== undefined) {
    notes.read(trainingSchema, fields.training, ["training"], Object.keys(trainingSchema.shape));
  }
  if (layers === null) return null;
  const { input: _, inputs: __, loss: ___, losses: ____, ...rest } = own as unknown as UnclearSpec;
  return { ...rest, ...inputs, ...losses, layers };
}

/** The spec and plan of a value, or all its mistakes. */
export function readModel(op: string, value: unknown, use: Used | undefined): Read {
  return readCopy(op, plainCopy(value), use);
}

function readCopy(op: string, copy: unknown, use: Used | undefined): Read {
  const registry = registryOf(op, use);
  const notes = new Notes();
  const mended = understood(copy, registry, notes);
  const { mistakes } = notes;
  const given = (path: Path): Path => notes.given(path);
  if (mistakes.length > 0) {
    const wrong = new Set(mistakes.map(({ path }) => pathText(placeOf(path))));
    const more = mended === null ? [] : plan(mended, registry);
    // A layer with a wrong form is reported once: further mistakes may come from mending it.
    const all = Array.isArray(more) ? (more as readonly Mistake[]) : [];
    const others = all.filter(({ path }) => !wrong.has(pathText(placeOf(path))));
    return { valid: null, mistakes: inOrder([...mistakes, ...others]), given };
  }
  const spec = copy as ModelSpec;
  const found = plan(spec, registry);
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

/** @throws ModelSpecError listing all mistakes */
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
  const whole = isObject(copy) ? Object.freeze({ version: 1, ...copy }) : copy;
  return validOf("model", readCopy("model", whole, options.use)).spec;
}
