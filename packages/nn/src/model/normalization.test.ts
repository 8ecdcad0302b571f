/** Batch normalization in models: how it begins, and what it refuses to train on. */
import { readFileSync } from "node:fs";
import { abs, max, sub, sum, type Variable, variable } from "@adjoint/autograd";
import { kernels, rng, tensor, zeros } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { messageOf } from "../../../../testing/message-of.ts";
import { checkModule } from "../check/check-module.ts";
import { BatchNormalization } from "../layers/batch-normalization.ts";
import { layers } from "../layers/builders.ts";
import { GroupNormalization } from "../layers/group-normalization.ts";
import { LayerNormalization } from "../layers/layer-normalization.ts";
import type { LayerSpec } from "../layers/structures.ts";
import { model } from "../read/parse.ts";
import { parseModelText } from "../read/text/parse-model-text.ts";
import { build } from "./build.ts";
import { randomSamples } from "./random-samples.ts";
import { decodeModel, encodeModel } from "./save.ts";
import { summary } from "./summary.ts";

const f64 = { dtype: "float64" } as const;
const norm = (options = {}) =>
  build(model({ input: [2], layers: [layers.batchNormalization(options)], loss: "mse" }), f64);

describe("a model with batch normalization", () => {
  it("measures finite losses before any training, however deep it is", () => {
    const file = new URL("../../../../examples/models/resnet-20.json", import.meta.url);
    const net = build(parseModelText(readFileSync(file, "utf8")), { seed: 1 });
    const { x, t } = randomSamples(net, 2);
    expect(Number.isFinite(net.evaluate(x as never, t as never).loss)).toBe(true);
  });

  it("begins with variance 1, or with that of the spec, of which 0 is the book's", () => {
    const x = tensor([[6, 8]], f64);
    const outputs = [norm(), norm({ initialVariance: 0 }), norm({ initialVariance: 4 })].map((net) =>
      (net.predict(x).toArray() as number[][])[0].map((y) => Math.round(y)),
    );
    expect(outputs).toEqual([
      [6, 8],
      [6000, 8000],
      [3, 4],
    ]);
    expect(() => norm({ initialVariance: -1 })).toThrow("initialVariance");
  });

  it("loads what was saved with whatever variance it has", () => {
    const net = norm();
    net.loadState({ ...net.state(), "batchNorm1.runningVar": zeros([2], f64) });
    const again = decodeModel(encodeModel(net));
    expect(again.state()["batchNorm1.runningVar"].toArray()).toEqual([0, 0]);
  });

  it("refuses to train on one value for each activation, and changes nothing", () => {
    const net = norm();
    const x = tensor([[5, 7]], f64);
    const before = net.state();
    expect(() => net.predict(x, { train: true })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: BatchNormalization: the batch has one value for each activation, which has no variance to train on; expected two samples or more. In layer "batchNorm1". Use larger batches, layer normalization, or pass { train: false }.]`,
    );
    expect(() => net.loss(x, x, { train: true })).toThrow("no variance to train on");
    expect(() => net.gradient(x, x)).toThrow("no variance to train on");
    expect(() => checkModule(net, x)).toThrow("pass { train: false }");
    for (const [name, value] of Object.entries(net.state())) expect(value.toArray()).toEqual(before[name].toArray());
    expect(net.predict(x).shape).toEqual([1, 2]);
    expect(net.numericalGradient(x, x)["batchNorm1.gamma"].shape).toEqual([2]);
    expect(checkModule(net, x, { train: false }).ok).toBe(true);
    expect(checkModule(net, kernels.concat([x, zeros([1, 2], f64)], 0)).ok).toBe(true);
    expect(summary(net)).toContain("batchNorm1");
    expect(randomSamples(net, 1).x).toMatchObject({ shape: [1, 2] });
  });

  it("says how many samples its batches need", () => {
    const least = (input: number[], ...list: LayerSpec[]): number => build(model({ input, layers: list })).minBatchSize;
    const perChannel = layers.batchNormalization({ perChannel: true });
    expect(least([2], layers.affine(3))).toBe(1);
    expect(least([2], layers.batchNormalization())).toBe(2);
    expect(least([2, 3, 3], layers.batchNormalization())).toBe(2);
    expect(least([2, 3, 3], perChannel)).toBe(1);
    expect(least([2, 1, 1], perChannel)).toBe(2);
    expect(least([2, 3, 3], layers.block([perChannel, layers.flatten(), layers.batchNormalization()]))).toBe(2);
    const image = build(model({ input: [2, 3, 3], layers: [perChannel] }), f64);
    expect(image.predict(rng(1).normal([1, 2, 3, 3], f64), { train: true }).shape).toEqual([1, 2, 3, 3]);
  });
});

it("normalizations of single samples refuse to train on one value, by their names, and load and predict", () => {
  for (const [layer, input] of [
    [layers.layerNormalization(), [1]],
    [layers.groupNormalization(3), [3]],
    [layers.groupNormalization(3), [3, 1, 1]],
  ] as const) {
    const net = build(model({ input: [...input], layers: [layer], loss: "mse" }), f64);
    const x = rng(1).normal([4, ...input], f64);
    expect(() => net.loss(x, x, { train: true })).toThrow(/has one value in each (sample|group)/);
    expect(net.predict(x).shape).toEqual(x.shape);
    expect(decodeModel(encodeModel(net)).predict(x).shape).toEqual(x.shape);
  }
});

describe("without scale or shift", () => {
  const kinds = {
    batchNormalization: (options: object) => layers.batchNormalization({ perChannel: true, ...options }),
    layerNormalization: (options: object) => layers.layerNormalization({ axes: 2, ...options }),
    groupNormalization: (options: object) => layers.groupNormalization({ groups: 2, ...options }),
  };

  it.each(Object.entries(kinds))("%s computes the same with γ = 1 and β = 0, and learns what is left", (kind, make) => {
    const x = rng(1).normal([5, 4, 3], f64);
    const u = rng(2).normal([5, 4, 3], f64);
    const built = (options: object) => build(model({ input: [4, 3], layers: [make({ name: "n", ...options })] }), f64);
    for (const [scale, center] of [
      [true, false],
      [false, true],
      [false, false],
    ]) {
      const [whole, part] = [built({}), built({ scale, center })];
      const names = [...(scale ? ["n.gamma"] : []), ...(center ? ["n.beta"] : [])];
      expect(Object.keys(part.params)).toEqual(names);
      const state = whole.state();
      const set = Object.fromEntries(names.map((name, i) => [name, rng(3 + i).normal(state[name].shape, f64)]));
      whole.loadState({ ...state, ...set });
      part.loadState({ ...part.state(), ...set });
      const [xs, ys] = [[variable(x), variable(x)], [] as Variable[]];
      [whole, part].forEach((net, i) => {
        ys.push(net.predict(xs[i], { train: true }));
        ys[i].backward({ grad: u });
      });
      // Times 1 and plus 0 change nothing, but for the order of two roundings.
      expect(distance(ys[0], ys[1])).toBeLessThan(1e-14);
      expect(distance(xs[0].grad as Variable, xs[1].grad as Variable)).toBeLessThan(1e-13);
      for (const name of names) {
        expect(distance(whole.params[name].grad as Variable, part.params[name].grad as Variable), name).toBe(0);
      }
      expect(distance(whole.predict(x), part.predict(x)), kind).toBeLessThan(1e-14);
    }
  });

  it("layers by size leave out what they are told, and given ones what is null", () => {
    const none = { scale: false, center: false };
    const made = [
      new BatchNormalization(3, none),
      new LayerNormalization([2, 3], none),
      new GroupNormalization(2, 4, none),
    ];
    for (const layer of made) expect([layer.params, layer.gamma, layer.beta]).toEqual([{}, null, null]);
    expect(made[0].forward(rng(1).normal([4, 3])).shape).toEqual([4, 3]);
    const beta = variable([1, 2, 3]);
    for (const layer of [
      new BatchNormalization(null, beta),
      new LayerNormalization(null, beta),
      new GroupNormalization(1, null, beta),
    ]) {
      expect(Object.keys(layer.params)).toEqual(["beta"]);
      const y = layer.forward(rng(1).normal([4, 3]));
      sum(y).backward();
      expect(beta.grad?.toArray()).toEqual([4, 4, 4]);
      beta.zeroGrad();
    }
    expect([
      messageOf(() => new BatchNormalization(null, null)),
      messageOf(() => new LayerNormalization(null, null)),
      messageOf(() => new GroupNormalization(2, null, null)),
      messageOf(() => new LayerNormalization(3, { scale: 0 as never })),
    ]).toMatchInlineSnapshot(`
      [
        "BatchNormalization: gamma and beta are both null; expected gamma, beta or both. Without either call new BatchNormalization(D, { scale: false, center: false }).",
        "LayerNormalization: gamma and beta are both null; expected gamma, beta or both. Without either call new LayerNormalization(shape, { scale: false, center: false }).",
        "GroupNormalization: gamma and beta are both null; expected gamma, beta or both. Without either call new GroupNormalization(groups, channels, { scale: false, center: false }).",
        "LayerNormalization: scale is 0; expected true or false.",
      ]
    `);
  });
});

function distance(a: Variable, b: Variable): number {
  return max(abs(sub(a, b))).item();
}
