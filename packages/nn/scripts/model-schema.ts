/**
 * Writes the JSON Schema of the model format, by which editors complete and check specs, and the same for people: the
 * forms are those that specs are read by, the words those of the types in src/model/spec.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as z from "zod/mini";
import { nestedLists, structures } from "../src/model/kinds/structures.ts";
import { builtInKinds } from "../src/model/kinds/table.ts";
import { metricSchema } from "../src/model/losses/metrics.ts";
import { losses } from "../src/model/losses/table.ts";
import { modelSchema, shape, typedInput } from "../src/model/parse/structure.ts";

type Json = { [key: string]: unknown };

const specFolder = new URL("../src/model/spec/", import.meta.url);
const target = new URL("../schema/model.schema.json", import.meta.url);
const reference = new URL("../../../docs/layers.md", import.meta.url);

/** The docstrings of interfaces and of their properties, by `Interface` and `Interface.property`. */
function docstrings(): Map<string, string> {
  const found = new Map<string, string>();
  for (const file of readdirSync(specFolder)) {
    const source = readFileSync(new URL(file, specFolder), "utf8");
    let current = "";
    for (const [, doc, name, property] of source.matchAll(
      /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*(?:export interface (\w+)|readonly (\$?\w+)\??:)/g,
    )) {
      const text = doc
        .replaceAll(/\s*\n\s*\* ?/g, " ")
        .replaceAll(/\{@link (\w+)\}/g, "$1")
        .trim();
      if (name !== undefined) current = name;
      found.set(name ?? `${current}.${property}`, text);
    }
  }
  return found;
}

/** Interfaces by the kind that they describe, and those that they extend. */
function interfaces(): Map<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const file of readdirSync(specFolder)) {
    const source = readFileSync(new URL(file, specFolder), "utf8");
    for (const [, name, bases, kind] of source.matchAll(
      /export interface (\w+)(?:<[^>]*>)? (?:extends ([\w, ]+) )?\{\s*readonly kind: "(\w+)"/g,
    )) {
      found.set(kind, [name, ...(bases ?? "").split(",").map((base) => base.trim())]);
    }
  }
  return found;
}

/** The docstrings of the builders, for kinds that have no interface of their own. */
function builderDocs(): Map<string, string> {
  const source = readFileSync(new URL("../src/model/builders.ts", import.meta.url), "utf8");
  return new Map([...source.matchAll(/\/\*\* (.*?) \*\/\n {2}(\w+):/g)].map(([, doc, name]) => [name, doc]));
}

const docs = docstrings();
const ofBuilders = builderDocs();
const named = interfaces();

/** The schema of an object, its properties described by the docstrings of the interfaces that are named. */
function described(schema: z.ZodMiniType, of: readonly string[]): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { unrepresentable: "any" }) as Json;
  const properties = (json.properties ?? {}) as Record<string, Json>;
  for (const [key, property] of Object.entries(properties)) {
    const doc = of.map((name) => docs.get(`${name}.${key}`)).find((text) => text !== undefined);
    if (doc !== undefined) property.description = doc;
  }
  const own = of.map((name) => docs.get(name)).find((text) => text !== undefined);
  return { ...(own === undefined ? {} : { description: own }), ...json };
}

/** What a layer of a kind looks like; lists of layers refer to all kinds. */
function layerOf(kind: string, schema: z.ZodMiniObject): Json {
  const own = named.get(kind);
  const json = described(schema, [...(own ?? []), "LayerBase"]);
  if (own === undefined) json.description = ofBuilders.get(kind);
  const properties = json.properties as Record<string, Json>;
  for (const key of nestedLists) {
    if (properties[key] !== undefined) {
      properties[key] = { ...properties[key], items: { $ref: "#/$defs/layer" } };
    }
  }
  return json;
}

/** The whole schema. */
export function modelJsonSchema(): Json {
  const kinds = [
    ...[...builtInKinds].map(([kind, { schema }]) => [kind, schema] as const),
    ...Object.entries(structures).map(([kind, { schema }]) => [kind, schema] as const),
  ];
  const whole = described(modelSchema, ["ModelSpec"]);
  const properties = whole.properties as Record<string, Json>;
  const refer = (key: string, to: Json): void => {
    properties[key] = { description: properties[key].description, ...to };
  };
  refer("input", { $ref: "#/$defs/input" });
  refer("inputs", { type: "object", additionalProperties: { $ref: "#/$defs/input" } });
  refer("layers", { type: "array", minItems: 1, items: { $ref: "#/$defs/layer" } });
  refer("loss", { $ref: "#/$defs/loss" });
  refer("losses", { type: "object", additionalProperties: { $ref: "#/$defs/loss" } });
  const metrics = { type: "array", items: { $ref: "#/$defs/metric" } };
  refer("metrics", { anyOf: [metrics, { type: "object", additionalProperties: metrics }] });
  const { $schema: _, ...metric } = z.toJSONSchema(metricSchema) as Json;
  const definitions: Json = {
    input: { anyOf: [described(shape, []), described(typedInput, [])] },
    layer: { oneOf: kinds.map(([kind]) => ({ $ref: `#/$defs/${kind}` })) },
    loss: {
      anyOf: [
        { enum: Object.keys(losses) },
        ...Object.entries(losses).map(([kind, { schema }]) =>
          described(schema, [...(named.get(kind) ?? []), "LossBase"]),
        ),
      ],
    },
    metric,
    ...Object.fromEntries(kinds.map(([kind, schema]) => [kind, layerOf(kind, schema)])),
  };
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "A model of Adjoint, format version 1",
    ...whole,
    $defs: definitions,
  };
}

