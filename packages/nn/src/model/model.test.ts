import { full, kernels, ones, rng, ShapeError, SpecError, type Tensor, tensor, zeros } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { messageOf } from "../../../../testing/message-of.ts";
import { layers } from "../layers/builders.ts";
import { model } from "../read/parse.ts";
import { build } from "./build.ts";
import type { Model } from "./model.ts";
import { summary } from "./summary.ts";

const spec = model({
  input: [1, 8, 8],
  layers: [
    layers.convolution({ filters: 4, size: 3, pad: 1 }),
    layers.batchNormalization(),
    layers.relu(),
    layers.pooling({ size: 2 }),
    layers.affine(6),
    layers.sigmoid(),
    layers.dropout(0.5),
    layers.affine(3),
  ],
  loss: "softmaxWithLoss",
});
const x = rng(7).normal([5, 1, 8, 8]);
const t = tensor([0, 1, 2, 0, 1]);

/** One step of gradient descent: w ← w − rate · ∂L/∂w. */
function descend(net: Model, inputs: Tensor, targets: Tensor, rate: number): void {
  for (const [name, gradient] of Object.entries(net.gradient(inputs, targets))) {
    const w = net.params[name];
    w.assign(kernels.sub(w.value, kernels.mul(gradient, tensor(rate, { dtype: gradient.dtype }))));
  }
}

