/**
 * From anything (a value in a program, JSON from a file) to a valid spec, or an error that lists every mistake with its
 * place.
 */
import { nearest, SpecError } from "@adjoint/tensor";
import { z } from "zod";
import { count } from "./kinds/layer-kind.ts";
import { kindNames, kindOf } from "./kinds/table.ts";
import { losses } from "./losses.ts";
import { plan } from "./plan.ts";
import type { LayerKindName, LayerSpec, LossName, ModelSpec } from "./spec.ts";

/** What a model may have at most: a spec from an unknown source must not make the program allocate without bound. */
const MOST_LAYERS = 10_000;

const inputRule = { error: "must be the shape of one sample, 1 to 8 numbers, for example [1, 28, 28]" };
const layersRule = { error: `must be an array of 1 to ${MOST_LAYERS} layers` };
const nameRule = { error: "must be a text of at most 200 characters" };

const modelSchema = z.strictObject(
  {
    version: z.literal(1),
    name: z.string(nameRule).max(200, nameRule).optional(),
    input: z.array(count(1), inputRule).min(1, inputRule).max(8, inputRule),
    layers: z.array(z.unknown(), layersRule).min(1, layersRule).max(MOST_LAYERS, layersRule),
    loss: z.enum(Object.keys(losses) as LossName[]),
  },
  { error: "must be an object such as model({ input, layers, loss }) returns" },
);

const modelFields = Object.keys(modelSchema.shape);

/** One mistake: the argument at fault, such as `layers[3].stride`, and a sentence that says where and what. */
interface Mistake {
  readonly argument: string;
  readonly text: string;
}

/** Where mistakes are: as an argument, `layers[3]`, and for people, `layers[3] (pooling)`; both empty for the model. */
interface Place {
  readonly argument: string;
  readonly words: string;
}

const wholeModel: Place = { argument: "", words: "" };

function mistakeAt({ argument, words }: Place, path: string, text: string): Mistake {
  return {
    argument: [argument, path].filter((part) => part !== "").join(".") || "spec",
    text: words === "" ? text : `${words}: ${text}`,
  };
}

/** `size[1]`, from a path of keys. */
function pathOf(keys: readonly PropertyKey[]): string {
  return keys.map((key, i) => (typeof key === "number" ? `[${key}]` : `${i > 0 ? "." : ""}${String(key)}`)).join("");
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce((at, key) => (at as Record<PropertyKey, unknown> | null | undefined)?.[key], value);
}

/** A value as a person would write it, cut short. */
function shown(value: unknown): string {
  const text = written(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function written(value: unknown): string {
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return "a function";
  if (typeof value !== "string" && (value === null || typeof value !== "object")) return String(value);
  try {
    return JSON.stringify(value);
  } catch {
    return "an object that JSON cannot write";
  }
}

/** The nearest known name as a question, or else what there is to choose from. */
function suggestion(given: unknown, known: readonly string[], otherwise: string): string {
  const meant = typeof given === "string" ? nearest(given, known) : undefined;
  return meant === undefined ? otherwise : `did you mean "${meant}"?`;
}

/** zod's issues as sentences with the value that was given and the nearest known name. */
function mistakesOf(error: z.ZodError, value: unknown, place: Place, known: readonly string[]): Mistake[] {
  return error.issues.flatMap((issue): Mistake[] => {
    const path = pathOf(issue.path);
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) =>
        mistakeAt(
          place,
          key,
          `unknown name "${key}"; ${suggestion(key, known, `the names here are ${known.join(", ")}`)}`,
        ),
      );
    }
    const given = valueAt(value, issue.path);
    const subject = path === "" ? "the spec" : path;
    if (given === undefined) return [mistakeAt(place, path, `${subject} is missing`)];
    const rule =
      issue.code === "invalid_value"
        ? suggestion(given, issue.values.map(String), `it must be ${issue.values.map(shown).join(" or ")}`)
        : `it ${issue.message}`;
    return [mistakeAt(place, path, `${subject} is ${shown(given)}; ${rule}`)];
  });
}

