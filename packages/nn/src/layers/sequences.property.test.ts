/** Padding of sequences: whatever it holds and wherever it is, a masked sequence gives what it gives alone. */
import { constant, index, mul, sum, type Variable, variable } from "@adjoint/autograd";
import { kernels, rng, type Tensor, tensor } from "@adjoint/tensor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { messageOf } from "../../../../testing/message-of.ts";
import { checkModule } from "../check/check-module.ts";
import { build } from "../model/build.ts";
import { model } from "../read/parse.ts";
import { MultiHeadAttention } from "./attention.ts";
import { layers } from "./builders.ts";
import { Gru } from "./gru.ts";
import { sequenceMask } from "./kind/mask.ts";
import { Lstm } from "./lstm.ts";
import { Bidirectional, type SequenceLayer } from "./recurrent.ts";
import { Rnn } from "./rnn.ts";
import type { LayerSpec } from "./structures.ts";

const f64 = { dtype: "float64" } as const;
const features = 4;

const sequenceLayers: Readonly<Record<string, SequenceLayer>> = {
  Rnn: new Rnn(features, 3, { seed: 1, ...f64 }),
  "Rnn with relu": new Rnn(features, 3, { seed: 2, activation: "relu", ...f64 }),
  Lstm: new Lstm(features, 3, { seed: 3, ...f64 }),
  Gru: new Gru(features, 3, { seed: 4, ...f64 }),
  "Bidirectional of Lstm": new Bidirectional(
    new Lstm(features, 3, { seed: 5, ...f64 }),
    new Lstm(features, 3, { seed: 6, ...f64 }),
  ),
  "Bidirectional of Gru and Rnn": new Bidirectional(
    new Gru(features, 3, { seed: 7, ...f64 }),
    new Rnn(features, 3, { seed: 8, ...f64 }),
  ),
  MultiHeadAttention: new MultiHeadAttention(features, { heads: 2, seed: 9, ...f64 }),
  "causal MultiHeadAttention": new MultiHeadAttention(features, { causal: true, seed: 10, ...f64 }),
};

/** Three sequences with padding before and after, and what they are without it. */
const samples = fc
  .record({
    before: fc.array(fc.nat(2), { minLength: 3, maxLength: 3 }),
    lengths: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 3, maxLength: 3 }),
    after: fc.nat(2),
    seed: fc.nat(10_000),
  })
  .map(({ before, lengths, after, seed }) => {
    const steps = Math.max(...before.map((n, i) => n + lengths[i])) + after;
    const counts = before.map((n, i) => Array.from({ length: steps }, (_, t) => t >= n && t < n + lengths[i]));
    return { before, lengths, counts, x: rng(seed).normal([3, steps, features], f64) };
  });

/** Expects numbers near 1, made by sums of some ten terms in another order, a dozen times one after the other. */
function expectNear(a: Tensor, b: Tensor, what: string): void {
  expect(a.shape, what).toEqual(b.shape);
  const [left, right] = [kernels.copy(a).data, kernels.copy(b).data];
  left.forEach((value, i) => {
    expect(Math.abs(Number(value) - Number(right[i])), `${what}, ${i}`).toBeLessThan(1e-12);
  });
}

const part = (x: Variable, i: number, start: number, length: number): Variable =>
  index(x, [
    { start: i, stop: i + 1 },
    { start, stop: start + length },
  ]);

/** The gradients of the sum of y, each times another number. */
function gradientsOf(ys: readonly Variable[], xs: readonly Variable[]): Tensor[] {
  for (const x of xs) x.zeroGrad();
  const terms = ys.map((y) => sum(mul(y, rng(3).normal(y.shape.slice(-1), f64))));
  terms.reduce((a, b) => a.add(b)).backward();
  return xs.map((x) => kernels.copy((x.grad as Variable).value));
}

