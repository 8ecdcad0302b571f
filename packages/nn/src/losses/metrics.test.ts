/** Metrics against their definitions, written out by loops; and over many batches as over one. */
import { variable } from "@adjoint/autograd";
import { kernels, rng, type Tensor, tensor } from "@adjoint/tensor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { layers } from "../layers/builders.ts";
import { build } from "../model/build.ts";
import { model } from "../read/parse.ts";
import type { FullLossSpec } from "./all.ts";
import { type MetricSpec, metricName, metricOf } from "./metrics.ts";

const f64 = { dtype: "float64" } as const;

function measure(metric: MetricSpec, y: Tensor, t: Tensor, loss: FullLossSpec | null = null): number {
  const { add, value } = metricOf(metric);
  return value(add(variable(y), t, loss));
}

describe("metrics", () => {
  const scores = tensor(
    [
      [3, 1, 2],
      [0, 0, 5],
      [1, 4, 2],
      [2, 2, 1],
    ],
    f64,
  );

  it("count the targets among the largest scores, of equal ones the first", () => {
    const t = tensor([0, 1, 1, 1], { dtype: "int32" });
    expect(measure("accuracy", scores, t)).toBe(2 / 4);
    expect(measure({ kind: "topAccuracy", k: 2 }, scores, t)).toBe(3 / 4);
    expect(measure({ kind: "topAccuracy", k: 9 }, scores, t)).toBe(1);
    expect(metricName({ kind: "topAccuracy", k: 5 })).toBe("top5Accuracy");
    const oneHot = tensor(
      [
        [1, 0, 0],
        [0, 1, 0],
        [0, 1, 0],
        [0, 1, 0],
      ],
      f64,
    );
    expect(measure("accuracy", scores, oneHot)).toBe(2 / 4);
  });

  it("leave out positions that the loss ignores, and find the classes where it does", () => {
    const loss = { kind: "crossEntropy", ignoreIndex: -1 } as const;
    expect(measure("accuracy", scores, tensor([0, -1, 1, -1], { dtype: "int32" }), loss)).toBe(1);
    // Two samples, three classes, two pixels each.
    const images = tensor(
      [
        [
          [1, 5],
          [2, 0],
          [0, 0],
        ],
        [
          [0, 0],
          [0, 9],
          [7, 0],
        ],
      ],
      f64,
    );
    const labels = tensor(
      [
        [1, 0],
        [2, 2],
      ],
      { dtype: "int32" },
    );
    expect(measure("accuracy", images, labels, { kind: "crossEntropy", classes: "first" })).toBe(3 / 4);
  });

  it("say yes above 0, for logits of yes and no", () => {
    const y = tensor([[2], [-1], [0.5], [-3]], f64);
    const loss = { kind: "binaryCrossEntropyWithLogits" } as const;
    expect(measure("accuracy", y, tensor([[1], [1], [1], [0]], f64), loss)).toBe(3 / 4);
  });

  it("never take NaN for right, nor what stands beside it for the largest", () => {
    const y = tensor(
      [
        [Number.NaN, 1, 2],
        [0, 3, Number.NaN],
        [Number.NaN, Number.NaN, Number.NaN],
        [0, 3, 1],
      ],
      f64,
    );
    const t = tensor([0, 1, 2, 1], { dtype: "int32" });
    expect(measure("accuracy", y, t)).toBe(1 / 4);
    expect(measure({ kind: "topAccuracy", k: 2 }, y, t)).toBe(2 / 4);
    const loss = { kind: "binaryCrossEntropyWithLogits" } as const;
    expect(measure("accuracy", tensor([[Number.NaN], [-1]], f64), tensor([[0], [0]], f64), loss)).toBe(1 / 2);
  });

  it("are means of errors, and e to the mean surprise", () => {
    const [y, t] = [tensor([[1, 2, 3]], f64), tensor([[1, 0, 6]], f64)];
    expect(measure("meanAbsoluteError", y, t)).toBe(5 / 3);
    expect(measure("rootMeanSquaredError", y, t)).toBe(Math.sqrt(13 / 3));
    // Scores that are all equal leave the choice among three.
    expect(measure("perplexity", tensor([[1, 1, 1]], f64), tensor([2]))).toBeCloseTo(3, 12);
  });
});

