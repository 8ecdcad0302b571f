import { variable } from "@adjoint/autograd";
import { ones, tensor, zeros } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { Affine } from "./affine.ts";
import { BatchNormalization } from "./batch-normalization.ts";
import { Convolution } from "./convolution.ts";
import { Dropout } from "./dropout.ts";
import { Pooling } from "./pooling.ts";
import { SoftmaxWithLoss } from "./softmax-with-loss.ts";

describe("Affine refuses", () => {
  const layer = new Affine(zeros([784, 50]), zeros([50]));

  it("inputs that do not fit W", () => {
    expect(() => layer.forward(zeros([100, 768]))).toThrowErrorMatchingInlineSnapshot();
    expect(() => layer.forward(zeros([2, 1, 28, 27]))).toThrowErrorMatchingInlineSnapshot();
  });

  it("a single sample without its batch axis", () => {
    expect(() => layer.forward(zeros([784]))).toThrowErrorMatchingInlineSnapshot();
  });

  it("parameters that do not fit each other", () => {
    expect(() => new Affine(zeros([784]), zeros([50]))).toThrowErrorMatchingInlineSnapshot();
    expect(() => new Affine(zeros([784, 50]), zeros([784]))).toThrowErrorMatchingInlineSnapshot();
  });
});

describe("Convolution refuses", () => {
  const layer = new Convolution(zeros([4, 3, 5, 5]), zeros([4]));

  it("images of other channels, or without a channel axis", () => {
    expect(() => layer.forward(zeros([2, 1, 28, 28]))).toThrowErrorMatchingInlineSnapshot();
    expect(() => layer.forward(zeros([2, 28, 28]))).toThrowErrorMatchingInlineSnapshot();
  });

  it("filters larger than the padded image", () => {
    expect(() => layer.forward(zeros([2, 3, 4, 4]))).toThrowErrorMatchingInlineSnapshot();
  });

  it("a stride or pad that is no distance", () => {
    const [W, b] = [zeros([1, 1, 2, 2]), zeros([1])];
    expect(() =>
      new Convolution(W, b, { stride: 0 }).forward(zeros([1, 1, 4, 4])),
    ).toThrowErrorMatchingInlineSnapshot();
    expect(() => new Convolution(W, b, { pad: 0.5 }).forward(zeros([1, 1, 4, 4]))).toThrowErrorMatchingInlineSnapshot();
  });

  it("parameters that do not fit each other, and unknown options", () => {
    expect(() => new Convolution(zeros([4, 25]), zeros([4]))).toThrowErrorMatchingInlineSnapshot();
    expect(() => new Convolution(zeros([4, 3, 5, 5]), zeros([3]))).toThrowErrorMatchingInlineSnapshot();
    expect(
      () => new Convolution(zeros([4, 3, 5, 5]), zeros([4]), { strides: 2 } as object),
    ).toThrowErrorMatchingInlineSnapshot();
  });
});

describe("Pooling refuses", () => {
  it("windows larger than the image", () => {
    expect(() => new Pooling(3, 3).forward(zeros([1, 1, 2, 2]))).toThrowErrorMatchingInlineSnapshot();
  });

  it("windows without size, inputs that are no images, and unknown options", () => {
    expect(() => new Pooling(0, 2).forward(zeros([1, 1, 2, 2]))).toThrowErrorMatchingInlineSnapshot();
    expect(() => new Pooling(2, 2).forward(zeros([4, 4]))).toThrowErrorMatchingInlineSnapshot();
    expect(() => new Pooling(2, 2, { padding: 1 } as object)).toThrowErrorMatchingInlineSnapshot();
  });
});

describe("Dropout refuses", () => {
  it("a ratio outside 0 ≤ ratio < 1", () => {
    for (const ratio of [1, -0.1, Number.NaN]) expect(() => new Dropout(ratio)).toThrow(/ratio is/);
    expect(() => new Dropout(1)).toThrowErrorMatchingInlineSnapshot();
  });

  it("unknown options", () => {
    expect(() => new Dropout(0.5, { seed: 1 } as object)).toThrowErrorMatchingInlineSnapshot();
    expect(() => new Dropout().forward(zeros([2]), { training: true } as object)).toThrowErrorMatchingInlineSnapshot();
  });
});

describe("BatchNormalization refuses", () => {
  const [gamma, beta] = [ones([3]), zeros([3])];

  it("a momentum outside 0 … 1", () => {
    for (const momentum of [-0.1, 1.1, Number.NaN]) {
      expect(() => new BatchNormalization(gamma, beta, { momentum })).toThrow(/momentum is/);
    }
    expect(() => new BatchNormalization(gamma, beta, { momentum: 9 })).toThrowErrorMatchingInlineSnapshot();
  });

  it("parameters that do not fit each other", () => {
    expect(() => new BatchNormalization(gamma, zeros([4]))).toThrowErrorMatchingInlineSnapshot();
    expect(() => new BatchNormalization(ones([3, 1]), zeros([3, 1]))).toThrowErrorMatchingInlineSnapshot();
    expect(() => new BatchNormalization(gamma, beta, { runningVar: ones([2]) })).toThrowErrorMatchingInlineSnapshot();
    expect(() => new BatchNormalization(gamma, beta, { epsilon: 1 } as object)).toThrowErrorMatchingInlineSnapshot();
  });

  it("inputs that do not fit gamma, and empty batches; running statistics stay as they were", () => {
    const layer = new BatchNormalization(gamma, beta, { runningMean: tensor([1, 2, 3]) });
    expect(() => layer.forward(zeros([2, 4]))).toThrowErrorMatchingInlineSnapshot();
    expect(() => layer.forward(zeros([0, 3]))).toThrowErrorMatchingInlineSnapshot();
    expect(layer.runningMean?.toArray()).toEqual([1, 2, 3]);
  });
});

describe("SoftmaxWithLoss refuses", () => {
  const scores = variable(zeros([2, 3]));

  it("labels out of range", () => {
    expect(() => new SoftmaxWithLoss().forward(scores, tensor([0, 3]))).toThrowErrorMatchingInlineSnapshot();
  });

  it("targets of another number, and empty batches", () => {
    expect(() => new SoftmaxWithLoss().forward(scores, zeros([3, 3]))).toThrowErrorMatchingInlineSnapshot();
    expect(() => new SoftmaxWithLoss().forward(zeros([0, 3]), zeros([0]))).toThrowErrorMatchingInlineSnapshot();
  });
});
