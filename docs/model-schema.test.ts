/** The JSON Schema of models is made from the forms that specs are read by, and says what they say. */
import { layers, model } from "adjoint";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { renderBuilderWords } from "../packages/nn/scripts/builder-words.ts";
import { layerReference, modelJsonSchema, modelSchemaText } from "../packages/nn/scripts/model-schema.ts";
import { renderOptimizerNames } from "../packages/nn/scripts/optimizer-names.ts";
import { readPage } from "./snippets.ts";

const validate = new Ajv2020({ strict: false }).compile(modelJsonSchema());

const spec = model({
  inputs: { image: [1, 8, 8], words: { shape: [4], type: "labels" } },
  layers: [
    layers.convolution({ filters: 2, size: 3, pad: 1, from: "image", weightDecay: 0.1 }),
    layers.block([layers.residual([layers.convolution({ filters: 2, size: 3, pad: 1 })]), layers.relu()], {
      repeat: 2,
    }),
    layers.globalAveragePooling({ name: "seen" }),
    layers.embedding({ vocabulary: 9, units: 2, from: "words" }),
    layers.lstm({ units: 2, output: "last", name: "read" }),
    layers.concat({ from: ["seen", "read"] }),
    layers.affine({ units: 3, weightInit: "orthogonal" }),
  ],
  loss: { kind: "crossEntropy", labelSmoothing: 0.1 },
  metrics: ["accuracy", { kind: "topAccuracy", k: 2 }],
});

it("is what the forms say now", () => {
  expect(readPage("packages/nn/schema/model.schema.json")).toBe(modelSchemaText());
  expect(readPage("docs/layers.md")).toBe(layerReference());
  expect(readPage("packages/nn/src/read/optimizers.generated.ts")).toBe(renderOptimizerNames());
  expect(readPage("packages/nn/src/layers/builders.generated.ts")).toBe(renderBuilderWords());
});

it("describes every option of every kind", () => {
  const { $defs } = modelJsonSchema() as {
    $defs: Record<string, { properties?: Record<string, { description?: string }> }>;
  };
  const silent = Object.entries($defs).flatMap(([kind, { properties = {} }]) =>
    Object.entries(properties)
      .filter(([key, { description }]) => key !== "kind" && description === undefined)
      .map(([key]) => `${kind}.${key}`),
  );
  expect(silent).toEqual([]);
  expect(Object.keys($defs)).toEqual(expect.arrayContaining(Object.keys(layers)));
});

describe("an editor that goes by it", () => {
  it("accepts what the library accepts", () => {
    expect(validate(JSON.parse(JSON.stringify(spec)))).toBe(true);
  });

  it.each([
    ["an unknown option", { layers: [{ kind: "affine", units: 3, unit: 4 }] }],
    ["a missing option", { layers: [{ kind: "convolution", filters: 3 }] }],
    ["an unknown kind", { layers: [{ kind: "afine", units: 3 }] }],
    ["a value out of range", { layers: [{ kind: "dropout", ratio: 1 }] }],
    ["a mistake inside a block", { layers: [{ kind: "block", layers: [{ kind: "relu", units: 3 }] }] }],
    ["an unknown loss", { layers: [{ kind: "relu" }], loss: "hinge" }],
    ["no layers", { layers: [] }],
  ])("refuses %s", (_, part) => {
    expect(validate({ version: 1, input: [4], ...part })).toBe(false);
  });
});
