/** Layers that make their own parameters: one scheme for all of them, and the values that specs begin with. */
import type { Variable } from "@adjoint/autograd";
import { kernels, rng, type Tensor, tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { checkModule } from "../check/check-module.ts";
import { build } from "../model/build.ts";
import { model } from "../read/parse.ts";
import { Relu } from "./activations.ts";
import { Affine } from "./affine.ts";
import { MultiHeadAttention } from "./attention.ts";
import { BatchNormalization } from "./batch-normalization.ts";
import { layers } from "./builders.ts";
import { Convolution } from "./convolution.ts";
import { Convolution1d } from "./convolution-1d.ts";
import { Embedding } from "./embedding.ts";
import { GroupNormalization } from "./group-normalization.ts";
import { Gru, GruCell } from "./gru.ts";
import type { ForwardOptions } from "./kind/layer-kind.ts";
import type { OwnWeights } from "./kind/parameter.ts";
import { LayerNormalization } from "./layer-normalization.ts";
import { Lstm, LstmCell } from "./lstm.ts";
import { Rnn } from "./rnn.ts";
import { TransposedConvolution } from "./transposed-convolution.ts";

interface OwnLayer {
  readonly params: Readonly<Record<string, Variable>>;
  forward(x: Tensor, options?: ForwardOptions): Variable;
}

/** A layer made by size, the shapes of its parameters, and a batch for it with the shape of what it gives. */
const cases: Readonly<
  Record<
    string,
    {
      readonly make: (options: OwnWeights) => OwnLayer;
      readonly shapes: Readonly<Record<string, readonly number[]>>;
      readonly x: Tensor;
      readonly y: readonly number[];
    }
  >
> = {
  Affine: {
    make: (options) => new Affine(4, 3, options),
    shapes: { W: [4, 3], b: [3] },
    x: rng(1).normal([2, 4]),
    y: [2, 3],
  },
  Convolution: {
    make: (options) => new Convolution(4, 6, [3, 2], { ...options, groups: 2, pad: 1, stride: 2 }),
    shapes: { W: [6, 2, 3, 2], b: [6] },
    x: rng(1).normal([1, 4, 3, 3]),
    y: [1, 6, 2, 2],
  },
  Convolution1d: {
    make: (options) => new Convolution1d(4, 6, 3, { ...options, groups: 2, pad: "same", stride: 2 }),
    shapes: { W: [6, 2, 3], b: [6] },
    x: rng(1).normal([2, 5, 4]),
    y: [2, 3, 6],
  },
  TransposedConvolution: {
    make: (options) => new TransposedConvolution(4, 6, 2, { ...options, stride: 2 }),
    shapes: { W: [4, 6, 2, 2], b: [6] },
    x: rng(1).normal([1, 4, 2, 2]),
    y: [1, 6, 4, 4],
  },
  Embedding: {
    make: (options) => new Embedding(5, 3, options),
    shapes: { W: [5, 3] },
    x: tensor([[0, 4]], { dtype: "int32" }),
    y: [1, 2, 3],
  },
  Rnn: {
    make: (options) => new Rnn(3, 2, options),
    shapes: { Wx: [3, 2], Wh: [2, 2], b: [2] },
    x: rng(1).normal([2, 4, 3]),
    y: [2, 4, 2],
  },
  Lstm: {
    make: (options) => new Lstm(3, 2, options),
    shapes: { Wx: [3, 8], Wh: [2, 8], b: [8] },
    x: rng(1).normal([2, 4, 3]),
    y: [2, 4, 2],
  },
  Gru: {
    make: (options) => new Gru(3, 2, options),
    shapes: { Wx: [3, 6], Wh: [2, 6], bx: [6], bh: [6] },
    x: rng(1).normal([2, 4, 3]),
    y: [2, 4, 2],
  },
  MultiHeadAttention: {
    make: (options) => new MultiHeadAttention(4, { ...options, heads: 2 }),
    shapes: Object.fromEntries([
      ...["Wq", "Wk", "Wv", "Wo"].map((name) => [name, [4, 4]]),
      ...["bq", "bk", "bv", "bo"].map((name) => [name, [4]]),
    ]),
    x: rng(1).normal([2, 3, 4]),
    y: [2, 3, 4],
  },
};

/** Those without weights to draw. */
const normalizations: typeof cases = {
  BatchNormalization: {
    make: ({ seed: _, weightInit: __, ...options }) => new BatchNormalization(4, { ...options, perChannel: true }),
    shapes: { gamma: [4], beta: [4] },
    x: rng(1).normal([2, 4, 3]),
    y: [2, 4, 3],
  },
  LayerNormalization: {
    make: ({ seed: _, weightInit: __, ...options }) => new LayerNormalization([4, 3], options),
    shapes: { gamma: [4, 3], beta: [4, 3] },
    x: rng(1).normal([2, 4, 3]),
    y: [2, 4, 3],
  },
  GroupNormalization: {
    make: ({ seed: _, weightInit: __, ...options }) => new GroupNormalization(2, 4, options),
    shapes: { gamma: [4], beta: [4] },
    x: rng(1).normal([2, 4, 3]),
    y: [2, 4, 3],
  },
};

const shapesOf = ({ params }: OwnLayer) =>
  Object.fromEntries(Object.entries(params).map(([k, { shape }]) => [k, shape]));
const valuesOf = ({ params }: OwnLayer) => Object.values(params).map((p) => p.toArray());

describe.each(Object.entries({ ...cases, ...normalizations }))("new %s by size", (name, { make, shapes, x, y }) => {
  it("has parameters of the right shapes, names and dtype, which its gradients reach", () => {
    const layer = make({ name: "hidden", dtype: "float64" });
    expect(shapesOf(layer)).toEqual(shapes);
    for (const [key, p] of Object.entries(layer.params)) {
      expect([p.name, p.dtype, p.requiresGrad, p.isLeaf]).toEqual([`hidden.${key}`, "float64", true, true]);
    }
    expect(Object.values(make({}).params).map((p) => p.name)).toEqual(Object.keys(shapes));
    const out = layer.forward(x);
    expect(out.shape).toEqual(y);
    out.square().sum().backward();
    for (const p of Object.values(layer.params)) expect(p.grad?.shape).toEqual(p.shape);
  });

  it("passes a check of its gradients", () => {
    const report = checkModule(make({ dtype: "float64", seed: 3 }) as never, x);
    expect(report.ok, String(report)).toBe(true);
    expect(report.layers[0].report.inputs.length).toBeGreaterThanOrEqual(Object.keys(shapes).length);
  });

  it("refuses options and sizes that are not right", () => {
    expect(() => make({ wieghtInit: "he" } as never)).toThrow(`${name}: unknown option`);
    expect(() => make({ dtype: "int32" as never })).toThrow("parameters cannot be int32");
  });
});

describe.each(Object.entries(cases))("the weights of %s", (_, { make }) => {
  it("depend on the seed alone", () => {
    expect(valuesOf(make({ seed: 7 }))).toEqual(valuesOf(make({ seed: 7 })));
    expect(valuesOf(make({ seed: 7 }))).not.toEqual(valuesOf(make({ seed: 8 })));
    expect(valuesOf(make({}))).toEqual(valuesOf(make({ seed: 0 })));
  });

  it("are spread as told, biases are 0", () => {
    const layer = make({ weightInit: 0 });
    for (const p of Object.values(layer.params)) expect(new Set(kernels.copy(p.value).data)).toEqual(new Set([0]));
  });
});

it("layers by size begin as the same layers of a spec do, where no rectifier follows", () => {
  const pairs = [
    [new Affine(4, 3), { input: [4], layers: [layers.affine(3)] }],
    [
      new Convolution(4, 6, 3, { groups: 2 }),
      { input: [4, 5, 5], layers: [layers.convolution({ filters: 6, size: 3, groups: 2 })] },
    ],
    [
      new TransposedConvolution(4, 6, 2),
      { input: [4, 5, 5], layers: [layers.transposedConvolution({ filters: 6, size: 2 })] },
    ],
    [
      new Embedding(5, 3),
      { input: { shape: [2], type: "labels" }, layers: [layers.embedding({ vocabulary: 5, units: 3 })] },
    ],
    [
      new Convolution1d(4, 6, 3, { groups: 2 }),
      { input: [5, 4], layers: [layers.convolution1d({ filters: 6, size: 3, groups: 2 })] },
    ],
    [new Rnn(3, 2), { input: [4, 3], layers: [layers.rnn(2)] }],
    [new Lstm(3, 2), { input: [4, 3], layers: [layers.lstm(2)] }],
    [new Gru(3, 2), { input: [4, 3], layers: [layers.gru(2)] }],
    [new MultiHeadAttention(4), { input: [3, 4], layers: [layers.multiHeadAttention()] }],
    [new LayerNormalization(4), { input: [4], layers: [layers.layerNormalization()] }],
    [new GroupNormalization(2, 4), { input: [4, 3], layers: [layers.groupNormalization(2)] }],
    [new BatchNormalization(4), { input: [4], layers: [layers.batchNormalization()] }],
  ] as const;
  for (const [layer, spec] of pairs) {
    // build() gives each layer a generator of its own, split off that of the seed; the layer draws from the seed's.
    const scale = (p: Variable): number => Math.sqrt(p.square().mean().item());
    const own = Object.values((layer as OwnLayer).params);
    const built = Object.values(build(model(spec as never)).params);
    expect(built.map(({ shape }) => shape)).toEqual(own.map(({ shape }) => shape));
    built.forEach((p, i) => {
      // The spread of n numbers is known to 1/√(2n): five times that, for every weight here.
      expect(Math.abs(scale(p) - scale(own[i]))).toBeLessThanOrEqual((5 / Math.sqrt(p.size)) * scale(p));
    });
  }
});

it("takes Xavier weights unless told otherwise", () => {
  const deviation = (weights: Variable): number => Math.sqrt(weights.square().mean().item());
  // √(1/400) of 40,000 numbers, known to 1/√80000; five times that.
  expect(Math.abs(deviation(new Affine(400, 100).W) / 0.05 - 1)).toBeLessThan(0.02);
  expect(Math.abs(deviation(new Affine(400, 100, { weightInit: "he" }).W) / Math.sqrt(2 / 400) - 1)).toBeLessThan(0.02);
  expect(Math.abs(deviation(new Convolution(16, 100, 5).W) / 0.05 - 1)).toBeLessThan(0.02);
});

it("makes networks that can be checked and trained", () => {
  const [first, second] = [new Affine(4, 8, { seed: 1, weightInit: "he" }), new Affine(8, 2, { seed: 2 })];
  const report = checkModule({ layers: [first, new Relu(), second] }, rng(1).normal([3, 4]));
  expect(report.ok, String(report)).toBe(true);
  const names = report.layers.flatMap((layer) => layer.report.inputs.map((input) => input.name));
  expect(names).toContain("layer1.W");
});

it("refuses sizes that are none, in words of the layer", () => {
  const message = (make: () => unknown): string => {
    try {
      make();
    } catch (error) {
      return (error as Error).message;
    }
    return "nothing";
  };
  expect([
    message(() => new Affine(64, 0)),
    message(() => new (Affine as unknown as new (n: number) => Affine)(64)),
    message(
      () => new (Affine as unknown as new (...all: unknown[]) => Affine)(tensor([[1]]), tensor([1]), { seed: 1 }),
    ),
    message(() => new Affine(64.5, 2)),
    message(() => new Convolution(3, 8, [3, -1])),
    message(() => new Convolution(3, 8, [3, 3, 3] as never)),
    message(() => new TransposedConvolution(3, 8, [3] as never)),
    message(() => new Convolution(3, 8, 3, { groups: 2 })),
    message(() => new Embedding(0, 3)),
    message(() => new LstmCell(3, Number.NaN)),
    message(() => new GruCell(-1, 3)),
    message(() => new LayerNormalization([])),
    message(() => new GroupNormalization(3, 4)),
    message(() => new MultiHeadAttention(4, { heads: 3 })),
    message(() => new BatchNormalization(4, { initialVariance: -1 })),
  ]).toMatchInlineSnapshot(`
    [
      "Affine: units is 0; expected an integer ≥ 1.",
      "Affine: units is undefined; expected an integer ≥ 1.",
      "Affine: unknown option "seed". It has no options.",
      "Affine: inputs is 64.5; expected an integer ≥ 1.",
      "Convolution: size is -1; expected an integer ≥ 1.",
      "Convolution: size is [3, 3, 3]; expected an integer ≥ 1, or two of them: [height, width].",
      "TransposedConvolution: size is [3]; expected an integer ≥ 1, or two of them: [height, width].",
      "Convolution: groups is 2; expected a divisor of the 3 channels.",
      "Embedding: vocabulary is 0; expected an integer ≥ 1.",
      "LstmCell: units is NaN; expected an integer ≥ 1.",
      "GruCell: inputs is -1; expected an integer ≥ 1.",
      "LayerNormalization: shape is []; expected an integer ≥ 1.",
      "GroupNormalization: groups is 3; expected a divisor of the 4 channels.",
      "MultiHeadAttention: heads is 3; expected a divisor of the 4 features.",
      "BatchNormalization: initialVariance is -1; expected a finite number ≥ 0.",
    ]
  `);
});