function layerMistakes(value: unknown, index: number): Mistake[] {
  const argument = `layers[${index}]`;
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    return [{ argument, text: `${argument} is ${shown(value)}; a layer is an object with a kind` }];
  }
  const kind: unknown = Object.hasOwn(value, "kind") ? (value as { kind: unknown }).kind : undefined;
  if (typeof kind !== "string" || !(kindNames as readonly string[]).includes(kind)) {
    const hint = suggestion(kind, kindNames, `the kinds are ${kindNames.join(", ")}`);
    const what = kind === undefined ? "has no kind" : `has the unknown kind ${shown(kind)}`;
    return [{ argument: `${argument}.kind`, text: `${argument} ${what}; ${hint}` }];
  }
  const { schema } = kindOf(kind as LayerKindName);
  const result = schema.safeParse(value);
  if (result.success) return [];
  const known = Object.keys((schema as unknown as z.ZodObject).shape);
  return mistakesOf(result.error, value, { argument, words: `${argument} (${kind})` }, known);
}

/** Names that two layers share: parameters could not be told apart. */
function repeatedNames(layers: readonly LayerSpec[]): Mistake[] {
  const first = new Map<string, number>();
  return layers.flatMap(({ name, kind }, i) => {
    if (name === undefined) return [];
    const before = first.get(name);
    if (before === undefined) {
      first.set(name, i);
      return [];
    }
    const place: Place = { argument: `layers[${i}]`, words: `layers[${i}] (${kind})` };
    return [mistakeAt(place, "name", `name is "${name}", as that of layers[${before}]; names must differ`)];
  });
}

function fail(mistakes: readonly Mistake[]): never {
  const [first] = mistakes;
  const texts = mistakes.map(({ text }) => text);
  throw new SpecError({
    op: "model",
    problem: texts.length === 1 ? texts[0] : `${texts.length} mistakes:\n  ${texts.join("\n  ")}`,
    argument: first.argument,
    expected: "a valid model spec",
  });
}

/**
 * The spec as JSON has it, and frozen: nothing that happens to what was given can change a model that was checked.
 * Entries that are undefined are gone, and so is the sign of −0.
 */
function ownCopy(spec: unknown): ModelSpec {
  return JSON.parse(JSON.stringify(spec), (_, value) => Object.freeze(value)) as ModelSpec;
}

/**
 * Checks that a value is a model spec, and that its shapes fit.
 *
 * @returns the spec as plain JSON: a frozen copy, equal to what was given
 * @throws SpecError listing all mistakes with their places: unknown names (with the nearest known one), values out of
 *         range; or naming the first layer whose input does not fit it
 */
export function parseModel(value: unknown): ModelSpec {
  const result = modelSchema.safeParse(value);
  const mistakes = result.success ? [] : mistakesOf(result.error, value, wholeModel, modelFields);
  const layers = (value as { layers?: unknown } | null | undefined)?.layers;
  if (Array.isArray(layers) && layers.length <= MOST_LAYERS) {
    // A hole in the array is a layer that is missing, which flatMap alone would pass over.
    const ofLayers = Array.from(layers).flatMap(layerMistakes);
    mistakes.push(...ofLayers, ...(ofLayers.length === 0 ? repeatedNames(layers as LayerSpec[]) : []));
  }
  if (mistakes.length > 0) fail(mistakes);
  const spec = ownCopy(value);
  plan(spec);
  return spec;
}

/**
 * A model as data, checked: names, values and shapes, before any number is computed.
 *
 * `JSON.stringify` of the result is the file format.
 * @throws SpecError as {@link parseModel}
 */
export function model(spec: Omit<ModelSpec, "version"> & { readonly version?: 1 }): ModelSpec {
  const isObject = spec !== null && typeof spec === "object" && !Array.isArray(spec);
  return parseModel(isObject ? { version: 1, ...spec } : spec);
}
