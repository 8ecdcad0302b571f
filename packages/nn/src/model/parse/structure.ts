/**
 * Whether a value has the form of a spec: names, kinds, options and their ranges. What is wrong is told with its place, and
 * mended as far as it is clear what was meant, so that what comes after it can be checked, too.
 */
import { z } from "zod";
import type { Kit } from "../kinds/kit.ts";
import { count, isJson, layerName, penalty } from "../kinds/options.ts";
import { MOST_LAYERS, nestedLists, type StructureName, structures } from "../kinds/structures.ts";
import { metricSchema } from "../losses/metrics.ts";
import { losses } from "../losses/table.ts";
import type { Mistake, Path } from "../mistake.ts";
import type { UnclearLayer, UnclearSpec } from "../plan/unclear.ts";
import type { LossName } from "../spec/losses.ts";
import type { InputSpec, LayerSpec } from "../spec/model.ts";
import { isObject } from "./plain.ts";
import { meant, shown, suggestion } from "./words.ts";

/** How deep blocks may stand in blocks. */
const DEEPEST = 16;

const shapeRule = { error: "must be the shape of one sample, 1 to 8 numbers, for example [1, 28, 28]" };
/** The shape of one sample. */
export const shape = z.array(count(1), shapeRule).min(1, shapeRule).max(8, shapeRule);
const inputRule = {
  error:
    'must be the shape of one sample, 1 to 8 numbers, for example [1, 28, 28], or { "shape": [20], "type": "labels" }',
};
/** An input whose numbers may be labels. */
export const typedInput = z.strictObject({ shape, type: z.enum(["float", "labels"]).optional() });
const layersRule = { error: `must be an array of 1 to ${MOST_LAYERS} layers` };
const nameRule = { error: "must be a text of at most 200 characters" };
const outputsRule = { error: "must be a list of 1 to 64 names of layers" };
const manyRule = { error: "must be an object with 1 to 64 names" };
const metricsRule = { error: 'must be a list of metrics, for example ["accuracy"], or such lists by output' };

/** A record of some names: 1 to 64, so that whatever goes through them ends. */
const several = z
  .record(z.string(), z.unknown(), manyRule)
  .refine((record) => Object.keys(record).length >= 1 && Object.keys(record).length <= 64, manyRule);

/** The form of a model; layers, losses and inputs are looked at one by one. */
export const modelSchema = z.strictObject(
  {
    $schema: z.string(nameRule).max(2000, nameRule).optional(),
    version: z.literal(1),
    name: z.string(nameRule).max(200, nameRule).optional(),
    input: z.unknown().optional(),
    inputs: several.optional(),
    layers: z.array(z.unknown(), layersRule).min(1, layersRule).max(MOST_LAYERS, layersRule),
    outputs: z.array(z.string(nameRule), outputsRule).min(1, outputsRule).max(64, outputsRule).optional(),
    loss: z.unknown().optional(),
    losses: several.optional(),
    metrics: z.union([z.array(z.unknown()), z.record(z.string(), z.array(z.unknown()))], metricsRule).optional(),
    weightDecay: penalty.optional(),
    l1: penalty.optional(),
  },
  { error: "must be an object such as model({ input, layers, loss }) returns" },
);

const modelFields = Object.keys(modelSchema.shape).filter((key) => key !== "$schema");

/** What was found: a spec that can be looked at further, as far as it was understood, and all mistakes of form. */
export interface Structure {
  readonly mistakes: readonly Mistake[];
  /** Null where nothing is left to look at. */
  readonly mended: UnclearSpec | null;
}

/** The form of a value, and what is wrong with it. */
export function structureOf(value: unknown, kit: Kit): Structure {
  return new Reader(kit).model(value);
}

class Reader {
  private readonly mistakes: Mistake[] = [];
  private layersRead = 0;
  private readonly kit: Kit;
  private readonly kindNames: readonly string[];