describe("with a mask", () => {
  it.each(Object.entries(sequenceLayers))("%s gives outputs and gradients of the sequences alone", (_, layer) => {
    const parameters = Object.values(layer.params);
    fc.assert(
      fc.property(samples, ({ before, lengths, counts, x }) => {
        const whole = variable(x);
        const y = layer.forward(whole, { mask: tensor(counts) });
        const masked = [0, 1, 2].map((i) => part(y, i, before[i], lengths[i]));
        const own = [0, 1, 2].map((i) => part(constant(x), i, before[i], lengths[i]).value);
        const inputs = own.map((one) => variable(one));
        const alone = inputs.map((one) => layer.forward(one));
        masked.forEach((one, i) => {
          expectNear(one.value, alone[i].value, `sequence ${i}`);
        });
        const [dx, ...dp] = gradientsOf(masked, [whole, ...parameters]);
        const expected = gradientsOf(alone, [...inputs, ...parameters]);
        [0, 1, 2].forEach((i) => {
          expectNear(part(constant(dx), i, before[i], lengths[i]).value, expected[i], `gradient of sequence ${i}`);
        });
        // Padding gets no gradient.
        const padding = constant(
          counts.map((row) => row.map((counted) => [counted ? 0 : 1])),
          f64,
        );
        expect(sum(mul(dx, padding).abs()).item()).toBe(0);
        dp.forEach((gradient, k) => {
          expectNear(gradient, expected[3 + k], `gradient of parameter ${k}`);
        });
      }),
      { numRuns: 8 },
    );
  });

  it("a model gives what it gives for the shorter sequences, by labels and by lengths", () => {
    const parts: Readonly<Record<string, (mask?: string) => LayerSpec[]>> = {
      "recurrent layers": (mask) => [
        layers.rnn({ units: 4, bidirectional: true, ...(mask === undefined ? {} : { mask }) }),
        layers.lstm({ units: 3, output: "last", bidirectional: true, ...(mask === undefined ? {} : { mask }) }),
      ],
      "attention and a mean": (mask) => [
        layers.multiHeadAttention({ heads: 2, ...(mask === undefined ? {} : { mask }) }),
        layers.gru({ units: 3, ...(mask === undefined ? {} : { mask }) }),
        layers.mean({ axes: [0], ...(mask === undefined ? {} : { mask }) }),
      ],
      "a mean of everything": (mask) => [
        layers.mean({ axes: [1, 0], ...(mask === undefined ? {} : { mask }) }),
        layers.reshape([1]),
      ],
      "the largest over time": (mask) => [layers.max({ axes: [0], ...(mask === undefined ? {} : { mask }) })],
    };
    const of = (steps: number, list: LayerSpec[]) => {
      const [first, ...others] = [layers.embedding({ vocabulary: 9, units: 4 }), ...list, layers.affine(2)];
      const inputs = {
        words: { shape: [steps], type: "labels" },
        count: { shape: [1], type: "labels" },
        dummy: { shape: [2], type: "float" },
      } as const;
      const joined = [{ ...first, from: "words" }, ...others, layers.add({ from: ["affine1", "dummy"] })];
      const isUsed = list.some((layer) => (layer as { mask?: string }).mask === "count");
      const { count, ...rest } = inputs;
      return build(model({ inputs: isUsed ? { ...rest, count } : rest, layers: joined as LayerSpec[] }), f64);
    };
    const dummy = tensor([[0, 0]], f64);
    for (const [name, make] of Object.entries(parts)) {
      const lengths = [5, 2, 3];
      const rows = lengths.map((n, i) => Array.from({ length: 5 }, (_, t) => (t < n ? 1 + ((3 * t + i) % 8) : 0)));
      for (const mask of ["words", "count"]) {
        const net = of(5, make(mask));
        const state = net.state();
        lengths.forEach((n, i) => {
          const alone = of(n, make());
          alone.loadState(state);
          const words = tensor([rows[i].slice(0, n)], { dtype: "int32" });
          const given = {
            words: tensor([rows[i]], { dtype: "int32" }),
            dummy,
            ...(mask === "count" ? { count: tensor([[n]], { dtype: "int32" }) } : {}),
          };
          expectNear(net.predict(given).value, alone.predict({ words, dummy }).value, `${name} by ${mask}, ${n} steps`);
        });
        // A sequence of padding alone is finite.
        const none = {
          words: tensor([[0, 0, 0, 0, 0]], { dtype: "int32" }),
          dummy,
          ...(mask === "count" ? { count: tensor([[0]], { dtype: "int32" }) } : {}),
        };
        expect((net.predict(none).toArray() as number[][])[0].every(Number.isFinite), name).toBe(true);
      }
    }
  });
});

