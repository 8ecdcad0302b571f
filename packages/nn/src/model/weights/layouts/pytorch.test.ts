/** Models with PyTorch's weights give PyTorch's outputs; the fixtures are made by scripts/pytorch-weights.py. */
import { readSafetensors } from "@adjoint/data";
import { describe, expect, it } from "vitest";
import { layers } from "../../../layers/builders.ts";
import { model } from "../../../read/parse.ts";
import { type Case, expectOutputs, readCases } from "../../../testing/foreign-models.ts";
import { expectClose } from "../../../testing/reference.ts";
import { build } from "../../build.ts";
import { loadWeights } from "../load-weights.ts";

const conv = layers.convolution;
const references = readCases("pytorch");

const cases: Readonly<Record<string, Case>> = {
  affine: { input: [4], layers: [layers.affine(3)], names: { affine1: "0" } },
  "affine without bias": { input: [4], layers: [layers.affine({ units: 3, bias: false })], names: { affine1: "0" } },
  "affine of every step": {
    input: [5, 4],
    layers: [layers.affine({ units: 3, flatten: false })],
    names: { affine1: "0" },
  },
  "affine of a flattened image": { input: [2, 3, 2], layers: [layers.affine(3)], names: { affine1: "1" } },
  convolution: {
    input: [2, 5, 4],
    layers: [conv({ filters: 3, size: [3, 2], stride: [1, 2], pad: [1, 0] })],
    names: { conv1: "0" },
  },
  "convolution in groups": {
    input: [4, 4, 5],
    layers: [conv({ filters: 6, size: 3, groups: 2 })],
    names: { conv1: "0" },
  },
  "depthwise convolution": {
    input: [3, 3, 4],
    layers: [conv({ filters: 6, size: 2, groups: 3, bias: false })],
    names: { conv1: "0" },
  },
  transposedConvolution: {
    input: [2, 3, 4],
    layers: [layers.transposedConvolution({ filters: 3, size: [3, 2], stride: 2, pad: 1, outputPad: [1, 0] })],
    names: { transposedConv1: "0" },
  },
  "batchNormalization of rows": {
    input: [4],
    layers: [layers.batchNormalization({ epsilon: 1e-5 })],
    names: { batchNorm1: "0" },
  },
  "batchNormalization of images": {
    input: [3, 2, 4],
    layers: [layers.batchNormalization({ perChannel: true, epsilon: 1e-3 })],
    names: { batchNorm1: "0" },
  },
  layerNormalization: { input: [3, 4], layers: [layers.layerNormalization()], names: { layerNorm1: "0" } },
  "layerNormalization of images": {
    input: [2, 3, 2],
    layers: [layers.layerNormalization({ axes: 3, epsilon: 1e-3 })],
    names: { layerNorm1: "0" },
  },
  groupNormalization: {
    input: [4, 3, 2],
    layers: [layers.groupNormalization(2)],
    names: { groupNorm1: "0" },
  },
  embedding: {
    input: { shape: [3], type: "labels" },
    layers: [layers.embedding({ vocabulary: 5, units: 3 })],
    names: { embedding1: "0" },
  },
  positionEmbedding: { input: [3, 4], layers: [layers.positionEmbedding()], names: { positions1: "wpe" } },
  lstm: { input: [4, 3], layers: [layers.lstm(2)], names: { lstm1: "rnn" } },
  "two lstms in one": {
    input: [4, 3],
    layers: [layers.lstm(2), layers.lstm(2)],
    names: { lstm1: "rnn", lstm2: "rnn_l1" },
  },
  gru: { input: [4, 3], layers: [layers.gru(2)], names: { gru1: "rnn" } },
  multiHeadAttention: {
    input: [4, 6],
    layers: [layers.multiHeadAttention({ heads: 2 })],
    names: { attention1: "attn" },
  },
  blocks: {
    input: [2, 3, 2],
    layers: [
      layers.block(
        [
          layers.residual(
            [
              conv({ filters: 2, size: 3, pad: 1, bias: false, name: "conv1" }),
              layers.batchNormalization({ perChannel: true, epsilon: 1e-5, name: "bn1" }),
              layers.relu(),
            ],
            { name: "body" },
          ),
        ],
        { repeat: 2, name: "stage" },
      ),
      layers.affine({ units: 3, name: "fc" }),
    ],
    names: { "stage.1.body": "0.0", "stage.2.body": "0.1", fc: "2" },
  },
  "convolution with pad same": {
    input: [2, 5, 6],
    layers: [conv({ filters: 3, size: [4, 3], dilation: [1, 2], pad: "same" })],
    names: { conv1: "0" },
  },
  "convolution of one dimension": {
    input: [6, 3],
    layers: [layers.convolution1d({ filters: 4, size: 3, stride: 2, pad: 1 })],
    names: { conv1: "inner" },
  },
  "convolution of one dimension in groups": {
    input: [5, 4],
    layers: [layers.convolution1d({ filters: 4, size: 4, pad: "same", groups: 2, bias: false })],
    names: { conv1: "inner" },
  },
  "max pooling without its pad": {
    input: [1, 6, 7],
    layers: [conv({ filters: 2, size: 2 }), layers.pooling({ size: 3, stride: 2, pad: 1, countPad: false })],
    names: { conv1: "0" },
  },
  "average pooling without its pad": {
    input: [1, 6, 7],
    layers: [
      conv({ filters: 2, size: 2 }),
      layers.averagePooling({ size: [3, 2], stride: 2, pad: [1, 0], countPad: false }),
    ],
    names: { conv1: "0" },
  },
  "normalizations without parameters": {
    input: [4, 3, 2],
    layers: [
      layers.batchNormalization({ perChannel: true, epsilon: 1e-5, scale: false, center: false }),
      layers.groupNormalization({ groups: 2, scale: false, center: false }),
      layers.layerNormalization({ axes: 3, scale: false, center: false }),
    ],
    names: { batchNorm1: "0" },
  },
  "layerNormalization without shift": {
    input: [3, 4],
    layers: [layers.layerNormalization({ center: false })],
    names: { layerNorm1: "0" },
  },
  rnn: { input: [4, 3], layers: [layers.rnn(2)], names: { rnn1: "rnn" } },
  "rnn with relu": { input: [4, 3], layers: [layers.rnn({ units: 2, activation: "relu" })], names: { rnn1: "rnn" } },
  "bidirectional rnn": {
    input: [4, 3],
    layers: [layers.rnn({ units: 2, bidirectional: true })],
    names: { rnn1: "rnn" },
  },
  "bidirectional lstm": {
    input: [4, 3],
    layers: [layers.lstm({ units: 2, bidirectional: true })],
    names: { lstm1: "rnn" },
  },
  "bidirectional gru": {
    input: [4, 3],
    layers: [layers.gru({ units: 2, bidirectional: true })],
    names: { gru1: "rnn" },
  },
  "the last of a bidirectional lstm": {
    input: [4, 3],
    layers: [layers.lstm({ units: 2, bidirectional: true, output: "last" })],
    names: { lstm1: "rnn" },
  },
};