  constructor(kit: Kit) {
    this.kit = kit;
    this.kindNames = [...kit.kinds.keys(), ...Object.keys(structures)];
  }

  model(value: unknown): Structure {
    const own = this.read(modelSchema, value, [], modelFields);
    if (!isObject(value) || own === null) return { mistakes: this.mistakes, mended: null };
    const inputs = this.inputs(value);
    const layers = this.list(value.layers, ["layers"], 0);
    const losses = this.lossesOf(value);
    this.metricsOf(value.metrics);
    if (layers === null) return { mistakes: this.mistakes, mended: null };
    const { input: _, inputs: __, loss: ___, losses: ____, ...rest } = own;
    return { mistakes: this.mistakes, mended: { ...rest, ...inputs, ...losses, layers } as unknown as UnclearSpec };
  }

  /** The inputs, as null where they are not understood: of shapes behind them nothing is known then. */
  private inputs({ input, inputs }: Readonly<Record<string, unknown>>): Pick<UnclearSpec, "input" | "inputs"> {
    if (input === undefined && inputs === undefined) {
      this.mistakes.push({
        path: ["input"],
        problem: "input is missing",
        hint: "Say the shape of one sample: input: [1, 28, 28].",
      });
    }
    if (input !== undefined && inputs !== undefined) {
      this.mistakes.push({
        path: ["inputs"],
        problem: "there are both input and inputs",
        hint: "Use inputs for several, input for one.",
      });
    }
    const only = input === undefined ? null : this.input(input, ["input"]);
    if (!isObject(inputs)) return { input: only };
    const byName = Object.entries(inputs).map(([name, of]) => {
      if (layerName.safeParse(name).success) return [name, this.input(of, ["inputs", name])] as const;
      const problem = `the input name ${shown(name)} is no name of letters, digits, _ and -`;
      this.mistakes.push({ path: ["inputs", name], problem });
      return [name, null] as const;
    });
    return { inputs: Object.fromEntries(input === undefined ? byName : [...byName, ["input", null]]) };
  }

  private input(value: unknown, path: Path): InputSpec | null {
    const before = this.mistakes.length;
    if (Array.isArray(value)) this.read(shape, value, path, []);
    else if (isObject(value)) this.read(typedInput, value, path, ["shape", "type"]);
    else this.mistakes.push({ path, problem: `${path.join(".")} is ${shown(value)}; it ${inputRule.error}` });
    return this.mistakes.length === before ? (value as InputSpec) : null;
  }

  /** Layers, as far as they were understood; null for what is no list of layers. */
  private list(value: unknown, path: Path, depth: number): (LayerSpec | UnclearLayer)[] | null {
    if (!Array.isArray(value) || value.length === 0 || value.length > MOST_LAYERS) return null;
    // A hole in the array is a layer that is missing, which map alone would pass over.
    return Array.from(value as unknown[], (layer, i) => this.layer(layer, [...path, i], depth));
  }

  private layer(value: unknown, path: Path, depth: number): LayerSpec | UnclearLayer {
    if (++this.layersRead > MOST_LAYERS) {
      if (this.layersRead === MOST_LAYERS + 1)
        this.mistakes.push({ path, problem: `there are more than ${MOST_LAYERS} layers` });
      return unclear({}, null);
    }
    if (!isObject(value)) {
      this.mistakes.push({ path, problem: `${shown(value)} is no layer; a layer is an object with a kind` });
      return unclear({}, null);
    }
    const given: unknown = Object.hasOwn(value, "kind") ? value.kind : undefined;
    const kind = this.kind(given, path);
    if (kind === null) return unclear(value, null);
    const isStructure = Object.hasOwn(structures, kind);
    const schema = isStructure ? structures[kind as StructureName].schema : this.kit.kinds.get(kind)?.schema;
    const known = Object.keys((schema as z.ZodObject).shape);
    const layer = this.read(schema as z.ZodObject, { ...value, kind }, path, known, kind);
    if (layer === null) return unclear(value, kind);
    if (!isStructure && !this.isPlain(layer, path, kind)) return unclear(value, kind);
    if (!isStructure) return layer as unknown as LayerSpec;
    if (depth === DEEPEST) {
      this.mistakes.push({ path, kind, problem: `blocks stand in blocks more than ${DEEPEST} deep` });
      return unclear(value, kind);
    }
    const inner = Object.fromEntries(
      nestedLists
        .filter((key) => layer[key] !== undefined)
        .map((key) => [key, this.list(value[key], [...path, key], depth + 1)]),
    );
    if (Object.values(inner).includes(null)) return unclear(value, kind);
    return { ...layer, ...inner } as unknown as LayerSpec;
  }