it("the largest over time is PyTorch's, with padding filled by −∞, and 0 where no step counts", () => {
  const of = (axes: number[]) => {
    const net = build(
      model({
        inputs: { x: { shape: [3, 2] }, count: { shape: [1], type: "labels" } },
        layers: [layers.max({ axes, from: "x", mask: "count" })],
      }),
      f64,
    );
    const x = variable(
      [
        [
          [1, -2],
          [3, 4],
          [5, -6],
        ],
        [
          [-1, -7],
          [-3, -4],
          [8, 9],
        ],
        [
          [1, 2],
          [3, 4],
          [5, 6],
        ],
      ],
      f64,
    );
    const y = net.predict({ x, count: tensor([[3], [2], [0]], { dtype: "int32" }) });
    y.backward({
      grad: tensor(
        axes.length === 1
          ? [
              [1, 2],
              [3, 4],
              [5, 6],
            ]
          : [1, 3, 5],
        f64,
      ),
    });
    return [y.toArray(), x.grad?.toArray()];
  };
  // x.masked_fill(~mask[:, :, None], -inf).amax(…) of PyTorch 2 for the first two sequences.
  const none = [
    [0, 0],
    [0, 0],
    [0, 0],
  ];
  expect(of([0])).toEqual([
    [
      [5, 4],
      [-1, -4],
      [0, 0],
    ],
    [
      [
        [0, 0],
        [0, 2],
        [1, 0],
      ],
      [
        [3, 0],
        [0, 4],
        [0, 0],
      ],
      none,
    ],
  ]);
  expect(of([1, 0])).toEqual([
    [5, -1, 0],
    [
      [
        [0, 0],
        [0, 0],
        [1, 0],
      ],
      [
        [3, 0],
        [0, 0],
        [0, 0],
      ],
      none,
    ],
  ]);
});

it("recurrent layers in both directions have right gradients, with a mask", () => {
  const { "Bidirectional of Gru and Rnn": both } = sequenceLayers;
  const mask = sequenceMask(tensor([2, 4], { dtype: "int32" }), 4);
  const report = checkModule(
    { parameters: both.params, forward: (x) => both.forward(x, { mask }) },
    rng(1).normal([2, 4, features], f64),
    { mode: "projected" },
  );
  expect(report.ok, String(report)).toBe(true);
});

it("a mask that does not fit is refused", () => {
  const labels = { shape: [5], type: "labels" } as const;
  const of = (layer: object, more: object = {}) =>
    model({
      inputs: { words: labels, ...more },
      layers: [layers.embedding({ vocabulary: 3, units: 4, from: "words" }), layer],
    } as never);
  const x = rng(1).normal([2, 3, features]);
  expect([
    messageOf(() => sequenceLayers.Lstm.forward(x, { mask: tensor([1, 1, 0]) })),
    messageOf(() => sequenceMask(tensor([[1]], { dtype: "int32" }), 3)),
    messageOf(() => new Bidirectional(new Rnn(2, 3), 3 as never)),
    messageOf(() => new Rnn(2, 3, { activation: "sigmoid" as never })),
    messageOf(() => of(layers.lstm({ units: 3, mask: "wrods" }))),
    messageOf(() => of(layers.lstm({ units: 3, mask: "real" }), { real: [5] })),
    messageOf(() => of(layers.mean({ axes: [0], mask: "other" }), { other: { shape: [4], type: "labels" } })),
    messageOf(() => of(layers.mean({ axes: [1], mask: "words" }))),
    messageOf(() => of({ kind: "affine", units: 3, mask: "words" })),
  ]).toMatchInlineSnapshot(`
    [
      "Lstm: mask has shape [3]; expected [2, 3]. One number for each step. Lengths become a mask by sequenceMask(lengths, steps).",
      "sequenceMask: lengths has shape [1, 1]; expected [batch], a length for each sequence.",
      "Bidirectional: back is a number; expected a recurrent layer, such as new Lstm(inputs, units).",
      "Rnn: activation is "sigmoid"; expected "tanh" or "relu".",
      "lstm1: unknown layer or input "wrods" in mask. Did you mean "words"? See layers[1] (lstm).",
      "lstm1: the mask of lstm is real numbers [5]. A mask is labels [5], 0 where a step is padding, or labels [1], how many steps count. See layers[1] (lstm).",
      "mean1: the mask of mean is labels [4]. A mask is labels [5], 0 where a step is padding, or labels [1], how many steps count. See layers[1] (mean).",
      "mean1: axes is [1]; expected the axis 0 among them, which is time. Did you mean axes: [0]? Its inputs are [5, 4] and [5]. See layers[1] (mean).",
      "model: layers[1] (affine): unknown name "mask"; expected one of kind, name, from, units, flatten, bias, weightInit, weightDecay, l1.",
    ]
  `);
});
