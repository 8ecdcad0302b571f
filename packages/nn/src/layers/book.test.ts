import { mul, sum, type Variable, variable } from "@adjoint/autograd";
import { kernels, type Tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import cases from "../fixtures/layers.json" with { type: "json" };
import { SoftmaxWithLoss } from "../losses/softmax-with-loss.ts";
import { expectClose, type Stored, stored } from "../testing/reference.ts";
import { Relu, Sigmoid } from "./activations.ts";
import { Affine } from "./affine.ts";
import { BatchNormalization } from "./batch-normalization.ts";
import { Convolution } from "./convolution.ts";
import { Dropout } from "./dropout.ts";
import { Pooling } from "./pooling.ts";

type Values = Record<string, Stored>;
type Case = { name: string; inputs: Values; attrs: Record<string, number>; outputs: Values };
const all = cases as unknown as Case[];
const of = (kind: string): Case[] => all.filter(({ name }) => name.split("_")[0] === kind);

/** Runs a layer forward and backward from the upstream gradient dout. */
function run(x: Variable, dout: Stored, forward: (x: Variable) => Variable): Variable {
  const y = forward(x);
  y.backward({ grad: stored(dout) });
  return y;
}

const gradientOf = (x: Variable): Tensor => (x.grad as Variable).value;

describe("the book's layers, whose backward passes were written by hand", () => {
  it("are all here", () => {
    const kinds = [
      "Convolution",
      "Pooling",
      "Relu",
      "Sigmoid",
      "Affine",
      "SoftmaxWithLoss",
      "Dropout",
      "BatchNormalization",
    ];
    expect([...new Set(all.map(({ name }) => name.split("_")[0]))]).toEqual(kinds);
  });

  for (const { name, inputs, attrs, outputs } of [...of("Convolution"), ...of("Affine")]) {
    it(`${name}: y, dx, dW and db are the graph's`, () => {
      const [x, W, b] = [inputs.x, inputs.W, inputs.b].map((value) => variable(stored(value)));
      const { stride, pad } = attrs;
      const layer = name.startsWith("Affine") ? new Affine(W, b) : new Convolution(W, b, { stride, pad });
      expectClose(
        run(x, inputs.dout, (input) => layer.forward(input)),
        outputs.y,
      );
      expectClose(gradientOf(x), outputs.dx);
      expectClose(gradientOf(W), outputs.dW);
      expectClose(gradientOf(b), outputs.db);
    });
  }

  for (const { name, inputs, attrs, outputs } of [...of("Pooling"), ...of("Relu"), ...of("Sigmoid")]) {
    it(`${name}: y and dx are the graph's`, () => {
      const x = variable(stored(inputs.x));
      const { poolH, poolW, stride, pad } = attrs;
      const layer =
        name === "Relu" ? new Relu() : name === "Sigmoid" ? new Sigmoid() : new Pooling(poolH, poolW, { stride, pad });
      expectClose(
        run(x, inputs.dout, (input) => layer.forward(input)),
        outputs.y,
      );
      expectClose(gradientOf(x), outputs.dx);
    });
  }

  for (const { name, inputs, outputs } of of("SoftmaxWithLoss")) {
    it(`${name}: the loss is the book's, and dx the true gradient beside the book's`, () => {
      const x = variable(stored(inputs.x));
      const layer = new SoftmaxWithLoss();
      const loss = layer.forward(x, stored(inputs.t));
      expectClose(loss, outputs.loss as unknown as number);
      loss.backward();
      // The book writes (y − t)/N, the derivative of the loss without its 1e-7. With it, that of sample i is
      // y/(y + 1e-7) times that, y being the probability of the right class: a relative difference below 1e-7 / y.
      const probabilities = kernels.copy((layer.y as Variable).value);
      const classes = probabilities.shape[1];
      const labels = inputs.t.shape.length === 2 ? kernels.argmax(stored(inputs.t), 1).data : inputs.t.data;
      const actual = kernels.copy(gradientOf(x)).data;
      outputs.dx.data.forEach((book, k) => {
        const y = probabilities.data[Math.floor(k / classes) * classes + labels[Math.floor(k / classes)]];
        expect(Math.abs(actual[k] - book)).toBeLessThanOrEqual((1e-7 / y + 1e-12) * Math.abs(book));
        expect(Math.abs(actual[k] - (book * y) / (y + 1e-7))).toBeLessThanOrEqual(1e-12 * Math.abs(book));
      });
    });
  }

  for (const { name, inputs, attrs, outputs } of of("Dropout")) {
    it(`${name}: training multiplies by the mask, prediction by 1 − ratio`, () => {
      const layer = new Dropout(attrs.ratio);
      const x = variable(stored(inputs.x));
      expectClose(layer.forward(x, { train: false }), outputs.test);
      // The book's random mask cannot be drawn again: the law is checked with the layer's own, and with the book's.
      const y = run(x, inputs.dout, (input) => layer.forward(input, { train: true }));
      const mask = (layer.mask as Variable).value;
      expect(y.toArray()).toEqual(kernels.mul(stored(inputs.x), mask).toArray());
      expect(gradientOf(x).toArray()).toEqual(kernels.mul(stored(inputs.dout), mask).toArray());
      const z = variable(stored(inputs.x));
      expectClose(
        run(z, inputs.dout, (input) => mul(input, stored(inputs.mask))),
        outputs.train,
      );
      expectClose(gradientOf(z), outputs.dx);
    });
  }

  for (const { name, inputs, attrs, outputs } of of("BatchNormalization")) {
    it(`${name}: two training batches, their gradients, running statistics and a prediction`, () => {
      const [gamma, beta, x2] = [inputs.gamma, inputs.beta, inputs.x2].map((value) => variable(stored(value)));
      const layer = new BatchNormalization(gamma, beta, { momentum: attrs.momentum });
      expectClose(layer.forward(stored(inputs.x1), { train: true }), outputs.train1);
      expectClose(
        run(x2, inputs.dout, (input) => layer.forward(input, { train: true })),
        outputs.train2,
      );
      expectClose(gradientOf(x2), outputs.dx2);
      expectClose(gradientOf(gamma), outputs.dgamma2);
      expectClose(gradientOf(beta), outputs.dbeta2);
      expectClose(layer.runningMean as Variable, outputs.runningMean);
      expectClose(layer.runningVar as Variable, outputs.runningVar);
      expectClose(layer.forward(stored(inputs.x1), { train: false }), outputs.testOnX1);
    });
  }
});

it("sends no gradient through the running statistics", () => {
  const layer = new BatchNormalization(variable([1, 1]), variable([0, 0]));
  sum(
    layer.forward(
      variable([
        [1, 2],
        [3, 5],
      ]),
    ),
  ).backward();
  expect(layer.runningMean?.requiresGrad).toBe(false);
  expect(layer.runningMean?.isLeaf).toBe(true);
});
