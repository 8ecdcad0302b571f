/** ⟨y, u⟩ with an upstream gradient u that favours no element, all of them in [0.5, 1]. */
import { mul, sum, type Variable, variable } from "@adjoint/autograd";
import { RandomGenerator, rng, type Shape, sizeOf, type Tensor, tensor } from "@adjoint/tensor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SoftmaxWithLoss } from "../losses/softmax-with-loss.ts";
import { distinctTensors, expectGradients, tensors } from "../testing/expect-gradients.ts";
import { Relu, Sigmoid } from "./activations.ts";
import { Affine } from "./affine.ts";
import { BatchNormalization } from "./batch-normalization.ts";
import { Convolution } from "./convolution.ts";
import { Dropout } from "./dropout.ts";
import { Pooling } from "./pooling.ts";

function against(y: Variable): Variable {
  const { size } = y;
  const u = Array.from({ length: size }, (_, i) => 0.5 + ((i * 7) % 11) / 22);
  return sum(mul(y, tensor(u, { shape: y.shape, dtype: "float64" })));
}

const runs = { numRuns: 40 };
const length = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });
const shapes: fc.Arbitrary<Shape> = fc.array(length(3), { minLength: 2, maxLength: 4 });

/** Images and windows that fit: overlapping and apart, with and without padding, square or not. */
const windows = fc
  .record({
    images: length(2),
    channels: length(2),
    filterH: length(3),
    filterW: length(3),
    stride: length(3),
    pad: fc.nat(2),
    extraH: fc.nat(3),
    extraW: fc.nat(3),
  })
  .map(({ images, channels, filterH, filterW, stride, pad, extraH, extraW }) => {
    const height = Math.max(1, filterH - 2 * pad) + extraH;
    const width = Math.max(1, filterW - 2 * pad) + extraW;
    return { shape: [images, channels, height, width] as const, filterH, filterW, stride, pad };
  });

