/** Convolution and pooling with every padding, over images and over time, against their sums written out. */
import { constant, mul, sum, type Variable, variable } from "@adjoint/autograd";
import { kernels, rng, type Shape, sizeOf, type Tensor, tensor, zeros } from "@adjoint/tensor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { messageOf } from "../../../../testing/message-of.ts";
import { distinctTensors, expectGradients, tensors } from "../testing/expect-gradients.ts";
import { AveragePooling } from "./average-pooling.ts";
import { Convolution } from "./convolution.ts";
import { Convolution1d } from "./convolution-1d.ts";
import type { Padding, Sides } from "./kind/padding.ts";
import type { TimePadding } from "./kind/sequence-windows.ts";
import { Pooling } from "./pooling.ts";
import { AveragePooling1d, Pooling1d } from "./pooling-1d.ts";
import { TransposedConvolution } from "./transposed-convolution.ts";

const runs = { numRuns: 30 };
const length = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });
const both = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<[T, T]> => fc.tuple(one, one);

/** One axis of a window over n pixels: what is added, and how many windows there are. */
interface Axis {
  readonly n: number;
  readonly size: number;
  readonly stride: number;
  readonly dilation: number;
  readonly sides: Sides;
  readonly outputs: number;
}

/** "same" as TensorFlow defines it: https://www.tensorflow.org/api_docs/python/tf/nn#notes_on_padding_2. */
function axisOf(n: number, size: number, stride: number, dilation: number, pad: Sides | "same" | "causal"): Axis {
  const span = dilation * (size - 1) + 1;
  let sides: Sides = [span - 1, 0];
  if (pad === "same") {
    const most = n % stride === 0 ? Math.max(span - stride, 0) : Math.max(span - (n % stride), 0);
    const before = Math.floor(most / 2);
    sides = [before, most - before];
  } else if (pad !== "causal") sides = pad;
  return { n, size, stride, dilation, sides, outputs: Math.floor((n + sides[0] + sides[1] - span) / stride) + 1 };
}

/** The pixels that window i reads along an axis, by the place in the window; those of the padding too. */
const readBy = ({ size, stride, dilation, sides }: Axis, i: number): number[] =>
  Array.from({ length: size }, (_, p) => i * stride + p * dilation - sides[0]);

const isInside = ({ n }: Axis, at: number): boolean => at >= 0 && at < n;

/** Calls f with each output and each pixel that its window reads. */
function eachWindow([down, across]: readonly Axis[], f: (i: number, j: number, pixels: number[][]) => void): void {
  for (let i = 0; i < down.outputs; i++) {
    for (let j = 0; j < across.outputs; j++) {
      const pixels = readBy(down, i).flatMap((h, p) => readBy(across, j).map((w, q) => [h, w, p, q]));
      f(i, j, pixels);
    }
  }
}

const at = (x: Tensor, ...place: number[]): number => {
  const k = place.reduce((flat, index, axis) => flat * x.shape[axis] + index, 0);
  return x.data[k] as number;
};

/** Sizes, strides and paddings of all kinds, of images in which a window has room. */
const windows = fc
  .record({
    images: length(2),
    channels: length(2),
    size: both(length(3)),
    stride: both(length(3)),
    dilation: both(length(2)),
    more: both(fc.nat(4)),
    pad: fc.oneof(
      fc.constant("same" as const),
      fc.nat(2),
      both(fc.nat(2)),
      both(fc.tuple(fc.nat(2), fc.nat(2))),
    ) as fc.Arbitrary<Padding>,
  })
  .map(({ images, channels, size, stride, dilation, more, pad }) => {
    const sides = (axis: 0 | 1): Sides | "same" => {
      if (pad === "same") return pad;
      const of = typeof pad === "number" ? pad : pad[axis];
      return typeof of === "number" ? [of, of] : of;
    };
    const axes = ([0, 1] as const).map((axis) => {
      const of = sides(axis);
      const span = dilation[axis] * (size[axis] - 1) + 1;
      const least = of === "same" ? 1 : Math.max(1, span - of[0] - of[1]);
      return axisOf(least + more[axis], size[axis], stride[axis], dilation[axis], of);
    });
    return { shape: [images, channels, axes[0].n, axes[1].n] as Shape, size, stride, dilation, pad, axes };
  });

/** Expects sums of up to some hundred terms of size 10 at most, added up in another order. */
function expectSums(y: Variable, shape: Shape, reference: (...place: number[]) => number): void {
  expect(y.shape).toEqual(shape);
  const { data } = kernels.copy(y.value);
  let k = 0;
  const visit = (place: number[]): void => {
    if (place.length < shape.length) {
      for (let i = 0; i < shape[place.length]; i++) visit([...place, i]);
      return;
    }
    expect(Math.abs((data[k++] as number) - reference(...place)), place.join()).toBeLessThan(1e-12);
  };
  visit([]);
}

