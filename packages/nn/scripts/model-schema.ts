/**
 * Writes the JSON Schema of the model format, by which editors complete and check specs, and the same for people: both say
 * what the forms say that specs are read by.
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as z from "zod/mini";
import { affine } from "../src/layers/affine.ts";
import type { KindForm } from "../src/layers/kind/layer-kind.ts";
import { allKinds, nestedLists } from "../src/layers/structures.ts";
import { losses } from "../src/losses/all.ts";
import type { LossKind } from "../src/losses/loss-kind.ts";
import { plainMetricNames, topAccuracy } from "../src/losses/metrics.ts";
import { modelSchema, shape, typedInput } from "../src/read/model-spec.ts";
import { trainingSchema } from "../src/read/training-spec.ts";
import { wordsOf } from "./form-words.ts";

type Json = { [key: string]: unknown };

const target = new URL("../schema/model.schema.json", import.meta.url);
const reference = new URL("../../../docs/layers.md", import.meta.url);

/** The JSON Schema of a form. */
function jsonOf(schema: z.ZodMiniType): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { unrepresentable: "any" }) as Json;
  return json;
}

/** The JSON Schema of an object with what is said of it, and of its options, where it is defined under a name. */
function described(name: string, schema: z.ZodMiniObject, among?: "layers" | "losses"): Json {
  const json = jsonOf(schema);
  const properties = Object.entries(json.properties as Record<string, Json>);
  const { words, options } = wordsOf(
    name,
    properties.map(([key]) => key).filter((key) => key !== "kind"),
    among,
  );
  return {
    description: words,
    ...json,
    properties: Object.fromEntries(
      properties.map(([key, form]) => [key, key === "kind" ? form : { description: options[key], ...form }]),
    ),
  };
}

/** What a layer of a kind looks like; lists of layers refer to all kinds. */
function layerOf({ kind, schema }: KindForm): Json {
  const json = described(kind, schema, "layers");
  const properties = json.properties as Record<string, Json>;
  for (const key of nestedLists) {
    if (properties[key] !== undefined) {
      properties[key] = { ...properties[key], items: { $ref: "#/$defs/layer" } };
    }
  }
  return json;
}

const lossOf = ({ kind, schema }: LossKind): Json => described(kind, schema, "losses");