describe("the graph's gradient is that of central differences for", () => {
  it("Affine, of rows and of images", () => {
    const samples = fc
      .record({ shape: shapes, outputs: length(3) })
      .chain(({ shape, outputs }) =>
        fc.tuple(tensors(shape), tensors([sizeOf(shape.slice(1)), outputs]), tensors([outputs])),
      );
    fc.assert(
      fc.property(samples, (values) => {
        const [x, W, b] = values.map((value) => variable(value));
        const layer = new Affine(W, b);
        const [inputs, outputs] = W.shape;
        const elements = x.shape[0] * outputs;
        // No term is larger than 1; each is multiplied twice, and added up over the inputs and the output.
        expectGradients(() => against(layer.forward(x)), { x, W, b }, elements * (inputs + 1), inputs + elements + 4);
      }),
      runs,
    );
  });

  it("Relu, away from its kink", () => {
    fc.assert(
      fc.property(
        shapes.chain((shape) => tensors(shape, 0.001)),
        (value) => {
          const x = variable(value);
          expectGradients(() => against(new Relu().forward(x)), { x }, x.size, x.size + 2);
        },
      ),
      runs,
    );
  });

  it("Sigmoid", () => {
    fc.assert(
      fc.property(
        shapes.chain((shape) => tensors(shape)),
        (value) => {
          const x = variable(value);
          // exp, one addition, one division: a few ulps.
          expectGradients(() => against(new Sigmoid().forward(x)), { x }, x.size, x.size + 8);
        },
      ),
      runs,
    );
  });

  it("SoftmaxWithLoss, of labels and of one-hot rows", () => {
    const samples = fc
      .record({ count: length(4), classes: fc.integer({ min: 2, max: 5 }) })
      .chain(({ count, classes }) =>
        fc.record({
          scores: tensors([count, classes]),
          labels: fc.array(fc.nat(classes - 1), { minLength: count, maxLength: count }),
          oneHot: fc.boolean(),
        }),
      );
    fc.assert(
      fc.property(samples, ({ scores, labels, oneHot }) => {
        const x = variable(scores);
        const classes = x.shape[1];
        const rows = labels.map((label) => Array.from({ length: classes }, (_, k) => Number(k === label)));
        const t: Tensor = tensor(oneHot ? rows : labels);
        // −log softmax is at most log C + 2 for scores in [−1, 1]; it is computed with some five roundings and two
        // sums over the classes, and averaged over the samples.
        const roundings = 2 * classes + x.size + 10;
        expectGradients(() => new SoftmaxWithLoss().forward(x, t), { x }, Math.log(classes) + 2, roundings);
      }),
      runs,
    );
  });

  it("Dropout, in training and in prediction", () => {
    const samples = fc.record({
      value: shapes.chain((shape) => tensors(shape)),
      ratio: fc.constantFrom(0, 0.25, 0.5, 0.9),
      seed: fc.nat(1000),
      train: fc.boolean(),
    });
    fc.assert(
      fc.property(samples, ({ value, ratio, seed, train }) => {
        const x = variable(value);
        const layer = new Dropout(ratio, { rng: rng(seed) });
        const { state } = layer.rng;
        const forward = (): Variable => {
          layer.rng = RandomGenerator.fromState(state); // the same mask every time
          return against(layer.forward(x, { train }));
        };
        expectGradients(forward, { x }, x.size, x.size + 3);
      }),
      runs,
    );
  });

  it("BatchNormalization, in training and in prediction", () => {
    const samples = shapes.chain((shape) => {
      const count = sizeOf(shape.slice(1));
      const vector = tensors([count]);
      const positive = tensors([count], 0.25).map((x) => tensor(x.data.map(Math.abs), { shape: x.shape }));
      return fc.record({
        value: distinctTensors(shape),
        gamma: vector,
        beta: vector,
        runningMean: vector,
        runningVar: positive,
        train: fc.boolean(),
      });
    });
    fc.assert(
      fc.property(samples, ({ value, train, runningMean, runningVar, ...parameters }) => {
        const [x, gamma, beta] = [value, parameters.gamma, parameters.beta].map((v) => variable(v));
        const layer = new BatchNormalization(gamma, beta, { runningMean, runningVar });
        // Values lie within ±3 and at least 0.1 apart: the standard deviation of a batch of several is 0.05 or more,
        // that of the running variance 0.5, so (x − μ)/σ is a difference of terms of 6/0.05 = 120 or less.
        const magnitude = 120 * x.size;
        const roundings = 4 * x.shape[0] + x.size + 10;
        expectGradients(() => against(layer.forward(x, { train })), { x, gamma, beta }, magnitude, roundings);
      }),
      runs,
    );
  });

  it("Convolution, whatever its windows", () => {
    const samples = windows.chain((window) => {
      const filters = 2;
      return fc.record({
        window: fc.constant(window),
        x: tensors(window.shape),
        W: tensors([filters, window.shape[1], window.filterH, window.filterW]),
        b: tensors([filters]),
      });
    });
    fc.assert(
      fc.property(samples, ({ window: { stride, pad }, ...values }) => {
        const [x, W, b] = [values.x, values.W, values.b].map((value) => variable(value));
        const layer = new Convolution(W, b, { stride, pad });
        const { size } = layer.forward(x);
        const terms = sizeOf(W.shape.slice(1)) + 1;
        expectGradients(() => against(layer.forward(x)), { x, W, b }, size * terms, size + terms + 4);
      }),
      runs,
    );
  });

  it("Pooling, whatever its windows", () => {
    const samples = windows.chain((window) =>
      fc.record({ window: fc.constant(window), x: distinctTensors(window.shape) }),
    );
    fc.assert(
      fc.property(samples, ({ window: { filterH, filterW, stride, pad }, ...values }) => {
        const x = variable(values.x);
        const layer = new Pooling(filterH, filterW, { stride, pad });
        const y = layer.forward(x);
        // Values lie within ±0.1 · 48/2 · 3 or so; a step of 2e-4 changes no order, as they are 0.05 apart.
        expectGradients(() => against(layer.forward(x)), { x }, 10 * y.size, y.size + 2);
      }),
      runs,
    );
  });
});

describe("windows that overlap", () => {
  it("add up: each pixel's gradient counts the windows over it", () => {
    const x = variable(tensor([1, 2, 3, 4, 5, 6, 7, 8, 9], { shape: [1, 1, 3, 3] }));
    const layer = new Convolution(tensor([1, 1, 1, 1], { shape: [1, 1, 2, 2] }), tensor([0]));
    sum(layer.forward(x)).backward();
    expect(x.grad?.toArray()).toEqual([
      [
        [
          [1, 2, 1],
          [2, 4, 2],
          [1, 2, 1],
        ],
      ],
    ]);
  });

  it("of Pooling send every gradient to the first largest, and add up there", () => {
    const x = variable(tensor([1, 1, 1, 1, 9, 1, 1, 1, 1], { shape: [1, 1, 3, 3] }));
    sum(new Pooling(2, 2, { stride: 1 }).forward(x)).backward();
    expect(x.grad?.toArray()).toEqual([
      [
        [
          [0, 0, 0],
          [0, 4, 0],
          [0, 0, 0],
        ],
      ],
    ]);
    const equal = variable(tensor([3, 3, 3, 3], { shape: [1, 1, 2, 2] }));
    sum(new Pooling(2, 2, { stride: 2 }).forward(equal)).backward();
    expect(equal.grad?.toArray()).toEqual([
      [
        [
          [1, 0],
          [0, 0],
        ],
      ],
    ]);
  });
});