/** The text of the file. */
export function modelSchemaText(): string {
  return `${JSON.stringify(modelJsonSchema(), null, 2)}\n`;
}

/** An option as the reference has it: name, form, and whether it must be there. */
function optionRow(name: string, { description = "", ...form }: Json, isRequired: boolean): string {
  const words = String(description).replaceAll("|", "\\|");
  return `| \`${name}\`${isRequired ? "" : "?"} | ${formOf(form)} | ${words} |`;
}

/** A form in a few words: `number`, `"all" or "last"`, `number or [number, number]`. */
function formOf(form: Json): string {
  const {
    anyOf,
    enum: words,
    const: one,
    type,
    items,
    prefixItems,
  } = form as {
    readonly anyOf?: readonly Json[];
    readonly enum?: readonly unknown[];
    readonly const?: unknown;
    readonly type?: string;
    readonly items?: Json;
    readonly prefixItems?: readonly Json[];
  };
  if (words !== undefined) return words.map((word) => `\`${JSON.stringify(word)}\``).join(" or ");
  if (one !== undefined) return `\`${JSON.stringify(one)}\``;
  if (anyOf !== undefined) return [...new Set(anyOf.map(formOf))].join(" or ");
  if (type === "integer") return "whole number";
  if (prefixItems !== undefined) return `[${prefixItems.map(formOf).join(", ")}]`;
  if (type === "array") return items?.$ref === undefined ? `list of ${formOf(items ?? {})}` : "list of layers";
  return type ?? "anything";
}

/** The reference of layers, losses and metrics for people who write specs. */
export function layerReference(): string {
  const { $defs } = modelJsonSchema() as { readonly $defs: Record<string, Json> };
  const common = new Set(["kind", "name", "from"]);
  const section = (kind: string): string[] => {
    const { description, properties, required } = $defs[kind] as {
      readonly description: string;
      readonly properties: Record<string, Json>;
      readonly required: readonly string[];
    };
    const options = Object.entries(properties).filter(([key]) => !common.has(key));
    const rows = options.map(([key, form]) => optionRow(key, form, required.includes(key)));
    const table = rows.length === 0 ? [] : ["", "| option | form | |", "| --- | --- | --- |", ...rows];
    return [`### \`${kind}\``, "", description, ...table, ""];
  };
  const { name, from } = ($defs.affine as { readonly properties: Record<string, Json> }).properties;
  const lossRows = Object.entries(losses).map(([kind, { schema }]) => {
    const { description, properties } = described(schema, [...(named.get(kind) ?? []), "LossBase"]) as {
      readonly description: string;
      readonly properties: Record<string, Json>;
    };
    const options = Object.entries(properties).filter(([key]) => key !== "kind");
    const words = options.map(([key, form]) => `\`${key}\`: ${form.description}`).join(" ");
    return `| \`${kind}\` | ${description.replaceAll("|", "\\|")} | ${words.replaceAll("|", "\\|")} |`;
  });
  return [
    "# The layers and losses of specs",
    "",
    "Made from the types in `packages/nn/src/model/spec` by `pnpm --filter @adjoint/nn build:schema`. How they go together:",
    "[models.md](models.md). A question mark stands behind options that may be left out.",
    "",
    "Every layer has a `kind`, and may have",
    "",
    "| option | form | |",
    "| --- | --- | --- |",
    optionRow("name", name, false),
    optionRow("from", from, false),
    "",
    "## Layers",
    "",
    ...[...builtInKinds.keys(), ...Object.keys(structures)].flatMap(section),
    "## Losses",
    "",
    "| loss | | options |",
    "| --- | --- | --- |",
    ...lossRows,
    "",
    "## Metrics",
    "",
    "`metrics` is a list of these (or such lists by output); `evaluate` measures them beside the loss. Without it, accuracy",
    "is measured where the loss is one for classes.",
    "",
    "| metric | |",
    "| --- | --- |",
    '| `"accuracy"` | The share of samples or positions whose largest score is at the right class; for logits of yes and no the share on the right side of 0. |',
    `| \`{ "kind": "topAccuracy", "k": 5 }\` | ${docs.get("TopAccuracySpec")} |`,
    '| `"meanAbsoluteError"` | The mean of \\|y − t\\|. |',
    '| `"rootMeanSquaredError"` | The root of the mean of (y − t)². |',
    '| `"perplexity"` | e to the mean cross entropy: among how many equally likely classes the model hesitates. |',
    "",
  ].join("\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(target, modelSchemaText());
  writeFileSync(reference, layerReference());
  console.log(`wrote ${fileURLToPath(target)} and ${fileURLToPath(reference)}`);
}
