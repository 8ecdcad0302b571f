/** Every model of the folder is what its page says: it has that many parameters, runs, and has right gradients. */
import { readFileSync } from "node:fs";
import {
  build,
  checkModule,
  type Model,
  type ModelSpec,
  model,
  parseModel,
  randomSamples,
  type Shape,
  summary,
} from "adjoint";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { modelNames, readSpec, reduced, reductions } from "./read-spec.ts";

interface Expected {
  readonly parameters: number;
  /** The shape of what comes out for one sample. */
  readonly output: Shape;
  /** With how many samples: batch normalization makes ±1 of any two, whose gradients are 0. Default 2. */
  readonly samples?: number;
}

/** A convolution of 3 × 3 with biases. */
const conv3 = (from: number, to: number): number => 9 * from * to + to;
const affine = (from: number, to: number): number => from * to + to;

/** Two convolutions of 3 × 3, as on every level of the U-Net. */
const level = (from: number, to: number): number => conv3(from, to) + conv3(to, to);

/**
 * A residual of a ResNet, whose convolutions have no biases but a γ and a β for each channel; shortcuts without
 * parameters (option A of the paper).
 */
const residual = (from: number, to: number): number => 9 * from * to + 2 * to + 9 * to * to + 2 * to;

/** A layer of a transformer's encoder: four [D, D] maps and a feed-forward of hidden units, each after a norm. */
const encoder = (D: number, hidden: number): number =>
  2 * D + 4 * affine(D, D) + 2 * D + affine(D, hidden) + affine(hidden, D);

const models: Readonly<Record<string, Expected>> = {
  "two-layer-net": {
    parameters: affine(784, 50) + affine(50, 10),
    output: [10],
  },
  "multi-layer-net": {
    parameters: affine(784, 100) + 5 * affine(100, 100) + affine(100, 10),
    output: [10],
  },
  "multi-layer-net-extend": {
    // γ and β of six batch normalizations more.
    parameters: affine(784, 100) + 5 * affine(100, 100) + affine(100, 10) + 6 * 200,
    output: [10],
    samples: 3,
  },
  "simple-conv-net": {
    // 30 filters of 5 × 5 leave 24 × 24 of 28 × 28, pooling 12 × 12.
    parameters: 30 * 25 + 30 + affine(30 * 12 * 12, 100) + affine(100, 10),
    output: [10],
  },
  "deep-conv-net": {
    // 28 × 28 become 14, 16 (by the pad of 2), 8 and 4.
    parameters:
      conv3(1, 16) +
      conv3(16, 16) +
      conv3(16, 32) +
      conv3(32, 32) +
      conv3(32, 64) +
      conv3(64, 64) +
      affine(64 * 16, 50) +
      affine(50, 10),
    output: [10],
  },
  "lenet-5": {
    // C1 156, C3 2,416 (each map reads all maps of S2), C5 48,120, F6 10,164, output 850.
    parameters: 61_706,
    output: [10],
  },
  "resnet-20": {
    // 6n + 2 layers, n = 3: "0.27M" in table 6 of the paper.
    parameters:
      9 * 3 * 16 +
      2 * 16 +
      3 * residual(16, 16) +
      residual(16, 32) +
      2 * residual(32, 32) +
      residual(32, 64) +
      2 * residual(64, 64) +
      affine(64, 10),
    output: [10],
    samples: 3,
  },
  "u-net": {
    // Down 16, 32, 64; up by transposed convolutions of 2 × 2, beside what came from the same level; one logit a pixel.
    parameters:
      level(1, 16) +
      level(16, 32) +
      level(32, 64) +
      (64 * 32 * 4 + 32) +
      level(64, 32) +
      (32 * 16 * 4 + 16) +
      level(32, 16) +
      affine(16, 1),
    output: [1, 64, 64],
  },
  "character-lstm": {
    // An embedding, the gates' Wx, Wh and b side by side, and scores for each character.
    parameters: 96 * 32 + 32 * 512 + 128 * 512 + 512 + affine(128, 96),
    output: [64, 96],
  },
  "transformer-encoder": {
    parameters: 96 * 64 + 2 * encoder(64, 256) + 2 * 64 + affine(64, 2),
    output: [2],
  },
};

/** Whether an editor that goes by the JSON Schema that a model names finds nothing wrong with it. */
function fitsSchema(spec: ModelSpec): boolean {
  const schema = JSON.parse(readFileSync(new URL(spec.$schema as string, import.meta.url), "utf8"));
  return new Ajv2020({ strict: false }).validate(schema, spec);
}

/** The layers' names and kinds, those of repetitions once. */
const structureOf = (net: Model): string[] => [
  ...new Set(net.layers.map(({ name, kind }) => `${name.replaceAll(/\.\d+(?=\.)/g, "")}: ${kind}`)),
];

it("knows every file of the folder", () => {
  expect(Object.keys(models).sort()).toEqual(modelNames);
});

it("counts the parameters of the papers", () => {
  expect(models["resnet-20"].parameters).toBe(269_722);
  expect(models["u-net"].parameters).toBe(116_753);
  expect(models["character-lstm"].parameters).toBe(97_888);
  expect(models["transformer-encoder"].parameters).toBe(106_370);
});

describe.each(Object.entries(models))("%s", (name, { parameters, output, samples = 2 }) => {
  it("is a model, which comes back from JSON as it was", () => {
    const spec = readSpec(name);
    expect(parseModel(spec)).toEqual(spec);
    expect(fitsSchema(spec)).toBe(true);
    const text = JSON.stringify(spec);
    expect(JSON.stringify(build(spec).toSpec())).toBe(text);
    const { version: _, ...options } = spec;
    expect(model(options)).toEqual(spec);
  });

  it("has as many parameters as can be counted by hand, and shows them", () => {
    const net = build(readSpec(name));
    expect(net.parameters().reduce((sum, { size }) => sum + size, 0)).toBe(parameters);
    const table = summary(net);
    expect(table).toMatch(new RegExp(`total .* ${parameters.toLocaleString("en-US")} `));
    for (const layer of net.layers) expect(table).toContain(`│ ${layer.name} `);
  });

  it("goes from samples to outputs and a loss", () => {
    const net = build(readSpec(name), { seed: 1 });
    const { x, t } = randomSamples(net, 2, 2);
    expect(net.predict(x).shape).toEqual([2, ...output]);
    expect(net.outputLayers.map(({ shape }) => shape)).toEqual([output]);
    expect(Number.isFinite(net.loss(x, t as never, { train: true }).item())).toBe(true);
  });

  it("has right gradients in every layer and in its loss, at a reduced size", () => {
    const net = build(reduced(readSpec(name), reductions[name]), { seed: 1, dtype: "float64" });
    expect(structureOf(net)).toEqual(structureOf(build(readSpec(name))));
    const { x, t } = randomSamples(net, samples, 2);
    const report = checkModule(net, x, { t: t as never, train: true, mode: "projected" });
    expect(report.ok, String(report)).toBe(true);
    expect(report.layers.map((layer) => layer.name)).toEqual([...net.layers.map((layer) => layer.name), "loss"]);
  });
});