function against(y: Variable): Variable {
  const u = Array.from({ length: y.size }, (_, i) => 0.5 + ((i * 7) % 11) / 22);
  return sum(mul(y, tensor(u, { shape: y.shape, dtype: "float64" })));
}

describe("over images, whatever the padding,", () => {
  it("a convolution is its sum, with the gradient of central differences", () => {
    const samples = windows.chain((window) =>
      fc.record({
        window: fc.constant(window),
        x: tensors(window.shape),
        W: tensors([2, window.shape[1], ...window.size]),
        b: tensors([2]),
      }),
    );
    fc.assert(
      fc.property(samples, ({ window, ...values }) => {
        const { shape, stride, dilation, pad, axes } = window;
        const [x, W, b] = [values.x, values.W, values.b].map((value) => variable(value));
        const layer = new Convolution(W, b, { stride, dilation, pad });
        const y = layer.forward(x);
        const sums = new Map<string, number>();
        eachWindow(axes, (i, j, pixels) => {
          for (let n = 0; n < shape[0]; n++) {
            for (let f = 0; f < 2; f++) {
              let total = at(values.b, f);
              for (const [h, w, p, q] of pixels) {
                if (!isInside(axes[0], h) || !isInside(axes[1], w)) continue;
                for (let c = 0; c < shape[1]; c++) total += at(values.x, n, c, h, w) * at(values.W, f, c, p, q);
              }
              sums.set([n, f, i, j].join(), total);
            }
          }
        });
        const outputs = axes.map(({ outputs }) => outputs);
        expectSums(y, [shape[0], 2, ...outputs], (...place) => sums.get(place.join()) as number);
        const terms = sizeOf(W.shape.slice(1)) + 1;
        expectGradients(() => against(layer.forward(x)), { x, W, b }, y.size * terms, y.size + terms + 4);
      }),
      runs,
    );
  });

  it('"same" gives ⌈length / stride⌉ outputs', () => {
    fc.assert(
      fc.property(windows, ({ shape, size, stride, dilation }) => {
        const y = new Convolution(shape[1], 1, size, { stride, dilation, pad: "same" }).forward(rng(1).normal(shape));
        expect(y.shape.slice(2)).toEqual([Math.ceil(shape[2] / stride[0]), Math.ceil(shape[3] / stride[1])]);
      }),
      runs,
    );
  });

  it("pooling takes the largest number and the mean, with the padding or without it", () => {
    const undilated = windows.map((window) => {
      const { shape, size, stride, axes } = window;
      const padsOf = ({ sides, size: n }: Axis): Sides => [Math.min(sides[0], n - 1), Math.min(sides[1], n - 1)];
      const pad = window.pad === "same" ? window.pad : ([padsOf(axes[0]), padsOf(axes[1])] as const);
      const fresh = axes.map(({ n, size: m, stride: step }, i) =>
        axisOf(Math.max(n, m), m, step, 1, pad === "same" ? pad : pad[i]),
      );
      return { shape: [shape[0], shape[1], fresh[0].n, fresh[1].n] as Shape, size, stride, pad, axes: fresh };
    });
    const samples = undilated.chain((window) =>
      fc.record({ window: fc.constant(window), x: distinctTensors(window.shape), countPad: fc.boolean() }),
    );
    fc.assert(
      fc.property(samples, ({ window: { shape, size, stride, pad, axes }, x: value, countPad }) => {
        const x = variable(value);
        const options = { stride, pad, countPad };
        const numbers = new Map<string, number[]>();
        eachWindow(axes, (i, j, pixels) => {
          for (let n = 0; n < shape[0]; n++) {
            for (let c = 0; c < shape[1]; c++) {
              const of = pixels.flatMap(([h, w]) => {
                if (isInside(axes[0], h) && isInside(axes[1], w)) return [at(value, n, c, h, w)];
                return countPad ? [0] : [];
              });
              numbers.set([n, c, i, j].join(), of);
            }
          }
        });
        const [largest, mean] = [new Pooling(...size, options), new AveragePooling(...size, options)];
        const outputs = [...shape.slice(0, 2), ...axes.map(({ outputs }) => outputs)];
        const of = (place: number[]): number[] => numbers.get(place.join()) as number[];
        expectSums(largest.forward(x), outputs, (...place) => Math.max(...of(place)));
        expectSums(mean.forward(x), outputs, (...place) => of(place).reduce((a, b) => a + b, 0) / of(place).length);
        const size2 = sizeOf(outputs);
        expectGradients(() => against(largest.forward(x)), { x }, 10 * size2, size2 + 2);
        expectGradients(() => against(mean.forward(x)), { x }, 10 * size2 * sizeOf(size), size2 + sizeOf(size) + 4);
      }),
      runs,
    );
  });

  it("a transposed convolution is the adjoint of the convolution with the same padding", () => {
    const samples = windows.chain((window) =>
      fc.record({ window: fc.constant(window), W: tensors([2, window.shape[1], ...window.size]), seed: fc.nat() }),
    );
    fc.assert(
      fc.property(samples, ({ window: { shape, stride, dilation, pad, axes }, W, seed }) => {
        const lengths = axes.map(({ outputs, stride: step, dilation: gap, size, sides }) =>
          pad === "same" ? outputs * step : (outputs - 1) * step + gap * (size - 1) + 1 - sides[0] - sides[1],
        );
        fc.pre(lengths.every((n) => n >= 1));
        const options = { stride, dilation, pad };
        const x = rng(seed).normal([shape[0], shape[1], ...lengths], { dtype: "float64" });
        const y = new Convolution(W, zeros([2], { dtype: "float64" }), options).forward(x);
        const v = rng(seed + 1).normal(y.shape, { dtype: "float64" });
        const back = new TransposedConvolution(W, zeros([shape[1]], { dtype: "float64" }), options).forward(v);
        expect(back.shape).toEqual(x.shape);
        const [here, there] = [sum(mul(y, v)).item(), sum(mul(back, x)).item()];
        // Some hundred products of numbers near 1, added up in another order.
        expect(Math.abs(here - there)).toBeLessThan(1e-11);
      }),
      runs,
    );
  });
});

