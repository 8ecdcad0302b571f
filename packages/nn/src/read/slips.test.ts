/** Slips of those who write specs, of newcomers above all: told once each, all at once, in words that say what to do. */
import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { KindForm } from "../layers/kind/layer-kind.ts";
import { registryOf } from "../layers/registry.ts";
import { allKinds, structures } from "../layers/structures.ts";
import { losses } from "../losses/all.ts";
import { Notes } from "./mend.ts";
import { modelSchema } from "./model-spec.ts";
import { parseModel } from "./parse.ts";

const good = { version: 1, input: [4], layers: [{ kind: "affine", units: 3 }], loss: "softmaxWithLoss" };

/** What is wrong with a value; nothing where it is a spec. */
function toldOf(value: unknown): string {
  try {
    parseModel(value);
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}

describe("a slip", () => {
  const wrong = (layers: unknown[], more: object = {}): string => toldOf({ version: 1, input: [4], layers, ...more });

  it("in one field does not hide those in others, nor is it told as a missing name, too", () => {
    const affine = { kind: "affine", unit: 3 };
    expect([
      toldOf({ version: "1", inptu: [0], layer: [affine, { type: "rellu" }], los: "mze" }),
      toldOf({ version: 2, input: [0], layers: 3, loss: "mze", name: 3 }),
      toldOf({ input: [4], layers: [affine] }),
    ]).toMatchInlineSnapshot(`
      [
        "parseModel: 9 mistakes:
        unknown name "inptu"; did you mean "input"?
        unknown name "layer"; did you mean "layers"?
        unknown name "los"; did you mean "loss"?
        version is "1"; it must be 1 (a number)
        input[0] is 0; it must be an integer ≥ 1
        loss is "mze"; did you mean "mse"?
        layers[0] (affine): unknown name "unit"; did you mean "units"?
        layers[1]: has the unknown kind "rellu"; did you mean "relu"?
        layers[1] (relu): unknown name "type"; did you mean "kind"?",
        "parseModel: 5 mistakes:
        version is 2; it must be 1. Update Adjoint to read newer files
        name is 3; it must be a string of at most 200 characters
        layers is 3; it must be an array of 1 to 10000 layers
        input[0] is 0; it must be an integer ≥ 1
        loss is "mze"; did you mean "mse"?",
        "parseModel: 2 mistakes:
        version is missing
        layers[0] (affine): unknown name "unit"; did you mean "units"?",
      ]
    `);
  });

  it("is what other frameworks say: kinds", () => {
    const others = {
      affine: ["dense", "Linear", "fc"],
      convolution: ["Conv2D", "conv", "conv_2d"],
      transposedConvolution: ["conv2dTranspose", "deconvolution"],
      pooling: ["maxPool", "MaxPooling2D", "pool"],
      averagePooling: ["avgPool", "AvgPool2d"],
      globalAveragePooling: ["globalAvgPool", "globalPool"],
      batchNormalization: ["batchNorm", "BatchNorm2d"],
      layerNormalization: ["layerNorm"],
      groupNormalization: ["group_norm"],
      multiHeadAttention: ["attention"],
      lstm: ["LSTM"],
      gru: ["GRU"],
      leakyRelu: ["leakyReLU", "leaky_relu"],
      silu: ["swish"],
      upsampling: ["upsample"],
      concat: ["concatenate", "cat"],
    };
    for (const [kind, names] of Object.entries(others)) {
      for (const name of names) expect(wrong([{ kind: name }])).toContain(`"${name}"; did you mean "${kind}"?`);
    }
  });

  it("is what a kind lists as its synonyms, and nothing where none is given", () => {
    for (const { kind, synonyms = "" } of allKinds as readonly KindForm[]) {
      for (const name of synonyms.split(" ").filter((word) => word !== "")) {
        expect(wrong([{ kind: name }])).toContain(`"${name}"; did you mean "${kind}"?`);
      }
    }
    expect(wrong([{ kind: "" }])).toContain('unknown kind ""; the kinds are convolution,');
  });

  it("is what other frameworks say: options, where the kind has them", () => {
    expect(
      wrong([
        { kind: "convolution", out_channels: 3, kernelSize: 3, padding: 1, strides: 1 },
        { kind: "affine", outFeatures: 3 },
        { kind: "dropout", p: 0.5 },
        { kind: "leakyRelu", alpha: 0.1 },
        { kind: "embedding", num_embeddings: 3, dim: 4 },
        { kind: "lstm", hiddenSize: 3, returnSequences: true },
        { kind: "multiHeadAttention", num_heads: 2 },
        { kind: "relu", padding: 1 },
      ]),
    ).toMatchInlineSnapshot(`
      "parseModel: 14 mistakes:
        layers[0] (convolution): unknown name "out_channels"; did you mean "filters"?
        layers[0] (convolution): unknown name "kernelSize"; did you mean "size"?
        layers[0] (convolution): unknown name "padding"; did you mean "pad"?
        layers[0] (convolution): unknown name "strides"; did you mean "stride"?
        layers[1] (affine): unknown name "outFeatures"; did you mean "units"?
        layers[2] (dropout): unknown name "p"; did you mean "ratio"?
        layers[3] (leakyRelu): unknown name "alpha"; did you mean "slope"?
        layers[4] (embedding): unknown name "num_embeddings"; did you mean "vocabulary"?
        layers[4] (embedding): unknown name "dim"; did you mean "units"?
        layers[5] (lstm): unknown name "hiddenSize"; did you mean "units"?
        layers[5] (lstm): unknown name "returnSequences"; did you mean "output"?
        layers[5] (lstm): output is true; it must be "all" or "last"
        layers[6] (multiHeadAttention): unknown name "num_heads"; did you mean "heads"?
        layers[7] (relu): unknown name "padding"; expected one of kind, name, from."
    `);
  });

  it("is what other frameworks say: losses, initial weights and activations", () => {
    for (const { kind, synonyms = "" } of losses.values()) {
      for (const name of synonyms.split(" ").filter((word) => word !== "" && word !== "meansquarederror")) {
        expect(wrong([{ kind: "relu" }], { loss: name })).toContain(`loss is "${name}"; did you mean "${kind}"?`);
      }
    }
    const names = ["sparse_categorical_crossentropy", "BCEWithLogitsLoss", "mean_squared_error", "MAE", "SmoothL1Loss"];
    const inits = ["he_normal", "kaiming_uniform", "xavier_uniform", "GlorotNormal"];
    expect([
      ...names.map((loss) => wrong([{ kind: "relu" }], { loss })),
      wrong(inits.map((weightInit) => ({ kind: "affine", units: 3, weightInit }))),
      wrong([{ kind: "affine", units: 3, activation: "relu" }]),
    ]).toMatchInlineSnapshot(`
      [
        "parseModel: loss is "sparse_categorical_crossentropy"; did you mean "crossEntropy"?",
        "parseModel: loss is "BCEWithLogitsLoss"; did you mean "binaryCrossEntropyWithLogits"?",
        "parseModel: loss is "mean_squared_error"; did you mean "mse"?",
        "parseModel: loss is "MAE"; did you mean "l1"?",
        "parseModel: loss is "SmoothL1Loss"; did you mean "huber"?",
        "parseModel: 4 mistakes:
        layers[0] (affine): weightInit is "he_normal"; did you mean "he"?
        layers[1] (affine): weightInit is "kaiming_uniform"; did you mean "heUniform"?
        layers[2] (affine): weightInit is "xavier_uniform"; did you mean "glorotUniform"?
        layers[3] (affine): weightInit is "GlorotNormal"; did you mean "glorotNormal"?",
        "parseModel: layers[0] (affine): unknown name "activation"; expected one of kind, name, from, units, flatten, bias, weightInit, weightDecay, l1. An activation is a layer of its own: { "kind": "relu" } after this one.",
      ]
    `);
  });

  it("in a kind lists the kinds once", () => {
    const text = wrong([{ kind: "?" }, { kind: "!" }, {}]);
    expect(text.match(/transposedConvolution/g)).toHaveLength(1);
    expect(text).toContain("Pass custom layers as { use: [name] }, on the command line with --use FILE");
    expect(text).toContain('layers[1]: has the unknown kind "!"; the kinds are listed above');
  });

  it("is told in words for people, whatever the option and the value", () => {
    const values = [-1, 0.5, 1e12, Number.NaN, "", "x", null, true, [], [-1], [[1]], {}, { x: 1 }];
    const registry = registryOf("model");
    const kinds = [...registry.kinds, ...Object.entries(structures)];
    const options = kinds.flatMap(([kind, { schema }]) =>
      Object.keys(schema.shape).map((option) => ({ kind, option })),
    );
    const specs = [
      ...options.flatMap(({ kind, option }) =>
        values.map((value) => ({ ...good, layers: [option === "kind" ? { kind: value } : { kind, [option]: value }] })),
      ),
      ...Object.keys(modelSchema.shape).flatMap((field) => values.map((value) => ({ ...good, [field]: value }))),
      ...values.flatMap((value) => [
        { ...good, input: { shape: value } },
        { ...good, input: { shape: [4], type: value } },
        ...[...losses].flatMap(([kind, { schema }]) =>
          Object.keys(schema.shape).map((option) => ({ ...good, loss: { kind, [option]: value } })),
        ),
      ]),
    ];
    for (const spec of specs) {
      expect(toldOf(spec)).not.toMatch(/: expected|[Ii]nvalid|Too (small|big)|Unrecognized|; it [A-Z]/);
    }
  });

  it("is told in words for people where a schema of a layer of one's own says nothing", () => {
    const schema = z.strictObject({
      a: z.int().max(3),
      b: z.string().min(2).regex(/^x/),
      c: z.array(z.boolean()).min(1),
      d: z.union([z.enum(["left", "right"]), z.strictObject({ e: z.number() })]),
      f: z.number().multipleOf(2),
      g: z.number().refine((value) => value > 0),
    });
    const notes = new Notes();
    notes.read(schema, { a: 4, b: "", c: [], d: "lefft", f: 3, g: -1 }, [], Object.keys(schema.shape), "own");
    notes.read(schema, { a: "1", b: 1, c: [1], d: { e: 1, x: 1 }, f: "x", g: 1 }, [], Object.keys(schema.shape), "own");
    expect(notes.mistakes.map(({ problem }) => problem)).toMatchInlineSnapshot(`
      [
        "a is 4; it must be a number ≤ 3",
        "b is ""; it must be a string of at least 2 characters",
        "b is ""; it must be a string of the form /^x/",
        "c is []; it must be a list of at least 1",
        "d is "lefft"; did you mean "left"?",
        "f is 3; it must be a multiple of 2",
        "g is -1; it has the wrong form",
        "unknown name "x"; it is not allowed here",
        "a is "1"; it must be a number",
        "b is 1; it must be a string",
        "c[0] is 1; it must be true or false",
        "f is "x"; it must be a number",
      ]
    `);
  });
});
