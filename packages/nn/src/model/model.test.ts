import { kernels, rng, tensor, zeros } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { build } from "./build.ts";
import { layers } from "./builders.ts";
import { model } from "./parse.ts";
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

  it("puts its layers into scopes, and its errors into layers", () => {
    const net = build(spec);
    const scopes = new Set<string>();
    for (let node = net.loss(x, t).creator; node !== null && node !== undefined; node = node.inputs[0])
      scopes.add(node.scope);
    expect(scopes).toContain("conv1");
    expect(scopes).toContain("softmaxWithLoss");
    expect(() => net.predict(zeros([5, 64]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: predict: got an input of shape [5, 64]; this model takes batches of shape [N, 1, 8, 8]. Declare input: [64] in the model, or reshape the samples.]`,
    );
    expect(() => net.predict(zeros([1, 8, 8]))).toThrow(/Reshape one sample to \[1, 1, 8, 8\]/);
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

  it("prints its summary with totals", () => {
    expect(summary(build(spec))).toMatchInlineSnapshot(`
      "┌────────────┬────────────────────┬──────────────┬────────────┬───────────────┐
      │ layer      │ kind               │ output shape │ parameters │ multiply-adds │
      ├────────────┼────────────────────┼──────────────┼────────────┼───────────────┤
      │ input      │                    │ [N, 1, 8, 8] │            │               │
      │ conv1      │ convolution        │ [N, 4, 8, 8] │         40 │         2,304 │
      │ batchNorm1 │ batchNormalization │ [N, 4, 8, 8] │        512 │             0 │
      │ relu1      │ relu               │ [N, 4, 8, 8] │          0 │             0 │
      │ pool1      │ pooling            │ [N, 4, 4, 4] │          0 │             0 │
      │ affine1    │ affine             │ [N, 6]       │        390 │           384 │
      │ sigmoid1   │ sigmoid            │ [N, 6]       │          0 │             0 │
      │ dropout1   │ dropout            │ [N, 6]       │          0 │             0 │
      │ affine2    │ affine             │ [N, 3]       │         21 │            18 │
      │ loss       │ softmaxWithLoss    │ []           │            │               │
      │ total      │                    │              │        963 │         2,706 │
      └────────────┴────────────────────┴──────────────┴────────────┴───────────────┘"
    `);
  });

  it("refuses options that it does not know", () => {
    expect(() => build(spec, { sed: 1 } as never)).toThrow(/Did you mean "seed"/);
    expect(() => build(spec, { dtype: "int32" as never })).toThrow(/parameters cannot be int32/);
  });
});