describe("a model", () => {
  it("names its layers and parameters, and initializes weights by what follows", () => {
    const net = build(spec, { seed: 3 });
    expect(net.layers.map(({ name }) => name)).toEqual([
      "conv1",
      "batchNorm1",
      "relu1",
      "pool1",
      "affine1",
      "sigmoid1",
      "dropout1",
      "affine2",
    ]);
    expect(Object.entries(net.params).map(([name, p]) => `${name} ${p.shape}`)).toEqual([
      "conv1.weight 4,1,3,3",
      "conv1.bias 4",
      "batchNorm1.gamma 256",
      "batchNorm1.beta 256",
      "affine1.weight 64,6",
      "affine1.bias 6",
      "affine2.weight 6,3",
      "affine2.bias 3",
    ]);
    const spread = (name: string) =>
      Math.sqrt(Number(kernels.sum(kernels.square(net.params[name].value)).item()) / net.params[name].size);
    // 36 and 384 normal numbers: their spread is off by a relative 1/√(2n), taken five times.
    expect(Math.abs(spread("conv1.weight") / Math.sqrt(2 / 9) - 1)).toBeLessThan(5 / Math.sqrt(72));
    expect(Math.abs(spread("affine1.weight") / Math.sqrt(1 / 64) - 1)).toBeLessThan(5 / Math.sqrt(768));
  });

  it("is the same for the same seed, another for another", () => {
    const scores = (seed: number) => build(spec, { seed }).predict(x).toArray();
    expect(scores(1)).toEqual(scores(1));
    expect(scores(1)).not.toEqual(scores(2));
  });

  it("runs for prediction unless told to train, by call or by mode", () => {
    const net = build(spec);
    const calm = net.predict(x).toArray();
    expect(net.predict(x).toArray()).toEqual(calm);
    expect(net.predict(x, { train: true }).toArray()).not.toEqual(calm);
    net.train();
    expect(net.predict(x).toArray()).not.toEqual(net.predict(x).toArray());
    net.eval();
    expect(net.predict(x).toArray()).toEqual(net.predict(x).toArray());
  });

  it("puts its layers into scopes", () => {
    const net = build(spec);
    const scopes = new Set<string>();
    for (let node = net.loss(x, t).creator; node !== null && node !== undefined; node = node.inputs[0])
      scopes.add(node.scope);
    expect(scopes).toContain("conv1");
    expect(scopes).toContain("softmaxWithLoss");
  });

  it("says what shape its batches have, and how to get there", () => {
    const net = build(spec);
    const refusal = (shape: number[]): string => {
      try {
        net.predict(zeros(shape));
      } catch (error) {
        expect(error).toBeInstanceOf(ShapeError);
        return (error as ShapeError).message;
      }
      throw new Error("the batch was accepted");
    };
    expect(refusal([5, 64])).toMatchInlineSnapshot(
      `"predict: got an input of shape [5, 64]; expected batches of shape [N, 1, 8, 8]. Reshape the batch to [5, 1, 8, 8]."`,
    );
    expect(refusal([1, 8, 8])).toMatchInlineSnapshot(
      `"predict: got an input of shape [1, 8, 8]; expected batches of shape [N, 1, 8, 8]. Reshape one sample to [1, 1, 8, 8]."`,
    );
    for (const shape of [[8, 8], [64], [1, 64]])
      expect(refusal(shape)).toContain("Reshape one sample to [1, 1, 8, 8].");
    expect(refusal([5, 1, 28, 28])).toMatchInlineSnapshot(
      `"predict: got an input of shape [5, 1, 28, 28]; expected batches of shape [N, 1, 8, 8]. Declare input: [1, 28, 28] in the model, or give samples of shape [1, 8, 8]."`,
    );
    expect(refusal([])).toMatchInlineSnapshot(
      `"predict: got an input of shape []; expected batches of shape [N, 1, 8, 8]. Give a batch: even one sample has the shape [1, 1, 8, 8]."`,
    );
  });

  it("has layers that run alone, on as many inputs as they have", () => {
    const list = [layers.relu(), layers.add(["relu1", "input"])];
    const [rectifier, sum] = build(model({ input: [2], layers: list })).layers;
    const samples = tensor([[-1, 2]]);
    expect(rectifier.forward(samples).toArray()).toEqual([[0, 2]]);
    expect(sum.forward([samples, samples]).toArray()).toEqual([[-2, 4]]);
    expect(messageOf(() => rectifier.forward([samples, samples]))).toMatchInlineSnapshot(
      `"relu1: the layer takes 1 input, and got 2; expected 1. Pass one batch."`,
    );
    expect(messageOf(() => sum.forward(samples))).toMatchInlineSnapshot(
      `"add1: the layer takes 2 inputs, and got 1; expected 2. Pass a list of batches, one for each of its sources."`,
    );
  });

  it("names the layer that an error comes from", () => {
    const { layers: made } = build(spec);
    expect(() => made[4].forward(zeros([1, 5]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: Affine: an input of shape [1, 5] does not fit W of shape [64, 6]; expected [N, 64]. In layer "affine1". Each sample has 5 numbers. Did you mean to build the layer with inputSize 5?]`,
    );
  });

  it("takes labels and one-hot rows for the same targets", () => {
    const net = build(spec, { seed: 4 });
    const rows = tensor([0, 1, 2, 0, 1].map((label) => [0, 1, 2].map((k) => Number(k === label))));
    const byLabels = net.loss(x, t).item();
    // The one-hot form adds the same five positive terms beside exact zeros: each of the two sums takes four roundings
    // of float32 at most, wherever the zeros stand, and the division one.
    expect(Math.abs(net.loss(x, rows).item() - byLabels)).toBeLessThanOrEqual(2 * 5 * 2 ** -24 * byLabels);
    expect(net.accuracy(x, rows)).toBe(net.accuracy(x, t));
    expect(net.accuracy(x, t, 2)).toBe(net.accuracy(x, t));
  });

  it("says so where targets are arrays, or nothing at all", () => {
    const spec = model({ input: [3], layers: [layers.affine(2)], loss: "softmaxWithLoss" });
    const net = build(spec);
    const samples = rng(0).normal([2, 3]);
    expect([
      messageOf(() => net.loss(samples, Int32Array.of(0, 1) as never)),
      messageOf(() => net.evaluate(samples, [0, 1] as never)),
      messageOf(() => net.evaluate({}, {})),
    ]).toMatchInlineSnapshot(`
      [
        "SoftmaxWithLoss: t is an Int32Array; expected a Variable, a Tensor or a number. In layer "softmaxWithLoss". Wrap arrays with variable(…) or tensor(…).",
        "evaluate: x is an array; expected a Variable, a Tensor or a number. Wrap arrays with variable(…) or tensor(…).",
        "evaluate: x and t are empty; expected batches by the names of inputs and outputs.",
      ]
    `);
  });

  it("learns what one affine layer cannot: exclusive or", () => {
    const net = build(
      model({ input: [2], layers: [layers.affine(8), layers.tanh(), layers.affine(2)], loss: "softmaxWithLoss" }),
      { seed: 1 },
    );
    const [inputs, labels] = [
      tensor([
        [0, 0],
        [0, 1],
        [1, 0],
        [1, 1],
      ]),
      tensor([0, 1, 1, 0]),
    ];
    const before = net.loss(inputs, labels).item();
    for (let step = 0; step < 300; step++) descend(net, inputs, labels, 0.5);
    expect(net.accuracy(inputs, labels)).toBe(1);
    // A loss below 0.05 is a probability of 0.95 for the right classes; guessing has log 2 = 0.69.
    expect(before).toBeGreaterThan(0.4);
    expect(net.loss(inputs, labels).item()).toBeLessThan(0.05);
  });

  it("finds a plane by meanSquaredError", () => {
    const net = build(model({ input: [2], layers: [layers.affine(1)], loss: "meanSquaredError" }), {
      dtype: "float64",
    });
    const inputs = tensor(
      [
        [0, 0],
        [0, 1],
        [1, 0],
        [1, 1],
      ],
      { dtype: "float64" },
    );
    const targets = tensor([[1], [-2], [3], [0]], { dtype: "float64" }); // 2a − 3b + 1
    for (let step = 0; step < 300; step++) descend(net, inputs, targets, 0.25);
    // The curvatures are 1 and (7 ± √33)/2, so that a step of 1/4 shrinks every error to 0.85 of it or less, and
    // 0.85³⁰⁰ < 1e-21. What is left is rounding: each step adds some 1e-15, and shrinks what was there before, so that
    // no more than 1/(1 − 0.85) < 7 of them remain.
    const [a, b] = (net.params["affine1.weight"].toArray() as number[][]).flat();
    const [c] = net.params["affine1.bias"].toArray() as number[];
    for (const error of [a - 2, b + 3, c - 1]) expect(Math.abs(error)).toBeLessThan(7e-15);
  });

  it("has the gradient of central differences", () => {
    const net = build(
      model({ input: [6], layers: [layers.affine(5), layers.tanh(), layers.affine(3)], loss: "softmaxWithLoss" }),
      { dtype: "float64" },
    );
    const samples = rng(1).normal([5, 6], { dtype: "float64" });
    const [exact, numerical] = [net.gradient(samples, t), net.numericalGradient(samples, t)];
    for (const [name, value] of Object.entries(exact)) {
      const difference = kernels.max(kernels.abs(kernels.sub(value, numerical[name]))).item();
      // h²/6 · f‴ with h = 1e-4 and third derivatives of a few units, beside 1e-16/h of rounding.
      expect(Number(difference)).toBeLessThan(1e-7);
    }
    expect(net.params["affine1.weight"].grad).toBeNull();
  });

  it("saves and restores parameters and running statistics, all or nothing", () => {
    const net = build(spec, { seed: 1 });
    net.loss(x, t, { train: true });
    const state = net.state();
    expect(Object.keys(state)).toContain("batchNorm1.runningVar");
    const other = build(spec, { seed: 2 });
    other.loadState(state);
    expect(other.predict(x).toArray()).toEqual(net.predict(x).toArray());
    const before = other.predict(x).toArray();
    const { "conv1.bias": _, ...less } = build(spec, { seed: 3 }).state();
    expect(() => other.loadState(less)).toThrow(/conv1.bias missing/);
    expect(() => other.loadState({ ...state, extra: zeros([1]) })).toThrow(/extra unknown/);
    expect(() => other.loadState({ ...state, "affine2.bias": zeros([4]) })).toThrow(
      /affine2.bias has shape \[4\], in this model \[3\]/,
    );
    expect(other.predict(x).toArray()).toEqual(before);
  });

  it("lists all that is wrong with a state", () => {
    const net = build(spec, { seed: 1 });
    const { "conv1.bias": bias, ...rest } = net.state();
    const before = net.state();
    const wrong = {
      ...rest,
      "conv1.bais": bias,
      "affine2.bias": zeros([4]),
      "affine1.bias": [1, 2, 3, 4, 5, 6] as never,
      "batchNorm1.beta": ones([256], { dtype: "int32" }),
      "batchNorm1.gamma": full([256], 1e300, { dtype: "float64" }),
    };
    expect(() => net.loadState(wrong)).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: loadState: the state does not fit this model: conv1.bias missing; conv1.bais (did you mean "conv1.bias"?) unknown; batchNorm1.gamma has numbers that are too large for float32; batchNorm1.beta is int32, in this model float32; affine1.bias is an array, not a Tensor; affine2.bias has shape [4], in this model [3]; expected conv1.weight [4, 1, 3, 3], conv1.bias [4], batchNorm1.gamma [256], batchNorm1.beta [256], affine1.weight [64, 6], affine1.bias [6], affine2.weight [6, 3], affine2.bias [3], batchNorm1.runningMean [256], batchNorm1.runningVar [256]. Build the model from the spec that the state was saved with.]`,
    );
    const misshapen = { ...before, "affine2.bias": zeros([4]), "conv1.bias": zeros([5]) };
    expect(() => net.loadState(misshapen)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: loadState: the state does not fit this model: conv1.bias has shape [5], in this model [4]; affine2.bias has shape [4], in this model [3]; expected conv1.weight [4, 1, 3, 3], conv1.bias [4], batchNorm1.gamma [256], batchNorm1.beta [256], affine1.weight [64, 6], affine1.bias [6], affine2.weight [6, 3], affine2.bias [3], batchNorm1.runningMean [256], batchNorm1.runningVar [256]. Build the model from the spec that the state was saved with.]`,
    );
    for (const nothing of [null, undefined, [], 3]) expect(() => net.loadState(nothing as never)).toThrow(SpecError);
    expect(net.state()).toEqual(before);
  });

  it("takes its own values for a state, also where they change places", () => {
    const net = build(model({ input: [2], layers: [layers.affine(2), layers.affine(2)], loss: "softmaxWithLoss" }));
    const [first, second] = [net.params["affine1.bias"], net.params["affine2.bias"]];
    first.assign(tensor([1, 2]));
    second.assign(tensor([3, 4]));
    net.loadState({ ...net.state(), "affine1.bias": second.value, "affine2.bias": first.value });
    expect([first.toArray(), second.toArray()]).toEqual([
      [3, 4],
      [1, 2],
    ]);
  });

  it("gives copies for its state", () => {
    const net = build(spec);
    net.params["conv1.weight"].assign(ones([4, 1, 3, 3]));
    const state = net.state();
    net.params["conv1.weight"].assign(zeros([4, 1, 3, 3]));
    expect(state["conv1.weight"].at(0, 0, 0, 0)).toBe(1);
  });

  it("refuses to summarize a spec, or nothing", () => {
    expect(() => summary(spec as never)).toThrow(
      "summary: the model is a spec; expected the result of build(spec). Build it first: summary(build(spec)).",
    );
    expect(() => summary(undefined as never)).toThrow(
      "summary: the model is missing; expected the result of build(spec). Pass a model: summary(net).",
    );
  });

  it("prints its summary with totals", () => {
    expect(summary(build(spec))).toMatchInlineSnapshot(`
      "┌────────────┬────────────────────┬──────────────┬────────────┬───────────────┬─────────────┐
      │ layer      │ kind               │ output shape │ parameters │ multiply-adds │ activations │
      ├────────────┼────────────────────┼──────────────┼────────────┼───────────────┼─────────────┤
      │ input      │                    │ [N, 1, 8, 8] │            │               │             │
      │ conv1      │ convolution        │ [N, 4, 8, 8] │         40 │         2,304 │     2.3 KiB │
      │ batchNorm1 │ batchNormalization │ [N, 4, 8, 8] │        512 │             0 │     2.0 KiB │
      │ relu1      │ relu               │ [N, 4, 8, 8] │          0 │             0 │     1.0 KiB │
      │ pool1      │ pooling            │ [N, 4, 4, 4] │          0 │             0 │     1.3 KiB │
      │ affine1    │ affine             │ [N, 6]       │        390 │           384 │        24 B │
      │ sigmoid1   │ sigmoid            │ [N, 6]       │          0 │             0 │        24 B │
      │ dropout1   │ dropout            │ [N, 6]       │          0 │             0 │        48 B │
      │ affine2    │ affine             │ [N, 3]       │         21 │            18 │         0 B │
      │ loss       │ softmaxWithLoss    │ []           │            │               │             │
      │ total      │                    │              │        963 │         2,706 │     6.6 KiB │
      └────────────┴────────────────────┴──────────────┴────────────┴───────────────┴─────────────┘"
    `);
  });

  it("shows each layer and its output to whoever watches, and computes the same", () => {
    const net = build(spec, { seed: 3 });
    const seen: [string, readonly number[]][] = [];
    const last: Tensor[] = [];
    const watched = net.predict(x, {
      onLayer: ({ name }, y) => {
        seen.push([name, y.shape]);
        last.push(y.value);
      },
    });
    expect(seen).toEqual(net.layers.map(({ name, outputShape }) => [name, [5, ...outputShape]]));
    expect(last.at(-1)?.toArray()).toEqual(watched.toArray());
    expect(watched.toArray()).toEqual(net.predict(x).toArray());
    expect(() => net.loss(x, t, { onLayer: "print" as never })).toThrow(/onLayer is a string; expected a function/);
  });

  it("refuses options that it does not know", () => {
    expect(() => build(spec, { sed: 1 } as never)).toThrow(/Did you mean "seed"/);
    expect(() => build(spec, { dtype: "int32" as never })).toThrow(/parameters cannot be int32/);
    const net = build(spec);
    expect(() => net.predict(x, { tarin: true } as never)).toThrow(/predict: unknown option "tarin"/);
    expect(() => net.loss(x, t, { train: "no" as never })).toThrow(/train is "no"/);
    expect(() => net.layers[0].forward(x, { trian: true } as never)).toThrow(/conv1: unknown option "trian"/);
  });
});