describe("over time, whatever the padding,", () => {
  const sequences = fc
    .record({
      count: length(2),
      features: length(2),
      size: length(3),
      stride: length(3),
      dilation: length(2),
      more: fc.nat(4),
      pad: fc.oneof(
        fc.constantFrom("same" as const, "causal" as const),
        fc.nat(2),
        both(fc.nat(2)),
      ) as fc.Arbitrary<TimePadding>,
    })
    .map(({ count, features, size, stride, dilation, more, pad }) => {
      const of = typeof pad === "number" ? ([pad, pad] as const) : pad;
      const span = dilation * (size - 1) + 1;
      const least = typeof of === "string" ? 1 : Math.max(1, span - of[0] - of[1]);
      const axis = axisOf(least + more, size, stride, dilation, of);
      return { shape: [count, axis.n, features] as Shape, size, stride, dilation, pad, axis };
    });

  it("a convolution is its sum, with the gradient of central differences", () => {
    const samples = sequences.chain((window) =>
      fc.record({
        window: fc.constant(window),
        x: tensors(window.shape),
        W: tensors([2, window.shape[2], window.size]),
        b: tensors([2]),
      }),
    );
    fc.assert(
      fc.property(samples, ({ window: { shape, stride, dilation, pad, axis }, ...values }) => {
        const [x, W, b] = [values.x, values.W, values.b].map((value) => variable(value));
        const layer = new Convolution1d(W, b, { stride, dilation, pad });
        const y = layer.forward(x);
        expectSums(y, [shape[0], axis.outputs, 2], (n, t, f) =>
          readBy(axis, t).reduce(
            (sofar, step, k) => {
              let total = sofar;
              if (!isInside(axis, step)) return total;
              for (let c = 0; c < shape[2]; c++) total += at(values.x, n, step, c) * at(values.W, f, c, k);
              return total;
            },
            at(values.b, f),
          ),
        );
        const terms = sizeOf(W.shape.slice(1)) + 1;
        expectGradients(() => against(layer.forward(x)), { x, W, b }, y.size * terms, y.size + terms + 4);
      }),
      runs,
    );
  });

  it("pooling is that of the images of one row", () => {
    const samples = sequences.chain((window) =>
      fc.record({ window: fc.constant(window), x: distinctTensors(window.shape), countPad: fc.boolean() }),
    );
    fc.assert(
      fc.property(samples, ({ window: { shape, size, stride, pad }, x, countPad }) => {
        const of = typeof pad === "number" ? ([pad, pad] as const) : pad;
        const { outputs, sides, n } = axisOf(shape[1], size, stride, 1, of);
        fc.pre(outputs >= 1 && sides.every((added) => added < size));
        const rows = constant(x).transpose([0, 2, 1]).reshape([shape[0], shape[2], 1, n]);
        const options = { stride, pad: [[0, 0], sides], countPad } as const;
        for (const [Pool, Pool1d] of [
          [Pooling, Pooling1d],
          [AveragePooling, AveragePooling1d],
        ] as const) {
          const images = new Pool(1, size, { ...options, stride: [1, stride] }).forward(rows);
          const y = new Pool1d(size, { stride, pad, countPad }).forward(x);
          expect(y.toArray()).toEqual(images.reshape([shape[0], shape[2], outputs]).transpose([0, 2, 1]).toArray());
        }
      }),
      runs,
    );
  });

  it('"causal" gives no step what comes after it', () => {
    const layer = new Convolution1d(2, 3, 3, { pad: "causal", dilation: 2, dtype: "float64" });
    const x = rng(1).normal([1, 8, 2], { dtype: "float64" });
    const changed = kernels.copy(x);
    changed.data[2 * 5] += 1;
    const [a, b] = [x, changed].map((input) => layer.forward(input).toArray() as number[][][]);
    expect(b[0].slice(0, 5)).toEqual(a[0].slice(0, 5));
    expect(b[0][5]).not.toEqual(a[0][5]);
  });
});

