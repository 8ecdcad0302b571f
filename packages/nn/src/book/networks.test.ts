import { graphOf, noGrad, recordAll, sum, type Variable, variable } from "@adjoint/autograd";
import { numericalGradient } from "@adjoint/gradcheck";
import { RandomGenerator, rng, tensor, zeros } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { BatchNormalization } from "../layers/batch-normalization.ts";
import { Dropout } from "../layers/dropout.ts";
import { DeepConvNet, SimpleConvNet } from "./convolutional.ts";
import { MultiLayerNet, MultiLayerNetExtend, TwoLayerNet } from "./fully-connected.ts";
import type { LayeredNetwork } from "./layered-network.ts";

const shapesOf = (net: LayeredNetwork): Record<string, readonly number[]> =>
  Object.fromEntries(Object.entries(net.params).map(([name, x]) => [name, x.shape]));

const spreadOf = (x: Variable): number => {
  const values = Array.from<number>(x.value.data);
  return Math.sqrt(values.reduce((total, w) => total + w * w, 0) / values.length);
};

/** Everything that a forward pass for training may change. */
const stateOf = (net: LayeredNetwork): string =>
  JSON.stringify(
    Object.values(net.layers).map((layer) => [
      (layer as Dropout).rng?.state,
      (layer as BatchNormalization).runningMean?.toArray(),
      (layer as BatchNormalization).runningVar?.toArray(),
    ]),
  );

const full = { inputSize: 3, hiddenSizes: [4, 5], outputSize: 2, useBatchNorm: true, useDropout: true } as const;
const x = rng(1).normal([6, 3], { dtype: "float64" });
const t = tensor([0, 1, 0, 1, 1, 0]);

describe("the book's networks have its parameters", () => {
  it("TwoLayerNet: W1 b1 W2 b2 of spread 0.01", () => {
    const net = new TwoLayerNet({ inputSize: 784, hiddenSize: 50, outputSize: 10 });
    expect(shapesOf(net)).toEqual({ W1: [784, 50], b1: [50], W2: [50, 10], b2: [10] });
    // Six standard deviations of the estimate, relative: 6/√(2n), n = 39,200.
    expect(Math.abs(spreadOf(net.params.W1) / 0.01 - 1)).toBeLessThan(6 / Math.sqrt(2 * 39_200));
    expect(spreadOf(net.params.b1)).toBe(0);
    expect(net.params.W1.dtype).toBe("float32");
  });

  it("MultiLayerNet: he weights before relu, xavier before sigmoid", () => {
    const sizes = { inputSize: 200, hiddenSizes: [100], outputSize: 10 };
    const within = 6 / Math.sqrt(2 * 20_000);
    const relu = new MultiLayerNet(sizes).params.W1;
    expect(Math.abs(spreadOf(relu) / Math.sqrt(2 / 200) - 1)).toBeLessThan(within);
    const sigmoid = new MultiLayerNet({ ...sizes, activation: "sigmoid" }).params.W1;
    expect(Math.abs(spreadOf(sigmoid) / Math.sqrt(1 / 200) - 1)).toBeLessThan(within);
  });

  it("MultiLayerNetExtend: gamma of ones and beta of zeros for every hidden layer", () => {
    const net = new MultiLayerNetExtend(full);
    expect(shapesOf(net)).toEqual({
      ...{ W1: [3, 4], b1: [4], gamma1: [4], beta1: [4] },
      ...{ W2: [4, 5], b2: [5], gamma2: [5], beta2: [5] },
      ...{ W3: [5, 2], b3: [2] },
    });
    expect([net.params.gamma2.toArray(), net.params.beta1.toArray()]).toEqual([
      [1, 1, 1, 1, 1],
      [0, 0, 0, 0],
    ]);
    expect(Object.keys(net.layers)).toEqual([
      ...["affine1", "batchNorm1", "relu1", "dropout1"],
      ...["affine2", "batchNorm2", "relu2", "dropout2"],
      "affine3",
    ]);
  });

  it("SimpleConvNet: 30 filters of 5 × 5 over 28 × 28 pixels, and 4,320 numbers into the affine layer", () => {
    expect(shapesOf(new SimpleConvNet())).toEqual({
      ...{ W1: [30, 1, 5, 5], b1: [30], W2: [4320, 100], b2: [100] },
      ...{ W3: [100, 10], b3: [10] },
    });
  });

  it("DeepConvNet: six convolutions, 1,024 numbers into the affine layer, he weights", () => {
    const net = new DeepConvNet();
    expect(shapesOf(net)).toEqual({
      ...{ W1: [16, 1, 3, 3], b1: [16], W2: [16, 16, 3, 3], b2: [16], W3: [32, 16, 3, 3], b3: [32] },
      ...{ W4: [32, 32, 3, 3], b4: [32], W5: [64, 32, 3, 3], b5: [64], W6: [64, 64, 3, 3], b6: [64] },
      ...{ W7: [1024, 50], b7: [50], W8: [50, 10], b8: [10] },
    });
    for (const [name, fanIn] of [
      ["W1", 9],
      ["W3", 16 * 9],
      ["W6", 64 * 9],
      ["W7", 1024],
    ] as const) {
      const W = net.params[name];
      expect(Math.abs(spreadOf(W) / Math.sqrt(2 / fanIn) - 1), name).toBeLessThan(6 / Math.sqrt(2 * W.size));
    }
    expect(net.predict(zeros([2, 1, 28, 28])).shape).toEqual([2, 10]);
    expect(Object.keys(net.layers).join(" ")).toBe(
      "conv1 relu1 conv2 relu2 pool1 conv3 relu3 conv4 relu4 pool2 conv5 relu5 conv6 relu6 pool3 " +
        "affine1 relu7 dropout1 affine2 dropout2",
    );
  });
});

