/** Layers and losses beyond the book: gradients, modes, float32, and what they refuse. */
import { constant, type Variable, type VariableLike, variable } from "@adjoint/autograd";
import { kernels, rng, type Shape, type Tensor, tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { messageOf } from "../../../../testing/message-of.ts";
import { checkModule } from "../check/check-module.ts";
import { binaryCrossEntropyWithLogits } from "../losses/binary-cross-entropy.ts";
import { crossEntropy } from "../losses/cross-entropy.ts";
import { huberLoss } from "../losses/huber.ts";
import { klDivergence } from "../losses/kl-divergence.ts";
import { mseLoss } from "../losses/mse.ts";
import { AdaptiveAveragePooling } from "./adaptive-average-pooling.ts";
import { MultiHeadAttention } from "./attention.ts";
import { AveragePooling } from "./average-pooling.ts";
import { BatchNormalization } from "./batch-normalization.ts";
import { Convolution } from "./convolution.ts";
import { Embedding } from "./embedding.ts";
import { GlobalAveragePooling } from "./global-average-pooling.ts";
import { GroupNormalization } from "./group-normalization.ts";
import { GruCell } from "./gru.ts";
import { LayerNormalization } from "./layer-normalization.ts";
import { Lstm, LstmCell } from "./lstm.ts";
import { TransposedConvolution } from "./transposed-convolution.ts";

const normal = (shape: Shape, seed = 1): Tensor => rng(seed).normal(shape);
const p = (shape: Shape, seed = 1): Variable => variable(normal(shape, seed));

const square = (n: number): Record<"Wq" | "Wk" | "Wv" | "Wo" | "bq" | "bk" | "bv" | "bo", Variable> => ({
  ...{ Wq: p([n, n], 1), Wk: p([n, n], 2), Wv: p([n, n], 3), Wo: p([n, n], 4) },
  ...{ bq: p([n], 5), bk: p([n], 6), bv: p([n], 7), bo: p([n], 8) },
});

describe("gradients are those of differences", () => {
  const layers: Readonly<Record<string, readonly [{ forward(x: VariableLike): Variable }, Tensor]>> = {
    "a dilated convolution in groups": [
      new Convolution(p([4, 1, 2, 3]), p([4]), { groups: 2, dilation: 2, pad: [1, 2] }),
      normal([2, 2, 5, 5]),
    ],
    "a transposed convolution": [
      new TransposedConvolution(p([2, 3, 3, 2]), p([3]), { stride: 2, pad: 1, outputPad: 1 }),
      normal([2, 2, 3, 3]),
    ],
    "average pooling": [new AveragePooling(2, 3, { stride: 2, pad: 1 }), normal([2, 2, 4, 5])],
    "global average pooling": [new GlobalAveragePooling(), normal([2, 3, 4, 2])],
    "adaptive average pooling": [new AdaptiveAveragePooling(2, 3), normal([1, 2, 5, 4])],
    "layer normalization": [new LayerNormalization(p([2, 3]), p([2, 3])), normal([4, 2, 3])],
    "group normalization": [new GroupNormalization(2, p([4]), p([4])), normal([2, 4, 3, 2])],
    "batch normalization of channels": [
      new BatchNormalization(p([3]), p([3]), { perChannel: true }),
      normal([2, 3, 2, 2]),
    ],
    lstm: [new Lstm(new LstmCell(p([3, 8]), p([2, 8], 2), p([8], 3))), normal([2, 4, 3])],
    attention: [new MultiHeadAttention(square(4), { heads: 2 }), normal([2, 3, 4])],
    "causal attention": [new MultiHeadAttention(square(4), { heads: 4, causal: true }), normal([1, 4, 4])],
  };

  // Second derivatives of each entry with respect to each would take minutes there: along random directions.
  const large = ["lstm", "attention", "causal attention"];

  it.each(Object.entries(layers))("of %s, its input and its parameters", (name, [layer, x]) => {
    const report = checkModule(layer, x, { order: 2, mode: large.includes(name) ? "projected" : "full" });
    expect(report.ok, String(report)).toBe(true);
  });
});

describe("in float32 and without samples", () => {
  it("layers keep the dtype, and the shape of nothing", () => {
    const none: readonly (readonly [Variable, Shape])[] = [
      [new Convolution(p([4, 1, 2, 2]), p([4]), { groups: 2 }).forward(normal([0, 2, 3, 3])), [0, 4, 2, 2]],
      [new TransposedConvolution(p([2, 3, 2, 2]), p([3])).forward(normal([0, 2, 3, 3])), [0, 3, 4, 4]],
      [new AdaptiveAveragePooling(2, 1).forward(normal([0, 2, 3, 3])), [0, 2, 2, 1]],
      [new LayerNormalization(p([3]), p([3])).forward(normal([0, 3])), [0, 3]],
      [new GroupNormalization(1, p([2]), p([2])).forward(normal([0, 2, 3])), [0, 2, 3]],
      [new Embedding(p([5, 3])).forward(tensor([], { dtype: "int32" })), [0, 3]],
      [new Lstm(new LstmCell(p([3, 8]), p([2, 8]), p([8]))).forward(normal([0, 2, 3])), [0, 2, 2]],
    ];
    for (const [y, shape] of none) expect([y.shape, y.dtype]).toEqual([shape, "float32"]);
  });
});

it("a causal step does not see what comes after it", () => {
  const layer = new MultiHeadAttention(square(4), { causal: true });
  const x = normal([1, 4, 4]);
  const changed = kernels.copy(x);
  changed.data[15] += 5;
  const [a, b] = [x, changed].map((input) => layer.forward(input).toArray() as number[][][]);
  expect(b[0].slice(0, 3)).toEqual(a[0].slice(0, 3));
  expect(b[0][3]).not.toEqual(a[0][3]);
});

it("batch normalization of channels keeps running statistics of channels", () => {
  const layer = new BatchNormalization(p([2]), p([2]), { perChannel: true, momentum: 0 });
  const x = normal([3, 2, 2, 2]);
  layer.forward(x);
  const means = constant(x)
    .mean({ axis: [0, 2, 3] })
    .toArray() as number[];
  ((layer.runningMean as Variable).toArray() as number[]).forEach((value, i) => {
    // float32: twelve additions of numbers near 1.
    expect(Math.abs(value - means[i])).toBeLessThan(12 * 2 ** -23);
  });
  expect(layer.forward(x, { train: false }).shape).toEqual([3, 2, 2, 2]);
});

it("losses are exact where softmax would underflow, and 0 where t is 0 in the divergence", () => {
  expect(crossEntropy(constant([[0, -1000]], { dtype: "float64" }), tensor([1], { dtype: "int32" })).item()).toBe(1000);
  expect(
    binaryCrossEntropyWithLogits(constant([-1000], { dtype: "float64" }), constant([1], { dtype: "float64" })).item(),
  ).toBe(1000);
  expect(
    klDivergence(constant([[-1, -2]], { dtype: "float64" }), constant([[0, 1]], { dtype: "float64" })).item(),
  ).toBe(2);
});

it("what does not fit is refused with its shapes and a word of help", () => {
  expect([
    messageOf(() => new Convolution(p([3, 1, 2, 2]), p([3]), { groups: 2 })),
    messageOf(() => new Convolution(p([4, 1, 2, 2]), p([4]), { groups: 2 }).forward(normal([1, 3, 4, 4]))),
    messageOf(() => new TransposedConvolution(p([2, 3, 2, 2]), p([2]))),
    messageOf(() => new TransposedConvolution(p([2, 3, 2, 2]), p([3]), { outputPad: 1 }).forward(normal([1, 2, 3, 3]))),
    messageOf(() => new TransposedConvolution(p([2, 3, 2, 2]), p([3])).forward(normal([1, 3, 3, 3]))),
    messageOf(() => new AdaptiveAveragePooling(0, 2)),
    messageOf(() => new GlobalAveragePooling().forward(normal([2, 3]))),
    messageOf(() => new LayerNormalization(p([3]), p([3])).forward(normal([2, 4]))),
    messageOf(() => new LayerNormalization(p([3]), p([3]), { epsilon: 0 })),
    messageOf(() => new GroupNormalization(3, p([4]), p([4]))),
    messageOf(() => new Embedding(p([5, 3])).forward(tensor([0.5]))),
    messageOf(() => new Embedding(p([5, 3])).forward(tensor([5], { dtype: "int32" }))),
    messageOf(() => new LstmCell(p([3, 8]), p([3, 8]), p([8]))),
    messageOf(() => new GruCell(p([3, 6]), p([2, 6]), p([6]), p([6])).forward(normal([2, 3]), normal([3, 2]))),
    messageOf(() => new Lstm(new LstmCell(p([3, 8]), p([2, 8]), p([8]))).forward(normal([2, 3]))),
    messageOf(() => new MultiHeadAttention(square(4), { heads: 3 })),
    messageOf(() => new MultiHeadAttention(square(4)).forward(normal([2, 3, 5]))),
    messageOf(() => crossEntropy(p([2, 3]), tensor([1, 3], { dtype: "int32" }))),
    messageOf(() => crossEntropy(p([2, 3]), tensor([9, 9], { dtype: "int32" }), { ignoreIndex: 9 })),
    messageOf(() => crossEntropy(p([2, 3]), tensor([1, 0], { dtype: "int32" }), { labelSmoothing: 1.5 })),
    messageOf(() => huberLoss(p([2]), p([2]), { delta: 0 })),
    messageOf(() => mseLoss(p([2]), p([3]))),
  ]).toMatchInlineSnapshot(`
    [
      "Convolution: groups is 2; expected a divisor of the 3 filters.",
      "Convolution: images of shape [1, 3, 4, 4] have 3 channels, filters of shape [4, 1, 2, 2] take 1 in each of 2 groups; expected [N, 2, H, W]. The channels of W (its second axis), times the groups, must be those of the images.",
      "TransposedConvolution: b has shape [2]; expected [3]. Give one bias for each filter.",
      "TransposedConvolution: images of shape [1, 2, 3, 3] would become 5 × 5 (stride 1, pad 0, outputPad 1); expected 0 ≤ outputPad < stride, and a size of 1 × 1 at least. Pad less, or choose an outputPad below the stride.",
      "TransposedConvolution: images of shape [1, 3, 3, 3] do not fit filters of shape [2, 3, 2, 2]; expected [N, 2, H, W]. The first axis of W must be the channels of the images.",
      "AdaptiveAveragePooling: outputH is 0; expected an integer ≥ 1.",
      "GlobalAveragePooling: x has shape [2, 3]; expected [batch, channels, height, width].",
      "LayerNormalization: an input of shape [2, 4] does not end in [3], the shape of gamma; expected […, 3]. gamma has the axes that are normalized over, the last ones of x.",
      "LayerNormalization: epsilon is 0; expected a finite number > 0.",
      "GroupNormalization: groups is 3; expected a divisor of the 4 channels.",
      "Embedding: indices are float32; expected int32. Make them with tensor([…], { dtype: "int32" }).",
      "Embedding: label 5 of element 0 is out of range for a vocabulary of 5. Labels are 0 … 4. Padding needs a row of its own: count other labels from 1, pad with 0, and make the vocabulary larger by 1.",
      "LstmCell: Wx has shape [3, 8], Wh [3, 8]; expected [D, 4·H] and [H, 4·H]. The 4 gates are side by side, H columns each.",
      "GruCell: h has shape [3, 2]; expected [2, 2]. One row for each sample: inputs as long as Wx is high, states as long as Wh is high.",
      "Lstm: x has shape [2, 3]; expected [batch, time, features] with at least one step.",
      "MultiHeadAttention: heads is 3; expected a divisor of the 4 features.",
      "MultiHeadAttention: x has shape [2, 3, 5]; expected [batch, time, 4].",
      "crossEntropy: label 3 of sample 1 is out of range for 3 classes. Labels count from 0: check the number of outputs, and that labels do not start at 1.",
      "crossEntropy: every label is 9, which is ignored; expected at least one sample that counts. Leave such batches out.",
      "crossEntropy: labelSmoothing is 1.5; expected a number, 0 ≤ labelSmoothing ≤ 1.",
      "huberLoss: delta is 0; expected a number > 0.",
      "mseLoss: y has shape [2], t [3]; expected one target for each output, and at least one.",
    ]
  `);
});