  /** Whether options hold only what JSON has: the schemas of users may allow more, which no file could hold. */
  private isPlain(layer: Readonly<Record<string, unknown>>, path: Path, kind: string): boolean {
    const strange = Object.entries(layer).filter(([, option]) => option !== undefined && !isJson(option));
    for (const [key, option] of strange) {
      const problem = `${key} is ${shown(option)}; it must be plain JSON`;
      this.mistakes.push({ path: [...path, key], kind, problem, received: shown(option) });
    }
    return strange.length === 0;
  }

  /** The kind that a layer is of, or seems to be. */
  private kind(given: unknown, path: Path): string | null {
    if (typeof given === "string" && this.kindNames.includes(given)) return given;
    const near = meant(given, this.kindNames);
    const known = `the kinds are ${this.kindNames.join(", ")}`;
    const what = given === undefined ? "has no kind" : `has the unknown kind ${shown(given)}`;
    this.mistakes.push({
      path: given === undefined ? path : [...path, "kind"],
      problem: `${what}; ${suggestion(given, this.kindNames, known)}`,
      ...(given === undefined ? {} : { received: shown(given) }),
      ...(near === undefined ? {} : { fix: { path: [...path, "kind"], value: near } }),
    });
    return near ?? null;
  }

  /** The losses that were understood. */
  private lossesOf({ loss, losses: several }: Readonly<Record<string, unknown>>): object {
    if (loss !== undefined && several !== undefined) {
      this.mistakes.push({
        path: ["losses"],
        problem: "there are both loss and losses",
        hint: "Use losses for several outputs, loss for one.",
      });
    }
    const isRight = loss !== undefined && this.loss(loss, ["loss"]);
    const right = Object.entries(isObject(several) ? several : {}).filter(([name, of]) =>
      this.loss(of, ["losses", name]),
    );
    return { ...(isRight ? { loss } : {}), ...(right.length > 0 ? { losses: Object.fromEntries(right) } : {}) };
  }

  /** Whether a loss is right. */
  private loss(value: unknown, path: Path): boolean {
    const names = Object.keys(losses);
    const kind = isObject(value) ? (Object.hasOwn(value, "kind") ? value.kind : undefined) : value;
    if (typeof kind !== "string" || !names.includes(kind)) {
      const subject = isObject(value) ? `${path.join(".")}.kind` : path.join(".");
      const rule = suggestion(kind, names, `it must be ${names.map((name) => `"${name}"`).join(" or ")}`);
      const place = isObject(value) && kind !== undefined ? [...path, "kind"] : path;
      const near = meant(kind, names);
      this.mistakes.push({
        path: place,
        problem: `${subject} is ${kind === undefined ? "missing" : shown(kind)}; ${rule}`,
        ...(near === undefined ? {} : { fix: { path: place, value: near } }),
      });
      return false;
    }
    if (!isObject(value)) return true;
    const { schema } = losses[kind as LossName];
    const before = this.mistakes.length;
    this.read(schema, value, path, Object.keys(schema.shape));
    return this.mistakes.length === before;
  }

