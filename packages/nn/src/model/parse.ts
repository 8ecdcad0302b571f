/**
 * From anything (a value in a program, JSON from a file) to a valid spec, or an error that lists every mistake with its
 * place.
 */
import { nearest, SpecError } from "@adjoint/tensor";
import { z } from "zod";
import { kindNames, kindOf } from "./kinds/table.ts";
import { plan } from "./plan.ts";
import type { LayerKindName, LayerSpec, ModelSpec } from "./spec.ts";

/** What a model may have at most: a spec from an unknown source must not make the program allocate without bound. */
const MOST_LAYERS = 10_000;

const modelSchema = z.strictObject({
  version: z.literal(1),
  name: z.string().max(200).optional(),
  input: z.array(z.int().min(1)).min(1).max(8),
  layers: z.array(z.unknown()).min(1).max(MOST_LAYERS),
  loss: z.enum(["softmaxWithLoss", "meanSquaredError"]),
});

const modelFields = Object.keys(modelSchema.shape);

/** One mistake: where, and what. */
interface Mistake {
  readonly place: string;
  readonly text: string;
}

/** `layers[3].stride`, from a path of keys. */
function placeOf(prefix: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (place, key) =>
      typeof key === "number" ? `${place}[${key}]` : place === "" ? String(key) : `${place}.${String(key)}`,
    prefix,
  );
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], value);
}

/** A value as a person would write it, cut short. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** zod's issues as sentences with the value that was given and the nearest known name. */
function mistakesOf(error: z.ZodError, value: unknown, prefix: string, known: readonly string[]): Mistake[] {
  return error.issues.flatMap((issue): Mistake[] => {
    const place = placeOf(prefix, issue.path);
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => {
        const meant = nearest(key, known);
        const hint = meant === undefined ? `the names here are ${known.join(", ")}` : `did you mean "${meant}"?`;
        return { place: place || "the model", text: `unknown name "${key}"; ${hint}` };
      });
    }
    const given = valueAt(value, issue.path);
    if (given === undefined) return [{ place, text: "is missing" }];
    if (issue.code === "invalid_value") {
      const names = issue.values.map(String);
      const meant = typeof given === "string" ? nearest(given, names) : undefined;
      const hint =
        meant === undefined ? `it must be ${issue.values.map(shown).join(" or ")}` : `did you mean "${meant}"?`;
      return [{ place, text: `is ${shown(given)}; ${hint}` }];
    }
    const rule =
      issue.code === "invalid_union" || issue.code === "invalid_format" ? issue.message : lower(issue.message);
    return [{ place, text: `is ${shown(given)}; ${rule}` }];
  });
}

/** zod's sentences in the tone of ours: "Too small: expected number to be >=1" → "expected number to be >=1". */
function lower(message: string): string {
  return message.replace(/^(Invalid input|Too small|Too big): /, "");
}

function layerMistakes(value: unknown, index: number): Mistake[] {
  const place = `layers[${index}]`;
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    return [{ place, text: `is ${shown(value)}; a layer is an object with a kind` }];
  }
  const kind = Object.hasOwn(value, "kind") ? (value as { kind: unknown }).kind : undefined;
  if (typeof kind !== "string" || !(kindNames as readonly string[]).includes(kind)) {
    const meant = typeof kind === "string" ? nearest(kind, kindNames) : undefined;
    const hint = meant === undefined ? `the kinds are ${kindNames.join(", ")}` : `did you mean "${meant}"?`;
    return [
      { place, text: kind === undefined ? `has no kind; ${hint}` : `has the unknown kind ${shown(kind)}; ${hint}` },
    ];
  }
  const { schema } = kindOf(kind as LayerKindName);
  const result = schema.safeParse(value);
  if (result.success) return [];
  const known = Object.keys((schema as unknown as z.ZodObject).shape);
  return mistakesOf(result.error, value, `${place} (${kind})`, known);
}

/** Names that two layers share: parameters could not be told apart. */
function repeatedNames(layers: readonly LayerSpec[]): Mistake[] {
  const first = new Map<string, number>();
  return layers.flatMap(({ name }, i) => {
    if (name === undefined) return [];
    const before = first.get(name);
    if (before === undefined) first.set(name, i);
    return before === undefined
      ? []
      : [{ place: `layers[${i}].name`, text: `is "${name}", as that of layers[${before}]` }];
  });
}

function fail(mistakes: readonly Mistake[]): never {
  const [first] = mistakes;
  const lines = mistakes.map(({ place, text }) => `${place} ${text}`.replace(/ (unknown|has|is)/, " $1"));
  throw new SpecError({
    op: "model",
    problem: mistakes.length === 1 ? lines[0] : `${mistakes.length} mistakes:\n  ${lines.join("\n  ")}`,
    argument: first.place,
    expected: "a valid model spec",
  });
}

/**
 * Checks that a value is a model spec, and that its shapes fit.
 *
 * @returns the spec, the same as given
 * @throws SpecError listing all mistakes with their places: unknown names (with the nearest known one), values out of
 *         range; or naming the first layer whose input does not fit it
 */
export function parseModel(value: unknown): ModelSpec {
  const result = modelSchema.safeParse(value);
  const mistakes = result.success ? [] : mistakesOf(result.error, value, "", modelFields);
  const layers = (value as { layers?: unknown } | null | undefined)?.layers;
  if (Array.isArray(layers) && layers.length <= MOST_LAYERS) {
    const ofLayers = layers.flatMap(layerMistakes);
    mistakes.push(...ofLayers, ...(ofLayers.length === 0 ? repeatedNames(layers as LayerSpec[]) : []));
  }
  if (mistakes.length > 0) fail(mistakes);
  const spec = value as ModelSpec;
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
  return parseModel({ version: 1, ...spec });
}