describe("a network", () => {
  it("is made again by its seed, and is another with another seed", () => {
    const made = (seed: number) => new MultiLayerNetExtend({ ...full, seed });
    const numbers = (net: LayeredNetwork) => net.gradient(x, t).W1.toArray();
    expect(numbers(made(7))).toEqual(numbers(made(7)));
    expect(numbers(made(7))).not.toEqual(numbers(made(8)));
  });

  it("predicts without dropout and with running statistics unless it is training", () => {
    const net = new MultiLayerNetExtend({ ...full, seed: 2 });
    const first = net.predict(x).toArray();
    const before = stateOf(net);
    expect(net.predict(x, { train: false }).toArray()).toEqual(first);
    expect(net.loss(x, t).item()).toBe(net.loss(x, t, { train: false }).item());
    net.accuracy(x, t);
    expect(stateOf(net)).toBe(before);
    net.predict(x, { train: true });
    expect(stateOf(net)).not.toBe(before);
    expect(net.predict(x).toArray()).not.toEqual(first);
  });

  it("computes the gradient in training mode and leaves every .grad alone, its input's too", () => {
    const net = new MultiLayerNetExtend({ ...full, dtype: "float64" });
    const input = variable(x);
    sum(net.params.W1).backward();
    const before = net.params.W1.grad;
    const gradient = net.gradient(input, t);
    expect(Object.keys(gradient)).toEqual(Object.keys(net.params));
    expect(net.params.W1.grad).toBe(before);
    expect([input.grad, net.params.b1.grad]).toEqual([null, null]);
    expect(stateOf(net)).toContain("counter");
  });

  it("gives by central differences what the graph gives, with dropout and batch normalization, and is then as before", () => {
    const options = { ...full, activation: "sigmoid", dropoutRatio: 0.3, dtype: "float64", seed: 5 } as const;
    const net = new MultiLayerNetExtend(options);
    net.loss(x, t, { train: true });
    const before = stateOf(net);
    const numerical = net.numericalGradient(x, t);
    expect(stateOf(net)).toBe(before);

    const dropouts = Object.values(net.layers).filter((layer) => layer instanceof Dropout);
    const states = dropouts.map(({ rng: generator }) => generator.state);
    const rewind = (): void => {
      dropouts.forEach((layer, i) => {
        layer.rng = RandomGenerator.fromState(states[i]);
      });
    };
    const lossOfSameMasks = (): Variable => {
      rewind();
      return net.loss(x, t, { train: true });
    };
    // The truncation error of step h is a third of the difference to step 2h. Rounding: some hundred of 2⁻⁵³ · |f|,
    // |f| < 5, made larger by the deviations that both normalizations divide by, over h. After one batch the running
    // variance is a tenth of the batch's.
    const [first, second] = Object.values(net.layers)
      .filter((layer) => layer instanceof BatchNormalization)
      .map((layer) => Math.sqrt(10 * Math.min(...(layer.runningVar as Variable).value.data)));
    const rounding = (100 * 2 ** -53 * 5) / (first * second) / 1e-4;
    expect(rounding).toBeLessThan(1e-6);
    const far = Object.values(net.params).map((p) => numericalGradient(lossOfSameMasks, p, { h: 2e-4 }));
    rewind();
    Object.entries(net.gradient(x, t)).forEach(([name, gradient], k) => {
      const near = numerical[name].toJSON().data as number[];
      gradient.toJSON().data.forEach((value, i) => {
        const tolerance = Math.abs(near[i] - far[k].data[i]) + rounding;
        expect(Math.abs(near[i] - Number(value)), `${name}, element ${i}`).toBeLessThanOrEqual(tolerance);
      });
    });
  });

  it("reads parameters where they are: assigned values and replaced entries count at once", () => {
    const net = new TwoLayerNet({ inputSize: 3, hiddenSize: 4, outputSize: 2, dtype: "float64" });
    net.params.W2.assign(zeros([4, 2]));
    net.params.b2.assign([3, 4]);
    expect(net.predict(x).toArray()).toEqual(Array.from({ length: 6 }, () => [3, 4]));
    (net.params as Record<string, unknown>).b2 = tensor([5, 6], { dtype: "float64" });
    const { b2 } = net.gradient(x, t);
    expect(net.predict(x).toArray()).toEqual(Array.from({ length: 6 }, () => [5, 6]));
    expect(b2.toArray()).not.toEqual([0, 0]);
  });

  it("keeps its layers apart in the graph, by scope", () => {
    const net = new SimpleConvNet({
      inputDim: [1, 6, 6],
      convParam: { filterNum: 2, filterSize: 3 },
      hiddenSize: 4,
      outputSize: 3,
    });
    const { nodes } = graphOf(recordAll(() => net.loss(zeros([2, 1, 6, 6]), tensor([0, 2]))));
    const scopes = new Set(nodes.map(({ scope }) => scope).filter((name) => name !== ""));
    expect([...scopes].sort()).toEqual(
      ["affine1", "affine2", "conv1", "pool1", "relu1", "relu2", "softmaxWithLoss"].sort(),
    );
    const conv = nodes.filter(({ scope }) => scope === "conv1").map(({ op }) => op);
    expect(conv.filter((op) => op === "im2col" || op === "matmul")).toEqual(["im2col", "matmul"]);
  });

  it("adds ½ λ Σ W² of the weights alone to the loss", () => {
    const options = { inputSize: 3, hiddenSizes: [4], outputSize: 2, dtype: "float64" } as const;
    const [plain, decayed] = [new MultiLayerNet(options), new MultiLayerNet({ ...options, weightDecay: 0.1 })];
    for (const net of [plain, decayed]) net.params.b1.assign([9, 9, 9, 9]);
    const squares = [plain.params.W1, plain.params.W2].map((W) => W.square().sum().item());
    const expected = plain.loss(x, t).item() + 0.05 * (squares[0] + squares[1]);
    // A dozen roundings of numbers below 10.
    expect(Math.abs(decayed.loss(x, t).item() - expected)).toBeLessThan(1e-14);
  });

  it("learns: five steps down the gradient lower the loss of DeepConvNet on a batch", () => {
    const net = new DeepConvNet({
      inputDim: [1, 8, 8],
      hiddenSize: 8,
      outputSize: 3,
      dropoutRatio: 0,
      convParam4: { filterNum: 8, filterSize: 3, pad: 1 },
    });
    const [images, labels] = [rng(3).normal([4, 1, 8, 8]), tensor([0, 1, 2, 0])];
    const start = net.loss(images, labels).item();
    for (let step = 0; step < 5; step++) {
      const gradient = net.gradient(images, labels);
      noGrad(() => {
        for (const [name, p] of Object.entries(net.params)) p.assign(p.sub(variable(gradient[name]).mul(0.01)));
      });
    }
    expect(net.loss(images, labels).item()).toBeLessThan(start);
  });
});