describe("a model with the weights of PyTorch's", () => {
  it.each(Object.keys(cases))("%s", (name) => {
    expectOutputs(cases[name], references[name], "pytorch");
  });

  it("for every module of the fixture", () => {
    expect(Object.keys(cases)).toEqual(Object.keys(references));
  });

  it("predicts as a convolutional network does, from a file, in either precision", async () => {
    const file = new URL("../fixtures/cnn.safetensors", import.meta.url);
    const { tensors } = await readSafetensors(file);
    const { "example.input": x, "example.output": expected, ...weights } = tensors;
    const norm = layers.batchNormalization({ perChannel: true, epsilon: 1e-5 });
    const spec = model({
      input: [1, 12, 12],
      layers: [
        conv({ filters: 4, size: 3, pad: 1 }),
        norm,
        layers.relu(),
        layers.pooling({ size: 2 }),
        conv({ filters: 6, size: 3, groups: 2, bias: false }),
        norm,
        layers.relu(),
        layers.averagePooling({ size: 2 }),
        layers.flatten(),
        layers.dropout({ ratio: 0.5, inverted: true }),
        layers.affine(8),
        layers.relu(),
        layers.affine(3),
      ],
      loss: "softmaxWithLoss",
    });
    const names = {
      conv1: "features.0",
      batchNorm1: "features.1",
      conv2: "features.4",
      batchNorm2: "features.5",
      affine1: "classifier.2",
      affine2: "classifier.4",
    };
    for (const [dtype, tolerance] of [
      ["float64", 1e-12],
      ["float32", 1e-5],
    ] as const) {
      const net = build(spec, { dtype });
      loadWeights(net, weights, { layout: "pytorch", names });
      // Of numbers near 1; in single precision five layers round some hundred products each.
      expectClose(net.predict(x), { shape: expected.shape, data: Array.from(expected.data, Number) }, tolerance);
    }
  });
});
