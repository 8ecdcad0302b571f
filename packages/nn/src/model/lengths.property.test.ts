/** Models whose inputs have lengths that may change are, for each length, the model of that length. */
import { rng, type Tensor, tensor, zeros } from "@adjoint/tensor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { messageOf } from "../../../../testing/message-of.ts";
import { layers } from "../layers/builders.ts";
import type { LayerSpec } from "../layers/structures.ts";
import type { InputSpec } from "../read/model-spec.ts";
import { model } from "../read/parse.ts";
import { build } from "./build.ts";
import { randomSamples } from "./random-samples.ts";
import { decodeModel, encodeModel } from "./save.ts";
import { summary } from "./summary.ts";

/** Models of sequences of n steps, and of images of n × n; n may be −1. */
const made: Readonly<Record<string, (n: number) => { readonly input: InputSpec; readonly layers: LayerSpec[] }>> = {
  "words by convolution and attention": (n) => ({
    input: { shape: [n], type: "labels" },
    layers: [
      layers.embedding({ vocabulary: 5, units: 4 }),
      layers.positionalEncoding(),
      layers.convolution1d({ filters: 4, size: 3, pad: "same" }),
      layers.multiHeadAttention({ heads: 2, mask: "input" }),
      layers.layerNormalization({ center: false }),
      layers.mean({ axes: [0], mask: "input" }),
      layers.affine(3),
    ],
  }),
  "sequences in both directions, a block that repeats and a shared layer": (n) => ({
    input: [n, 4],
    layers: [
      layers.block([layers.residual([layers.affine({ units: 4, flatten: false })]), layers.relu()], { repeat: 2 }),
      layers.rnn({ units: 2, bidirectional: true, name: "read" }),
      layers.shared("read"),
      layers.lstm({ units: 3, output: "last" }),
    ],
  }),
  "images of any size": (n) => ({
    input: [1, n, n],
    layers: [
      layers.convolution({ filters: 3, size: 3, pad: "same", stride: 2 }),
      layers.batchNormalization({ perChannel: true }),
      layers.pooling({ size: 2, pad: "same" }),
      layers.globalAveragePooling(),
      layers.affine(3),
    ],
  }),
};

const int32 = { dtype: "int32" } as const;

describe.each(Object.entries(made))("%s", (_, make) => {
  const of = (n: number) => build(model({ ...make(n), loss: "crossEntropy" }), { seed: 3 });
  const batch = (net: ReturnType<typeof of>, n: number, seed: number): Tensor => {
    const [{ shape, type }] = net.inputs;
    const all = [2, ...shape.map((length) => (length === -1 ? n : length))];
    return type === "float" ? rng(seed).normal(all) : rng(seed).integers(1, 5, all);
  };
  const t = tensor([0, 2], int32);

  it("predicts and learns as the model of each length does, bit by bit", () => {
    const net = of(-1);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.nat(100), (n, seed) => {
        const fixed = of(n);
        fixed.loadState(net.state());
        const x = batch(net, n, seed);
        expect(net.predict(x).toArray()).toEqual(fixed.predict(x).toArray());
        const [own, other] = [net.gradient(x, t), fixed.gradient(x, t)];
        expect(Object.keys(own)).toEqual(Object.keys(other));
        for (const [name, gradient] of Object.entries(own)) {
          expect(gradient.toArray(), name).toEqual(other[name].toArray());
        }
        // Statistics have moved alike.
        expect(Object.values(net.state()).map((p) => p.toArray())).toEqual(
          Object.values(fixed.state()).map((p) => p.toArray()),
        );
      }),
      { numRuns: 10 },
    );
  });

  it("is saved and and has samples", () => {
    const net = of(-1);
    const again = decodeModel(encodeModel(net));
    const x = batch(net, 4, 1);
    expect(again.predict(x).toArray()).toEqual(net.predict(x).toArray());
    expect(summary(net)).toContain("are those of lengths ? = 8.");
    const samples = randomSamples(net, 3);
    expect(Number.isFinite(net.loss(samples.x as Tensor, samples.t as Tensor).item())).toBe(true);
  });
});

it("what does not fit is refused, in planning and in a batch", () => {
  const of = (...list: LayerSpec[]) => build(model({ input: [-1, 4], layers: list }));
  const conv = layers.convolution1d({ filters: 2, size: 3 });
  const masked = model({
    inputs: { x: [-1, 4], counts: { shape: [-1], type: "labels" } },
    layers: [layers.gru({ units: 3, from: "x", mask: "counts" })],
  });
  const images = build(model({ input: [1, -1, -1], layers: [layers.globalAveragePooling()] }));
  expect(of(conv).outputLayers.map(({ shape }) => shape)).toEqual([[-1, 2]]);
  expect([
    messageOf(() => of(layers.affine(3))),
    messageOf(() => of(layers.positionEmbedding())),
    messageOf(() => of(layers.batchNormalization())),
    messageOf(() => of(layers.convolution1d({ filters: 2, size: 400 }))),
    messageOf(() => of(layers.reshape([3, 5]))),
    messageOf(() => of(conv).predict(zeros([1, 2, 4]))),
    messageOf(() => of(conv).predict(zeros([1, 0, 4]))),
    messageOf(() => of(conv).predict(zeros([1, 5, 3]))),
    messageOf(() => images.predict(zeros([2, 3, 3]))),
    messageOf(() => build(masked).predict({ x: zeros([1, 5, 4]), counts: zeros([1, 4]) })),
    messageOf(() => model({ input: [0, 4], layers: [conv] })),
  ]).toMatchInlineSnapshot(`
    [
      "affine1: its weight would have the shape [?, 3], which depends on a length that may change. Take the last step (output: "last") or a mean over axis 0 before it, apply it step by step (flatten: false), or declare the length of the input. See layers[0] (affine).",
      "positions1: its weight would have the shape [?, 4], which depends on a length that may change. Take the last step (output: "last") or a mean over axis 0 before it, apply it step by step (flatten: false), or declare the length of the input. See layers[0] (positionEmbedding).",
      "batchNorm1: its gamma would have the shape [?], which depends on a length that may change. Take the last step (output: "last") or a mean over axis 0 before it, apply it step by step (flatten: false), or declare the length of the input. See layers[0] (batchNormalization).",
      "conv1: a window of 400 steps is longer than the padded sequence; expected at most ? Did you mean pad: "same"? Its input is [?, 4]. See layers[0] (convolution1d).",
      "reshape1: cannot turn [?, 4] (4·? elements) into [3, 5]; expected lengths whose product is 4·? One length may be -1: it follows from the others. Its input is [?, 4]. See layers[0] (reshape).",
      "Convolution1d: a window of 3 steps is longer than the padded sequence; expected at most 2. In layer "conv1". Use a smaller size, or pad: 1.",
      "predict: got an input of shape [1, 0, 4]; expected batches of shape [N, ?, 4]. Every length is 1 or more, and ? stands for any.",
      "predict: got an input of shape [1, 5, 3]; expected batches of shape [N, ?, 4]. Every length is 1 or more, and ? stands for any.",
      "predict: got an input of shape [2, 3, 3]; expected batches of shape [N, 1, ?, ?]. Every length is 1 or more, and ? stands for any.",
      "gru1: the mask of gru is labels [4]. In layer "gru1". A mask is labels [5], 0 where a step is padding, or labels [1], how many steps count.",
      "model: input[0] is 0; it must be an integer ≥ 1.",
    ]
  `);
});
