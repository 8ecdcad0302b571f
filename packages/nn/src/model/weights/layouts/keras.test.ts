/** Models with Keras's weights give Keras's outputs; the fixtures are made by scripts/keras-weights.py. */
import { describe, expect, it } from "vitest";
import { layers } from "../../../layers/builders.ts";
import { type Case, expectOutputs, readCases } from "../../../testing/foreign-models.ts";

const conv = layers.convolution;
const references = readCases("keras");

/** The weights of a Sequential have its name before their own, and its number says when it was made. */
const rename = (name: string) => name.replace(/^sequential(_\d+)?\//, "");

const norm = { epsilon: 1e-3 };

/** Keras on PyTorch, which computed these, rounds ε and states to single precision: a few roundings of 2⁻²⁴. */
const single = { tolerance: 16 * 2 ** -24 };

const cases: Readonly<Record<string, Case>> = {
  affine: { input: [4], layers: [layers.affine(3)], names: { affine1: "fc" } },
  "affine without bias": { input: [4], layers: [layers.affine({ units: 3, bias: false })], names: { affine1: "fc" } },
  "affine of every step": {
    input: [5, 4],
    layers: [layers.affine({ units: 3, flatten: false })],
    names: { affine1: "fc" },
  },
  "affine of a flattened image": { input: [2, 3, 2], layers: [layers.affine(3)], names: { affine1: "fc" } },
  "affine of a flattened sequence": { input: [3, 2], layers: [layers.affine(3)], names: { affine1: "fc" } },
  convolution: {
    input: [2, 5, 4],
    layers: [conv({ filters: 3, size: [3, 2], stride: 2 })],
    names: { conv1: "conv" },
  },
  "convolution in groups": {
    input: [4, 4, 5],
    layers: [conv({ filters: 6, size: 3, groups: 2 })],
    names: { conv1: "conv" },
  },
  "depthwise convolution": {
    input: [3, 3, 4],
    layers: [conv({ filters: 6, size: 2, groups: 3, bias: false })],
    names: { conv1: "conv" },
  },
  transposedConvolution: {
    input: [2, 3, 4],
    layers: [layers.transposedConvolution({ filters: 3, size: [3, 2], stride: 2 })],
    names: { transposedConv1: "conv" },
  },
  "batchNormalization of rows": {
    input: [4],
    layers: [layers.batchNormalization(norm)],
    names: { batchNorm1: "bn" },
  },
  "batchNormalization of images": {
    input: [3, 2, 4],
    layers: [layers.batchNormalization({ perChannel: true, ...norm })],
    names: { batchNorm1: "bn" },
  },
  "batchNormalization of flattened images": {
    input: [2, 2, 3],
    layers: [layers.batchNormalization(norm), layers.affine(3)],
    names: { batchNorm1: "bn", affine1: "fc" },
  },
  layerNormalization: { input: [3, 4], layers: [layers.layerNormalization(norm)], names: { layerNorm1: "ln" } },
  "layerNormalization of images": {
    input: [2, 3, 2],
    layers: [layers.layerNormalization({ axes: 3, ...norm })],
    names: { layerNorm1: "ln" },
  },
  "layerNormalization of flattened images": {
    input: [2, 3, 2],
    layers: [layers.flatten(), layers.layerNormalization(norm), layers.affine(3)],
    names: { layerNorm1: "ln", affine1: "fc" },
  },
  groupNormalization: {
    input: [4, 3, 2],
    layers: [layers.groupNormalization({ groups: 2, ...norm })],
    names: { groupNorm1: "gn" },
  },
  embedding: {
    input: { shape: [3], type: "labels" },
    layers: [layers.embedding({ vocabulary: 5, units: 3 })],
    names: { embedding1: "tokens" },
  },
  positionEmbedding: {
    input: [3, 4],
    layers: [layers.positionEmbedding()],
    names: { positions1: "positions/positions" },
  },
  lstm: { input: [4, 3], layers: [layers.lstm(2)], names: { lstm1: "rnn" } },
  gru: { input: [4, 3], layers: [layers.gru({ units: 2, output: "last" })], names: { gru1: "rnn" } },
  multiHeadAttention: {
    input: [4, 8],
    layers: [layers.multiHeadAttention({ heads: 2 })],
    names: { attention1: "attn" },
  },
  "a small network": {
    input: [1, 10, 9],
    layers: [
      conv({ filters: 4, size: 3 }),
      layers.relu(),
      layers.batchNormalization({ perChannel: true, ...norm }),
      layers.pooling({ size: 2 }),
      layers.dropout({ ratio: 0.5, inverted: true }),
      layers.affine({ units: 5, name: "hidden" }),
      layers.relu(),
      layers.affine({ units: 3, name: "scores" }),
    ],
    names: { conv1: "conv_a", batchNorm1: "norm" },
  },
  "two flattened branches": {
    input: [2, 5, 3],
    layers: [
      conv({ filters: 2, size: 2, name: "a" }),
      layers.flatten({ name: "rowA" }),
      conv({ filters: 3, size: 1, stride: 2, name: "b", from: "input" }),
      layers.flatten({ name: "rowB" }),
      layers.concat({ from: ["rowA", "rowB"] }),
      layers.affine({ units: 3, name: "fc" }),
    ],
    names: {},
  },
  "an image made of a row": {
    input: [4],
    layers: [
      layers.affine({ units: 12, name: "fc" }),
      layers.reshape([3, 2, 2]),
      layers.transpose([2, 0, 1]),
      layers.transposedConvolution({ filters: 1, size: 2, name: "conv" }),
    ],
    names: {},
  },
  "convolution with pad same": {
    input: [2, 6, 5],
    layers: [conv({ filters: 3, size: [4, 3], stride: [2, 3], pad: "same" })],
    names: { conv1: "conv" },
  },
  "transposedConvolution with pad same": {
    input: [2, 3, 4],
    layers: [layers.transposedConvolution({ filters: 3, size: [3, 2], stride: [2, 3], pad: "same" })],
    names: { transposedConv1: "conv" },
  },
  "pooling with pad same": {
    input: [2, 6, 5],
    layers: [
      conv({ filters: 3, size: 2 }),
      layers.pooling({ size: 3, stride: 2, pad: "same" }),
      layers.averagePooling({ size: 2, stride: 1, pad: "same" }),
    ],
    names: { conv1: "conv" },
  },
  "convolution of one dimension": {
    input: [7, 3],
    layers: [
      layers.convolution1d({ filters: 4, size: 3, dilation: 2, pad: "causal" }),
      layers.pooling1d({ size: 2, pad: "same" }),
    ],
    names: { conv1: "conv" },
  },
  "convolution of one dimension with pad same": {
    input: [7, 4],
    layers: [
      layers.convolution1d({ filters: 6, size: 4, stride: 2, groups: 2, pad: "same" }),
      layers.averagePooling1d({ size: 3, pad: "same" }),
    ],
    names: { conv1: "conv" },
  },
  "normalizations in part": {
    ...single,
    input: [4, 3, 2],
    layers: [
      layers.batchNormalization({ perChannel: true, scale: false, ...norm }),
      layers.groupNormalization({ groups: 2, center: false, ...norm }),
      layers.transpose([1, 2, 0]),
      layers.layerNormalization({ scale: false, center: false, ...norm }),
      layers.transpose([2, 0, 1]),
    ],
    names: { batchNorm1: "bn", groupNorm1: "gn" },
  },
  rnn: {
    ...single,
    input: [4, 3],
    layers: [layers.rnn({ units: 2, activation: "relu", output: "last" })],
    names: { rnn1: "rnn" },
  },
  "bidirectional rnn": {
    ...single,
    input: [4, 3],
    layers: [layers.rnn({ units: 2, bidirectional: true })],
    names: { rnn1: "both" },
  },
  "bidirectional lstm": {
    ...single,
    input: [4, 3],
    layers: [layers.lstm({ units: 2, bidirectional: true, output: "last" })],
    names: { lstm1: "both" },
  },
  "bidirectional gru": {
    ...single,
    input: [4, 3],
    layers: [layers.gru({ units: 2, bidirectional: true })],
    names: { gru1: "both" },
  },
  "words with padding": {
    ...single,
    input: { shape: [6], type: "labels" },
    layers: [
      layers.embedding({ vocabulary: 5, units: 3 }),
      layers.gru({ units: 2, bidirectional: true, output: "last", mask: "input" }),
    ],
    names: { embedding1: "tokens", gru1: "both" },
  },
  "a mean over words": {
    input: { shape: [6], type: "labels" },
    layers: [layers.embedding({ vocabulary: 5, units: 3 }), layers.mean({ axes: [0], mask: "input" })],
    names: { embedding1: "tokens" },
  },
};

describe("a model with the weights of Keras's", () => {
  it.each(Object.keys(cases))("%s", (name) => {
    expectOutputs(cases[name], references[name], "keras", rename);
  });

  it("for every model of the fixture", () => {
    expect(Object.keys(cases)).toEqual(Object.keys(references));
  });

  it("finds weights by the names that Keras 2 gave them, and by names with dots", () => {
    for (const name of Object.keys(cases)) {
      const numbered = (path: string) => `${rename(path).replace(/(lstm|gru)_cell/, "$1_cell_3")}:0`;
      expectOutputs(cases[name], references[name], "keras", numbered);
      expectOutputs(cases[name], references[name], "keras", (path) => rename(path).replaceAll("/", "."));
    }
    const depthwise = (path: string) => rename(path).replace("kernel", "depthwise_kernel");
    expectOutputs(cases["depthwise convolution"], references["depthwise convolution"], "keras", depthwise);
  });

  it("takes the name of the whole for all that has none of its own", () => {
    const name = "a small network";
    const names = { "": "sequential", conv1: "sequential/conv_a", batchNorm1: "sequential/norm" };
    const inside = (path: string) => `sequential/${rename(path)}`;
    expectOutputs({ ...cases[name], names }, references[name], "keras", inside);
  });
});
