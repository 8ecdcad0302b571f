import { rng, tensor, zeros } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { DeepConvNet, SimpleConvNet } from "./convolutional.ts";
import { MultiLayerNet, MultiLayerNetExtend, TwoLayerNet } from "./fully-connected.ts";

describe("networks refuse", () => {
  const sizes = { inputSize: 784, hiddenSizes: [50], outputSize: 10 };

  it("unknown options", () => {
    const options = { inputSize: 4, hiddensize: 3, outputSize: 2 };
    expect(() => new TwoLayerNet(options as never)).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: TwoLayerNet: unknown option "hiddensize". Did you mean "hiddenSize"?]`,
    );
    expect(() => new MultiLayerNet({ ...sizes, useDropout: true } as never)).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: MultiLayerNet: unknown option "useDropout". The options are inputSize, hiddenSizes, outputSize, activation, weightInit, weightDecay, seed, dtype.]`,
    );
    expect(() => new SimpleConvNet({ convParam: { filters: 3 } } as never)).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: SimpleConvNet: unknown option "filters". The options are filterNum, filterSize, pad, stride.]`,
    );
  });

  it("sizes that are none", () => {
    expect(() => new MultiLayerNet({ ...sizes, inputSize: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: MultiLayerNet: inputSize is 0; expected an integer ≥ 1.]`,
    );
    expect(() => new MultiLayerNet({ ...sizes, hiddenSizes: [50, 2.5] })).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: MultiLayerNet: hiddenSizes[1] is 2.5; expected an integer ≥ 1.]`,
    );
    expect(() => new SimpleConvNet({ inputDim: [28, 28] })).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: SimpleConvNet: inputDim is [28, 28]; expected [channels, height, width]. For grey images of 28 × 28 pixels it is [1, 28, 28].]`,
    );
  });

  it("values out of range, and names that there are not", () => {
    expect(() => new MultiLayerNet({ ...sizes, activation: "tanh" as never })).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: MultiLayerNet: activation is "tanh"; expected "relu" or "sigmoid".]`,
    );
    expect(() => new MultiLayerNet({ ...sizes, weightInit: "henormal" as never })).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: MultiLayerNet: unknown weight initialization "henormal"; expected "he", "relu", "xavier", "sigmoid", "heUniform", "glorotNormal", "glorotUniform", "lecunNormal", "orthogonal", or a standard deviation ≥ 0.]`,
    );
    expect(() => new MultiLayerNet({ ...sizes, weightDecay: -1 })).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: MultiLayerNet: weightDecay is -1; expected a finite number ≥ 0.]`,
    );
    expect(() => new MultiLayerNet({ ...sizes, dtype: "int32" as never })).toThrowErrorMatchingInlineSnapshot(
      `[DTypeError: MultiLayerNet: parameters cannot be int32; expected float32 or float64. Only real numbers have gradients.]`,
    );
    const dropout = { useDropout: true, dropoutRatio: 1 };
    expect(() => new MultiLayerNetExtend({ ...sizes, ...dropout })).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: MultiLayerNetExtend: dropoutRatio is 1; expected a number, 0 ≤ dropoutRatio < 1.]`,
    );
    expect(() => new DeepConvNet({ dropoutRatio: -1 })).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: DeepConvNet: dropoutRatio is -1; expected a number, 0 ≤ dropoutRatio < 1.]`,
    );
  });

  it("filters larger than the image", () => {
    expect(() => new SimpleConvNet({ inputDim: [1, 4, 4] })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: SimpleConvNet: conv1: a window of 5 × 5 is larger than the padded image; expected at most 4 × 4. Did you mean pad: 2? Its input is [1, 4, 4].]`,
    );
  });

  it("samples that do not fit, naming the layer", () => {
    const net = new TwoLayerNet({ inputSize: 784, hiddenSize: 50, outputSize: 10 });
    expect(() => net.predict(zeros([100, 768]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: Affine: an input of shape [100, 768] does not fit W of shape [784, 50]; expected [N, 784]. In layer "affine1". Each sample has 768 numbers. Did you mean to build the layer with inputSize 768?]`,
    );
    expect(() => new SimpleConvNet().predict(zeros([2, 3, 28, 28]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: Convolution: images of shape [2, 3, 28, 28] have 3 channels, filters of shape [30, 1, 5, 5] take 1; expected [N, 1, H, W]. In layer "conv1". The channels of W (its second axis) must be those of the images.]`,
    );
  });

  it("targets that do not fit, and have changed nothing then", () => {
    const net = new MultiLayerNetExtend({ ...sizes, useBatchNorm: true, useDropout: true });
    const input = rng(1).normal([2, 784]);
    const before = new MultiLayerNetExtend({ ...sizes, useBatchNorm: true, useDropout: true });
    expect(() => net.loss(input, tensor([3, 10]), { train: true })).toThrowErrorMatchingInlineSnapshot(
      `[IndexError: SoftmaxWithLoss: label 10 of sample 1 is out of range for 10 classes. In layer "softmaxWithLoss". Labels count from 0: check the number of outputs, and that labels do not start at 1.]`,
    );
    expect(() => net.gradient(input, tensor([3]))).toThrow(/do not fit scores/);
    const losses = [net, before].map((n) => [
      n.loss(input, tensor([3, 9]), { train: true }).item(),
      n.loss(input, tensor([3, 9])).item(),
    ]);
    expect(losses[0]).toEqual(losses[1]);
  });

  it("options of predict and loss that there are not", () => {
    const net = new MultiLayerNet(sizes);
    expect(() => net.predict(zeros([1, 784]), { training: true } as object)).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: predict: unknown option "training". The options are train.]`,
    );
    expect(() => net.loss(zeros([1, 784]), zeros([1]), true as never)).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: loss: options are true; expected an object such as { train }.]`,
    );
  });
});