/** The whole schema. */
export function modelJsonSchema(): Json {
  const kinds: readonly KindForm[] = allKinds;
  const whole = described("modelSchema", modelSchema);
  const properties = whole.properties as Record<string, Json>;
  const refer = (key: string, to: Json): void => {
    properties[key] = { description: properties[key].description, ...to };
  };
  refer("input", { $ref: "#/$defs/input" });
  refer("inputs", { type: "object", additionalProperties: { $ref: "#/$defs/input" } });
  refer("layers", { type: "array", minItems: 1, items: { $ref: "#/$defs/layer" } });
  refer("loss", { $ref: "#/$defs/loss" });
  refer("losses", { type: "object", additionalProperties: { $ref: "#/$defs/loss" } });
  refer("training", { $ref: "#/$defs/training" });
  const metrics = { type: "array", items: { $ref: "#/$defs/metric" } };
  refer("metrics", { anyOf: [metrics, { type: "object", additionalProperties: metrics }] });
  const definitions: Json = {
    input: { anyOf: [jsonOf(shape), described("typedInput", typedInput)] },
    layer: { oneOf: kinds.map(({ kind }) => ({ $ref: `#/$defs/${kind}` })) },
    loss: { anyOf: [{ enum: [...losses.keys()] }, ...Array.from(losses.values(), lossOf)] },
    metric: { anyOf: [jsonOf(z.literal(plainMetricNames)), described("topAccuracy", topAccuracy)] },
    training: described("trainingSchema", trainingSchema),
    ...Object.fromEntries(kinds.map((kind) => [kind.kind, layerOf(kind)])),
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

/** Text as a cell of a table. */
const cell = (words: unknown): string => String(words ?? "").replaceAll("|", "\\|");

/** A table of the options of an object, those aside that are described elsewhere: name, form, and whether it must be there. */
function optionTable({ properties, required = [] }: Json, elsewhere: readonly string[]): string[] {
  const rows = Object.entries(properties as Record<string, Json>)
    .filter(([name]) => !elsewhere.includes(name))
    .map(([name, { description, ...form }]) => {
      const isRequired = (required as readonly string[]).includes(name);
      return `| \`${name}\`${isRequired ? "" : "?"} | ${formOf(form)} | ${cell(description)} |`;
    });
  return rows.length === 0 ? [] : ["| option | form | |", "| --- | --- | --- |", ...rows, ""];
}

/** A form in a few words: `number`, `"all" or "last"`, `number or [number, number]`. */
function formOf(form: Json): string {
  const {
    anyOf,
    enum: words,
    const: one,
    type,
    items,
    minItems,
    maxItems,
    $ref,
  } = form as z.core.JSONSchema.BaseSchema;
  if ($ref !== undefined) return $ref.slice("#/$defs/".length);
  if (words !== undefined) return words.map((word) => `\`${JSON.stringify(word)}\``).join(" or ");
  if (one !== undefined) return `\`${JSON.stringify(one)}\``;
  if (anyOf !== undefined) return [...new Set(anyOf.map(formOf))].join(" or ");
  if (type === "integer") return "integer";
  if (type === "array") {
    const inner = (items ?? {}) as Json;
    const element = formOf(inner);
    if (minItems !== undefined && minItems === maxItems) return `[${new Array(minItems).fill(element).join(", ")}]`;
    return `list of ${element}${inner.$ref === undefined ? "" : "s"}`;
  }
  return String(type ?? "anything");
}

/** The reference of models, layers, losses and metrics for people who write specs. */
export function layerReference(): string {
  const { $defs, ...whole } = modelJsonSchema() as { readonly $defs: Record<string, Json> };
  const own = Object.keys(affine.schema.shape).filter((name) => name !== "name" && name !== "from");
  const lossRows = Array.from(losses, ([kind, loss]) => {
    const { description, properties } = lossOf(loss);
    const options = Object.entries(properties as Record<string, Json>).filter(([key]) => key !== "kind");
    const words = options.map(([key, form]) => `\`${key}\`: ${form.description}`).join(" ");
    return `| \`${kind}\` | ${cell(description)} | ${cell(words)} |`;
  });
  const metricRows = [
    ...Object.entries(wordsOf("plainMetrics", plainMetricNames).options).map(([name, words]) => [`"${name}"`, words]),
    ['{ "kind": "topAccuracy", "k": 5 }', wordsOf("topAccuracy", []).words],
  ].map(([metric, words]) => `| \`${metric}\` | ${cell(words)} |`);
  return [
    "# The layers and losses of specs",
    "",
    "Made from the forms in `packages/nn/src/layers` and `packages/nn/src/losses` by",
    "`pnpm --filter @adjoint/nn build:schema`. How they go together: [models.md](models.md). A question mark follows options",
    "that may be left out.",
    "",
    "A model has",
    "",
    ...optionTable(whole, ["$schema"]),
    "An input is the shape of one sample, or has",
    "",
    ...optionTable(described("typedInput", typedInput), []),
    "`training` may have",
    "",
    ...optionTable(described("trainingSchema", trainingSchema), []),
    "Every layer has a `kind`, and may have",
    "",
    ...optionTable($defs.affine, own),
    "## Layers",
    "",
    ...allKinds.flatMap(({ kind }) => [
      `### \`${kind}\``,
      "",
      String($defs[kind].description),
      "",
      ...optionTable($defs[kind], ["kind", "name", "from"]),
    ]),
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
    ...metricRows,
    "",
  ].join("\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(target, modelSchemaText());
  writeFileSync(reference, layerReference());
  console.log(`wrote ${fileURLToPath(target)} and ${fileURLToPath(reference)}`);
}
