import { noGrad, type Variable, variable, vmap } from "@adjoint/autograd";
import { rng, tensor, zeros } from "@adjoint/tensor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectClose } from "../testing/reference.ts";
import { BatchNormalization } from "./batch-normalization.ts";
import { Dropout } from "./dropout.ts";
import { GroupNormalization } from "./group-normalization.ts";
import { LayerNormalization } from "./layer-normalization.ts";

describe("Dropout", () => {
  const x = tensor(new Float64Array(10_000).fill(2));

  it("keeps each neuron with probability 1 − ratio in training, unscaled", () => {
    fc.assert(
      fc.property(fc.nat(2 ** 31), fc.constantFrom(0.1, 0.5, 0.8), (seed, ratio) => {
        const y = new Dropout(ratio, { rng: rng(seed) }).forward(x, { train: true }).value.data;
        const kept = y.filter((value) => value !== 0);
        expect(kept.every((value) => value === 2)).toBe(true);
        // Six standard deviations of the binomial distribution: exceeded once in 5e8 draws.
        const deviation = Math.sqrt(ratio * (1 - ratio) * y.length);
        expect(Math.abs(kept.length - (1 - ratio) * y.length)).toBeLessThanOrEqual(6 * deviation);
      }),
      { numRuns: 20 },
    );
  });

  it("draws another mask every time, and the same ones again from the same seed", () => {
    const masks = (seed: number): string[] => {
      const layer = new Dropout(0.5, { rng: rng(seed) });
      return [1, 2, 3].map(() => layer.forward(x, { train: true }).toArray().toString());
    };
    const first = masks(4);
    expect(new Set(first).size).toBe(3);
    expect(masks(4)).toEqual(first);
    expect(masks(5)).not.toEqual(first);
  });

  it("scales by 1 − ratio in prediction, and draws nothing then", () => {
    const generator = rng(1);
    const layer = new Dropout(0.25, { rng: generator });
    expect(layer.forward(tensor([4, -8]), { train: false }).toArray()).toEqual([3, -6]);
    expect(generator.state).toEqual(rng(1).state);
  });

  it("inverted scales by 1 / (1 − ratio) in training, and leaves predictions as they are", () => {
    const layer = new Dropout(0.75, { rng: rng(1), inverted: true });
    expect(new Set(layer.forward(x, { train: true }).value.data)).toEqual(new Set([0, 8]));
    expect(layer.forward(tensor([4, -8]), { train: false }).toArray()).toEqual([4, -8]);
  });

  it("is in training unless told otherwise, with ratio 0.5, as in the book", () => {
    const layer = new Dropout();
    expect(layer.ratio).toBe(0.5);
    const values = new Set(layer.forward(x).value.data);
    expect(values).toEqual(new Set([0, 2]));
  });

  it("keeps everything with ratio 0, in both modes", () => {
    const layer = new Dropout(0);
    expect(layer.forward(tensor([1, 2]), { train: true }).toArray()).toEqual([1, 2]);
    expect(layer.forward(tensor([1, 2]), { train: false }).toArray()).toEqual([1, 2]);
  });

  it("leaves its mask in the graph as an op, not as a constant", () => {
    const layer = new Dropout(0.5, { rng: rng(2) });
    const y = layer.forward(variable([1, 2, 3]), { train: true });
    expect(layer.mask?.creator?.op?.name).toBe("randomBernoulli");
    expect(y.creator?.inputs.map((input) => input.op?.name)).toContain("randomBernoulli");
  });
});

