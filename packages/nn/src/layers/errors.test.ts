import { transpose, variable } from "@adjoint/autograd";
import { ones, tensor, zeros } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { SoftmaxWithLoss } from "../losses/softmax-with-loss.ts";
import { build } from "../model/build.ts";
import { model } from "../read/parse.ts";
import { Affine } from "./affine.ts";
import { BatchNormalization } from "./batch-normalization.ts";
import { layers } from "./builders.ts";
import { Convolution } from "./convolution.ts";
import { Dropout } from "./dropout.ts";
import { Pooling } from "./pooling.ts";
import { TransposedConvolution } from "./transposed-convolution.ts";

describe("Affine refuses", () => {
  const layer = new Affine(zeros([784, 50]), zeros([50]));

  it("inputs that do not fit W", () => {
    expect(() => layer.forward(zeros([100, 768]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: Affine: an input of shape [100, 768] does not fit W of shape [784, 50]; expected [N, 784]. Each sample has 768 numbers. Did you mean to build the layer with inputSize 768?]`,
    );
    expect(() => layer.forward(zeros([2, 1, 28, 27]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: Affine: an input of shape [2, 1, 28, 27] does not fit W of shape [784, 50]; expected [N, 784]. Each sample has 756 numbers. Did you mean to build the layer with inputSize 756?]`,
    );
  });

  it("a single sample without its batch axis", () => {
    expect(() => layer.forward(zeros([784]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: Affine: an input of shape [784] does not fit W of shape [784, 50]; expected [N, 784]. Reshape one sample to [1, …].]`,
    );
  });

  it("parameters that do not fit each other", () => {
    expect(() => new Affine(zeros([784]), zeros([50]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: Affine: W has shape [784]; expected [inputs, outputs].]`,
    );
    expect(() => new Affine(zeros([784, 50]), zeros([784]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: Affine: b has shape [784]; expected [50]. Give one bias for each column of W.]`,
    );
  });
});

describe("Convolution refuses", () => {
  const layer = new Convolution(zeros([4, 3, 5, 5]), zeros([4]));

  it("images of other channels, or without a channel axis", () => {
    expect(() => layer.forward(zeros([2, 1, 28, 28]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: Convolution: images of shape [2, 1, 28, 28] have 1 channel, filters of shape [4, 3, 5, 5] take 3; expected [N, 3, H, W]. The channels of W (its second axis) must be those of the images.]`,
    );
    expect(() => layer.forward(zeros([2, 28, 28]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: Convolution: x has shape [2, 28, 28]; expected [batch, channels, height, width]. For grey images reshape to [N, 1, H, W].]`,
    );
  });

  it("filters larger than the padded image", () => {
    expect(() => layer.forward(zeros([2, 3, 4, 4]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: Convolution: a window of 5 × 5 is larger than the padded image; expected at most 4 × 4. Use a smaller filter, or pad: 1.]`,
    );
  });

  it("a stride or pad that is no distance", () => {
    const [W, b] = [zeros([1, 1, 2, 2]), zeros([1])];
    expect(() => new Convolution(W, b, { stride: 0 }).forward(zeros([1, 1, 4, 4]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: Convolution: stride is 0; expected an integer ≥ 1, or a pair of them.]`,
    );
    expect(() => new Convolution(W, b, { pad: 0.5 }).forward(zeros([1, 1, 4, 4]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: Convolution: pad is 0.5; expected an integer ≥ 0, or a pair of them.]`,
    );
  });

  it("parameters that do not fit each other, and unknown options", () => {
    expect(() => new Convolution(zeros([4, 25]), zeros([4]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: Convolution: W has shape [4, 25]; expected [filters, channels, height, width].]`,
    );
    expect(() => new Convolution(zeros([4, 3, 5, 5]), zeros([3]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: Convolution: b has shape [3]; expected [4]. Give one bias for each filter.]`,
    );
    expect(
      () => new Convolution(zeros([4, 3, 5, 5]), zeros([4]), { strides: 2 } as object),
    ).toThrowErrorMatchingInlineSnapshot(`[SpecError: Convolution: unknown option "strides". Did you mean "stride"?]`);
  });
});

describe("Pooling refuses", () => {
  it("windows larger than the image", () => {
    expect(() => new Pooling(3, 3).forward(zeros([1, 1, 2, 2]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: Pooling: a window of 3 × 3 is larger than the padded image; expected at most 2 × 2. Use a smaller filter, or pad: 1.]`,
    );
  });

  it("windows without size, inputs that are no images, and unknown options", () => {
    expect(() => new Pooling(0, 2).forward(zeros([1, 1, 2, 2]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: Pooling: filter size is [0, 2]; expected an integer ≥ 1, or a pair of them.]`,
    );
    expect(() => new Pooling(2, 2).forward(zeros([4, 4]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: Pooling: x has shape [4, 4]; expected [batch, channels, height, width]. For grey images reshape to [N, 1, H, W].]`,
    );
    expect(() => new Pooling(2, 2, { padding: 1 } as object)).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: Pooling: unknown option "padding". The options are stride, pad, countPad.]`,
    );
  });
});

describe("Dropout refuses", () => {
  it("a ratio outside 0 ≤ ratio < 1", () => {
    for (const ratio of [1, -0.1, Number.NaN]) expect(() => new Dropout(ratio)).toThrow(/ratio is/);
    expect(() => new Dropout(1)).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: Dropout: ratio is 1; expected a number, 0 ≤ ratio < 1.]`,
    );
  });

  it("unknown options", () => {
    expect(() => new Dropout(0.5, { seed: 1 } as object)).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: Dropout: unknown option "seed". The options are rng, inverted.]`,
    );
    expect(() => new Dropout().forward(zeros([2]), { training: true } as object)).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: Dropout: unknown option "training". The options are train.]`,
    );
  });
});

describe("images with their channels last", () => {
  it("are refused by convolutions with the way to turn them", () => {
    const images = zeros([2, 28, 28, 3]);
    const turn = "Images are [N, channels, height, width]: pass transpose(x, [0, 3, 1, 2]).";
    expect(() => new Convolution(3, 8, 5).forward(images)).toThrow(turn);
    expect(() => new TransposedConvolution(3, 8, 5).forward(images)).toThrow(turn);
    expect(new Convolution(3, 8, 5).forward(transpose(images, [0, 3, 1, 2])).shape).toEqual([2, 8, 24, 24]);
  });

  it("are refused by models, which take them turned and not reshaped", () => {
    const net = build(model({ input: [3, 28, 26], layers: [layers.affine(2)] }));
    expect(() => net.predict(zeros([2, 28, 26, 3]))).toThrow("pass transpose(x, [0, 3, 1, 2])");
    expect(() => net.predict(zeros([2, 28 * 26 * 3]))).toThrow("Reshape the batch to [2, 3, 28, 26]");
  });
});

describe("BatchNormalization refuses", () => {
  const [gamma, beta] = [ones([3]), zeros([3])];

  it("a momentum outside 0 … 1", () => {
    for (const momentum of [-0.1, 1.1, Number.NaN]) {
      expect(() => new BatchNormalization(gamma, beta, { momentum })).toThrow(/momentum is/);
    }
    expect(() => new BatchNormalization(gamma, beta, { momentum: 9 })).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: BatchNormalization: momentum is 9; expected a number from 0 to 1.]`,
    );
  });

  it("parameters that do not fit each other", () => {
    expect(() => new BatchNormalization(gamma, zeros([4]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: BatchNormalization: beta has shape [4]; expected [3]. gamma and beta have one shape.]`,
    );
    expect(() => new BatchNormalization(ones([3, 1]), zeros([3, 1]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: BatchNormalization: gamma has shape [3, 1]; expected [3]. gamma is a vector, also for images: [C · H · W].]`,
    );
    expect(() => new BatchNormalization(gamma, beta, { runningVar: ones([2]) })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: BatchNormalization: runningVar has shape [2]; expected [3]. Running statistics have the shape of gamma.]`,
    );
    expect(() => new BatchNormalization(gamma, beta, { eps: 1 } as object)).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: BatchNormalization: unknown option "eps". The options are momentum, perChannel, epsilon, runningMean, runningVar, initialVariance, allowSingleValue.]`,
    );
    expect(() => new BatchNormalization(gamma, beta, { epsilon: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: BatchNormalization: epsilon is 0; expected a finite number > 0.]`,
    );
  });

  it("inputs that do not fit gamma, and empty batches; running statistics stay as they were", () => {
    const layer = new BatchNormalization(gamma, beta, { runningMean: tensor([1, 2, 3]) });
    expect(() => layer.forward(zeros([2, 4]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: BatchNormalization: an input of shape [2, 4] does not fit gamma of shape [3]; expected [N, 3]. Each sample needs as many numbers as gamma has, 3; statistics are per activation.]`,
    );
    expect(() => layer.forward(zeros([0, 3]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: BatchNormalization: the batch is empty; expected at least one sample.]`,
    );
    expect(layer.runningMean?.toArray()).toEqual([1, 2, 3]);
  });
});

describe("SoftmaxWithLoss refuses", () => {
  const scores = variable(zeros([2, 3]));

  it("labels out of range", () => {
    expect(() => new SoftmaxWithLoss().forward(scores, tensor([0, 3]))).toThrowErrorMatchingInlineSnapshot(
      `[IndexError: SoftmaxWithLoss: label 3 of sample 1 is out of range for 3 classes. Labels count from 0: check the number of outputs, and that labels do not start at 1.]`,
    );
  });

  it("targets of another number, and empty batches", () => {
    expect(() => new SoftmaxWithLoss().forward(scores, zeros([3, 3]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: SoftmaxWithLoss: targets of shape [3, 3] do not fit scores of shape [2, 3]; expected one-hot rows [2, 3], or 2 labels.]`,
    );
    expect(() => new SoftmaxWithLoss().forward(zeros([0, 3]), zeros([0]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: SoftmaxWithLoss: y has shape [0, 3]; expected one row of scores for each sample, [N, C] with N ≥ 1 and C ≥ 1.]`,
    );
  });
});