it("padding that does not fit is refused with what would", () => {
  const image = zeros([1, 1, 4, 4]);
  const W = zeros([1, 1, 3, 3]);
  const b = zeros([1]);
  expect([
    messageOf(() => new Convolution(W, b, { pad: "valid" as never }).forward(image)),
    messageOf(() => new Convolution(W, b, { pad: [[1, 1]] as never }).forward(image)),
    messageOf(() =>
      new Convolution(W, b, {
        pad: [
          [0, -1],
          [0, 0],
        ],
      }).forward(image),
    ),
    messageOf(() => new Convolution(W, b, { pad: "same", stride: 0 }).forward(image)),
    messageOf(() => new Pooling(2, 2, { pad: 2, countPad: false }).forward(image)),
    messageOf(() => new Pooling(2, 2, { countPad: 1 as never })),
    messageOf(() => new Pooling(0, 2, { pad: "same" }).forward(image)),
    messageOf(() => new TransposedConvolution(W, b, { pad: "same", stride: 2, outputPad: 1 }).forward(image)),
    messageOf(() => new Convolution1d(2, 1, 5).forward(zeros([1, 3, 2]))),
    messageOf(() => new Convolution1d(2, 1, 5).forward(zeros([1, 2, 3]))),
    messageOf(() => new Convolution1d(2, 1, 5, { pad: "valid" as never }).forward(zeros([1, 3, 2]))),
    messageOf(() => new Pooling1d(3, { pad: 3, countPad: false }).forward(zeros([1, 3, 2]))),
    messageOf(() => new AveragePooling1d(1.5)),
  ]).toMatchInlineSnapshot(`
    [
      "Convolution: pad is "valid"; expected an integer ≥ 0, two of them, [[top, bottom], [left, right]], or "same".",
      "Convolution: pad is [[1, 1]]; expected an integer ≥ 0, two of them, [[top, bottom], [left, right]], or "same".",
      "Convolution: pad is [[0, -1], [0, 0]]; expected an integer ≥ 0, two of them, [[top, bottom], [left, right]], or "same".",
      "Convolution: stride is 0; expected an integer ≥ 1, or a pair of them.",
      "Pooling: with pad 2 a window of 2 × 2 would hold padding alone; expected less than the window on every side, 2 × 2. Pad less, or count the padding: countPad: true.",
      "Pooling: countPad is 1; expected true or false.",
      "Pooling: filter size is [0, 2]; expected an integer ≥ 1, or a pair of them.",
      "TransposedConvolution: images of shape [1, 1, 4, 4] would become 8 × 8 (stride 2, pad "same", outputPad 1); expected 0 where pad is "same". Leave outputPad out.",
      "Convolution1d: a window of 5 steps is longer than the padded sequence; expected at most 3. Use a smaller size, or pad: 1.",
      "Convolution1d: x has shape [1, 2, 3]; expected [batch, time, 2]. Sequences have their features last: pass transpose(x, [0, 2, 1]).",
      "Convolution1d: pad is "valid"; expected an integer ≥ 0, [before, after], "same" or "causal".",
      "Pooling1d: with pad [[0, 0], [3, 3]] a window of 1 × 3 would hold padding alone; expected less than the window on every side, 1 × 3. Pad less, or count the padding: countPad: true.",
      "AveragePooling1d: size is 1.5; expected an integer ≥ 1.",
    ]
  `);
});