  private metricsOf(value: unknown): void {
    const lists: [Path, unknown][] = isObject(value)
      ? Object.entries(value).map(([name, list]) => [["metrics", name], list])
      : [[["metrics"], value]];
    for (const [path, list] of lists) {
      if (!Array.isArray(list)) continue;
      list.forEach((metric, i) => {
        const result = metricSchema.safeParse(metric);
        if (result.success) return;
        const names = ["accuracy", "meanAbsoluteError", "rootMeanSquaredError", "perplexity"];
        const rule = suggestion(
          metric,
          names,
          'it must be a metric: accuracy, meanAbsoluteError, rootMeanSquaredError, perplexity, or { kind: "topAccuracy", k }',
        );
        this.mistakes.push({ path: [...path, i], problem: `metrics[${i}] is ${shown(metric)}; ${rule}` });
      });
    }
  }

  /**
   * Reads a value by a schema. Notes what is wrong, and gives the value mended: options with unknown names renamed where
   * the name that was meant is missing, wrong ones that are optional left out; null where that is not enough.
   */
  private read(
    schema: z.ZodType,
    value: unknown,
    path: Path,
    known: readonly string[],
    kind?: string,
  ): Record<string, unknown> | null {
    const result = schema.safeParse(value);
    if (result.success) return value as Record<string, unknown>;
    const mended = isObject(value) ? { ...value } : null;
    for (const issue of result.error.issues) this.note(issue, value, mended, path, known, kind);
    return mended !== null && schema.safeParse(mended).success ? mended : null;
  }

  private note(
    issue: z.core.$ZodIssue,
    value: unknown,
    mended: Record<string, unknown> | null,
    path: Path,
    known: readonly string[],
    kind: string | undefined,
  ): void {
    const about = kind === undefined ? {} : { kind };
    if (issue.code === "unrecognized_keys") {
      for (const key of issue.keys) {
        const problem = `unknown name "${key}"; ${suggestion(key, known, `the names here are ${known.join(", ")}`)}`;
        this.mistakes.push({ path: [...path, key], ...about, problem, received: key });
        const near = meant(key, known);
        if (mended === null) continue;
        if (near !== undefined && !Object.hasOwn(mended, near)) mended[near] = mended[key];
        delete mended[key];
      }
      return;
    }
    const keys = issue.path.map((key) => (typeof key === "symbol" ? String(key) : key));
    const given = valueAt(value, keys);
    const subject = keys.length === 0 ? (path.length === 0 ? "the spec" : path.join(".")) : textOf(keys, path, kind);
    if (given === undefined) {
      this.mistakes.push({ path: [...path, ...keys], ...about, problem: `${subject} is missing` });
      return;
    }
    const words = issue.code === "invalid_value" ? issue.values.map(String) : [];
    const near = meant(given, words);
    const rule =
      issue.code === "invalid_value"
        ? suggestion(given, words, `it must be ${issue.values.map(shown).join(" or ")}`)
        : `it ${issue.message}`;
    this.mistakes.push({
      path: [...path, ...keys],
      ...about,
      problem: `${subject} is ${shown(given)}; ${rule}`,
      received: shown(given),
      ...(near === undefined ? {} : { fix: { path: [...path, ...keys], value: near } }),
    });
    if (mended !== null && keys.length > 0) delete mended[keys[0]];
  }
}

/** A layer that was not understood: what is known of its name, so that those which take from it are not wrong, too. */
function unclear({ name }: { readonly name?: unknown }, kind: string | null): UnclearLayer {
  return { kind: null, seems: kind, ...(layerName.safeParse(name).success ? { name: name as string } : {}) };
}

/** `size[1]`; for parts of the model that are no layers with what they are part of, `loss.delta`. */
function textOf(keys: readonly (string | number)[], path: Path, kind: string | undefined): string {
  const all = kind === undefined ? [...path, ...keys] : keys;
  return all.map((key, i) => (typeof key === "number" ? `[${key}]` : `${i > 0 ? "." : ""}${key}`)).join("");
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce((at, key) => (at as Record<PropertyKey, unknown> | null | undefined)?.[key], value);
}