describe("BatchNormalization", () => {
  const batch = tensor(
    [
      [1, 10],
      [3, 30],
    ],
    { dtype: "float64" },
  );
  const layerOf = (options = {}): BatchNormalization =>
    new BatchNormalization(variable([1, 1], { dtype: "float64" }), variable([0, 0], { dtype: "float64" }), options);

  it("brings a batch to mean 0 and variance σ²/(σ² + 1e-6) in training", () => {
    const y = layerOf().forward(batch, { train: true });
    const a = 1 / Math.sqrt(1 + 1e-6);
    const b = 10 / Math.sqrt(100 + 1e-6);
    expectClose(y, { shape: [2, 2], data: [-a, -b, a, b] });
  });

  it("moves running statistics that start at zero, by the biased variance, the momentum weighing the old", () => {
    const layer = layerOf();
    expect(layer.runningMean).toBeNull();
    layer.forward(batch);
    expectClose(layer.runningMean?.value ?? 0, { shape: [2], data: [0.2, 2] });
    expectClose(layer.runningVar?.value ?? 0, { shape: [2], data: [0.1, 10] });
    layer.forward(batch);
    expectClose(layer.runningMean?.value ?? 0, { shape: [2], data: [0.9 * 0.2 + 0.2, 0.9 * 2 + 2] });
    expectClose(layer.runningVar?.value ?? 0, { shape: [2], data: [0.19, 19] });
  });

  it("moves them inside noGrad as well", () => {
    const layer = layerOf();
    noGrad(() => layer.forward(batch));
    expectClose(layer.runningMean?.value ?? 0, { shape: [2], data: [0.2, 2] });
  });

  it("keeps all of the old with momentum 1, and none with momentum 0", () => {
    const given = { runningMean: tensor([5, 5]), runningVar: tensor([7, 7]) };
    const still = layerOf({ ...given, momentum: 1 });
    still.forward(batch);
    expect([still.runningMean?.toArray(), still.runningVar?.toArray()]).toEqual([
      [5, 5],
      [7, 7],
    ]);
    const last = layerOf({ ...given, momentum: 0 });
    last.forward(batch);
    expect([last.runningMean?.toArray(), last.runningVar?.toArray()]).toEqual([
      [2, 20],
      [1, 100],
    ]);
  });

  it("reads them in prediction and leaves them; a given tensor is never written to", () => {
    const dtype = "float64";
    const given = { runningMean: tensor([1, 2], { dtype }), runningVar: tensor([4, 9], { dtype }) };
    const layer = layerOf(given);
    const y = layer.forward(tensor([[3, 8]], { dtype }), { train: false });
    expectClose(y, { shape: [1, 2], data: [2 / Math.sqrt(4 + 1e-6), 6 / Math.sqrt(9 + 1e-6)] });
    expect(layer.runningMean?.toArray()).toEqual([1, 2]);
    layer.forward(batch, { train: true });
    expect(given.runningMean.toArray()).toEqual([1, 2]);
    expect(layer.runningMean?.toArray()).not.toEqual([1, 2]);
  });

  it("takes statistics of each pixel of images by itself, not of channels", () => {
    const images = tensor([1, 2, 3, 4, 5, 6, 7, 80], { shape: [2, 2, 2, 1], dtype: "float64" });
    const ones = variable([1, 1, 1, 1], { dtype: "float64" });
    const layer = new BatchNormalization(ones, variable(zeros([4], { dtype: "float64" })));
    expect(layer.forward(images).shape).toEqual([2, 2, 2, 1]);
    expectClose(layer.runningMean?.value ?? 0, { shape: [4], data: [0.3, 0.4, 0.5, 4.2] });
  });

  it("made by size begins with variance 1, and refuses to train on one value for each activation", () => {
    const layer = new BatchNormalization(2, { dtype: "float64" });
    const x = tensor([[5, 7]], { dtype: "float64" });
    const scale = 1 / Math.sqrt(1 + 1e-6);
    expectClose(layer.forward(x, { train: false }), { shape: [1, 2], data: [5 * scale, 7 * scale] });
    expect(() => layer.forward(x, { train: true })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: BatchNormalization: the batch has one value for each activation, which has no variance to train on; expected two samples or more. Use larger batches, layer normalization, or pass { train: false }.]`,
    );
    expect(() => vmap((row: Variable) => layer.forward(row.reshape([1, 2])))(batch)).toThrow("no variance to train on");
    expect([layer.runningMean?.toArray(), layer.runningVar?.toArray()]).toEqual([
      [0, 0],
      [1, 1],
    ]);
    layer.forward(batch);
    expectClose(layer.runningVar?.value ?? 0, { shape: [2], data: [0.9 + 0.1, 0.9 + 10] });
    expect(new BatchNormalization(2, { allowSingleValue: true }).forward(x).toArray()).toEqual([[0, 0]]);
  });

  it("trains on one image of several pixels, but not of one", () => {
    const layer = new BatchNormalization(2, { perChannel: true });
    expect(layer.forward(tensor([1, 3, 2, 6], { shape: [1, 2, 1, 2] })).shape).toEqual([1, 2, 1, 2]);
    expect(() => layer.forward(tensor([1, 3], { shape: [1, 2, 1, 1] }))).toThrow("one value for each channel");
  });

  it("keeps the book's variance of 0 for given parameters, or begins where told", () => {
    const x = tensor([[5, 7]], { dtype: "float64" });
    expectClose(layerOf().forward(x, { train: false }), { shape: [1, 2], data: [5e3, 7e3] });
    const scale = 1 / Math.sqrt(4 + 1e-6);
    const four = layerOf({ initialVariance: 4 }).forward(x, { train: false });
    expectClose(four, { shape: [1, 2], data: [5 * scale, 7 * scale] });
    expect(() => layerOf({ allowSingleValue: false }).forward(x)).toThrow("no variance to train on");
  });

  it("gives the shift alone for a batch of one sample", () => {
    const layer = new BatchNormalization(variable([3, 3]), variable([0.5, -1]));
    expect(layer.forward(tensor([[100, -7]])).toArray()).toEqual([[0.5, -1]]);
  });
});

describe("normalizations of single samples", () => {
  const one = { train: false };

  it("refuse to train on one value, which would become 0 whatever it is, and predict", () => {
    const row = new LayerNormalization(1);
    expect(() => row.forward(tensor([[5], [7]]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: LayerNormalization: an input of shape [2, 1] has one value in each sample, which normalization turns to 0; expected two values or more. Normalize over more axes, or leave the layer out.]`,
    );
    expect(row.forward(tensor([[5], [7]]), one).toArray()).toEqual([[0], [0]]);
    const instance = new GroupNormalization(2, 2);
    expect(() => instance.forward(tensor([5, 7], { shape: [1, 2, 1, 1] }))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: GroupNormalization: an input of shape [1, 2, 1, 1] has one value in each group, which normalization turns to 0; expected two values or more. Fewer groups than 2 have more values each.]`,
    );
    expect(instance.forward(tensor([5, 7], { shape: [1, 2, 1, 1] }), one).shape).toEqual([1, 2, 1, 1]);
    expect(instance.forward(tensor([5, 7, 1, 3], { shape: [1, 2, 1, 2] })).shape).toEqual([1, 2, 1, 2]);
  });

  it("refuse it inside vmap too", () => {
    const row = new LayerNormalization(1);
    expect(() => vmap((x: Variable) => row.forward(x))(tensor([[5], [7]]))).toThrow("one value in each sample");
  });
});