it("are the same over many batches as over one, beside a loss that is the mean of all", () => {
  const net = build(
    model({
      input: [4],
      layers: [layers.affine(3)],
      loss: "crossEntropy",
      metrics: ["accuracy", "perplexity", { kind: "topAccuracy", k: 2 }],
    }),
    { dtype: "float64" },
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 17 }), fc.integer({ min: 1, max: 20 }), fc.nat(), (count, batch, seed) => {
      const x = rng(seed).normal([count, 4], f64);
      const t = rng(seed + 1).integers(0, 3, [count]);
      const [all, parts] = [net.evaluate(x, t, 1000), net.evaluate(x, t, batch)];
      expect(Object.keys(parts)).toEqual(["loss", "accuracy", "perplexity", "top2Accuracy"]);
      // Sums of at most 17 numbers below 10, in another order.
      for (const [name, value] of Object.entries(all)) expect(Math.abs(parts[name] - value)).toBeLessThan(1e-13);
      expect(parts.accuracy).toBe(net.accuracy(x, t, batch));
      // A function for batches of one size gets no others, and none where there are fewer samples.
      const sizes: (number | undefined)[] = [];
      const outputs = (some: Tensor) => {
        sizes.push(some.shape[0]);
        return net.outputs(some);
      };
      const given = net.evaluate(x, t, batch, outputs);
      for (const [name, value] of Object.entries(all)) expect(Math.abs(given[name] - value)).toBeLessThan(1e-13);
      expect([given.accuracy, net.accuracy(x, t, batch, outputs)]).toEqual([parts.accuracy, parts.accuracy]);
      expect(sizes).toEqual(count < batch ? [] : new Array(2 * Math.ceil(count / batch)).fill(batch));
      expect(Math.abs(all.loss - Math.log(all.perplexity))).toBeLessThan(1e-13);
    }),
    { numRuns: 30 },
  );
});

it("the loss of many batches is the mean over what counts, wherever that stands", () => {
  const net = build(
    model({
      input: [4],
      layers: [layers.affine(3)],
      loss: { kind: "crossEntropy", ignoreIndex: -1, weight: 2 },
      weightDecay: 0.5,
    }),
    f64,
  );
  const x = rng(1).normal([5, 4], f64);
  const t = tensor([-1, -1, 2, 0, -1], { dtype: "int32" });
  for (const batch of [1, 2, 3, 5]) {
    // A few dozen terms near 1.
    expect(Math.abs(net.evaluate(x, t, batch).loss - net.loss(x, t).item())).toBeLessThan(1e-13);
  }
  const none = tensor([-1, -1, -1, -1, -1], { dtype: "int32" });
  expect(() => net.evaluate(x, none, 2)).toThrow("every label is -1, which is ignored");
});

it("the book's squared error is a sum over all samples, in however many batches it is measured", () => {
  const net = build(model({ input: [2], layers: [layers.affine(1)], loss: "meanSquaredError" }), f64);
  const [x, t] = [rng(1).normal([5, 2], f64), rng(2).normal([5, 1], f64)];
  const whole = net.loss(x, t).item();
  // Five terms in another order.
  for (const batch of [1, 2, 5])
    expect(Math.abs(net.evaluate(x, t, batch).loss / whole - 1)).toBeLessThan(5 * 2 ** -52);
});

it("weights of the loss and penalties are what they say", () => {
  const spec = (extra: object) =>
    build(
      model({
        input: [4],
        layers: [
          layers.affine({ units: 3, name: "a", weightDecay: 0.5 }),
          layers.affine({ units: 2, name: "b", l1: 0.25 }),
        ],
        loss: { kind: "mse", weight: 3 },
        weightDecay: 0.1,
        ...extra,
      }),
      { dtype: "float64", seed: 2 },
    );
  const [net, plain] = [spec({}), spec({ weightDecay: 0, layers: [layers.affine(3), layers.affine(2)] })];
  const [x, t] = [rng(1).normal([5, 4], f64), rng(2).normal([5, 2], f64)];
  const sum = (of: Tensor): number => Number(kernels.sum(of).item());
  const { "a.weight": a, "b.weight": b } = net.params;
  const penalty =
    0.5 * 0.5 * sum(kernels.square(a.value)) +
    0.5 * 0.1 * sum(kernels.square(b.value)) +
    0.25 * sum(kernels.abs(b.value));
  // A few dozen terms near 1.
  expect(Math.abs(net.loss(x, t).item() - plain.loss(x, t).item() - penalty)).toBeLessThan(1e-13);
});
