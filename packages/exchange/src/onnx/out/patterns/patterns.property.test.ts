/** What the layers write out in several ops becomes one op of ONNX, with the same numbers. */
import {
  add,
  constant,
  div,
  elu,
  gelu,
  grad,
  logSoftmax,
  mean,
  mul,
  pad,
  relu,
  selu,
  softmax,
  sqrt,
  square,
  sub,
  sum,
  type Variable,
} from "@adjoint/autograd";
import { trace } from "@adjoint/compiler";
import {
  Affine,
  AveragePooling,
  BatchNormalization,
  Convolution,
  LayerNormalization,
  Pooling,
  TransposedConvolution,
} from "@adjoint/nn";
import { kernels, rng, type Shape, type Tensor } from "@adjoint/tensor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { roundingOf } from "../../../../../compiler/src/testing/rounding.ts";
import { windows } from "../../../../../gradcheck/src/testing/arbitraries.ts";
import { opsOf, runOnnx } from "../../../testing/onnx.ts";
import type { Opset } from "../file.ts";
import { toOnnx } from "../to-onnx.ts";

/** Normal numbers; with `ties` small integers, of which many are equal. */
function images(shape: Shape, seed: number, ties = false): Tensor {
  return ties ? kernels.cast(rng(seed).integers(-1, 2, shape), "float32") : rng(seed).normal(shape);
}

/** Runs a function by ONNX Runtime, and expects its numbers; returns the ops of the file. */
function sameBy(fn: (...xs: Variable[]) => Variable, inputs: readonly Tensor[], opset: Opset = 18): string[] {
  const program = trace(fn, ...inputs.map((x) => constant(x)));
  const names = inputs.map((_, i) => `x${i}`);
  const bytes = toOnnx(program, { inputs: names, opset });
  const [found] = runOnnx(bytes, Object.fromEntries(inputs.map((x, i) => [names[i], x])), ["output"]);
  const expected = fn(...inputs.map((x) => constant(x))).value;
  expect(found.shape).toEqual(expected.shape);
  const [bound] = roundingOf(program, inputs, [], rng(1));
  const [a, b] = [kernels.copy(found).data, kernels.copy(expected).data];
  for (let i = 0; i < a.length; i++) expect(Math.abs(Number(a[i]) - Number(b[i]))).toBeLessThanOrEqual(bound);
  return opsOf(bytes);
}

/** The gradient of Σ y w with respect to the first argument. */
const gradientOf = (fn: (x: Variable) => Variable) => (x: Variable, w: Variable) =>
  grad((y: Variable) => sum(mul(fn(y), w)))(x) as Variable;

describe("recognized", () => {
  it("is a convolution, with or without groups, and its gradients", () => {
    fc.assert(
      fc.property(
        windows(),
        fc.constantFrom(1, 2),
        fc.nat(1000),
        ({ shape, filterH, filterW, ...options }, groups, seed) => {
          const [n, c, h, w] = shape;
          fc.pre(n > 0 && c > 0);
          const channels = c * groups;
          const conv = (W: Variable, b: Variable) => new Convolution(W, b, { ...options, groups });
          const x = images([n, channels, h, w], seed);
          const [W, b] = [images([2 * groups, c, filterH, filterW], seed + 1), images([2 * groups], seed + 2)];
          const forward = (...[xs, Ws, bs]: Variable[]) => conv(Ws, bs).forward(xs);
          expect(sameBy(forward, [x, W, b])).toEqual(["Conv"]);
          const weights = images(forward(...[x, W, b].map((v) => constant(v))).shape, seed + 3);
          const back = (...[xs, Ws, bs, g]: Variable[]) => gradientOf((y) => conv(Ws, bs).forward(y))(xs, g);
          const ops = sameBy(back, [x, W, b, weights]);
          if (groups === 1) expect(ops.filter((op) => op !== "Reshape" && op !== "Mul")).toEqual(["ConvTranspose"]);
          const toFilters = (...[xs, Ws, bs, g]: Variable[]) => gradientOf((y) => conv(y, bs).forward(xs))(Ws, g);
          sameBy(toFilters, [x, W, b, weights]);
        },
      ),
      { numRuns: 30 },
    );
  });

  it("is a transposed convolution", () => {
    const shapes = fc.record({
      h: fc.integer({ min: 1, max: 4 }),
      stride: fc.integer({ min: 1, max: 3 }),
      pad: fc.nat(1),
      outputPad: fc.nat(2),
    });
    fc.assert(
      fc.property(shapes, fc.nat(1000), ({ h, stride, pad, outputPad }, seed) => {
        fc.pre(outputPad < stride);
        const make = (W: Variable, b: Variable) => new TransposedConvolution(W, b, { stride, pad, outputPad });
        const given = [images([2, 3, h, h + 1], seed), images([3, 2, 3, 3], seed + 1), images([2], seed + 2)];
        expect(sameBy((x, W, b) => make(W, b).forward(x), given)).toEqual(["ConvTranspose", "Reshape", "Add"]);
      }),
      { numRuns: 30 },
    );
  });

  it("is max pooling, and its gradient goes to the first of equal numbers", () => {
    fc.assert(
      fc.property(windows(), fc.boolean(), fc.nat(1000), ({ shape, filterH, filterW, stride, pad }, ties, seed) => {
        const [n, c, h, w] = shape;
        fc.pre(n > 0 && c > 0 && h >= filterH && w >= filterW);
        const pool = new Pooling(filterH, filterW, { stride, pad });
        const x = images(shape, seed, ties);
        const ops = sameBy((xs) => pool.forward(xs), [x]);
        const isPoolable = [pad]
          .flat()
          .every((p, i, pads) => p < [filterH, filterW][i] && (pads.length > 1 || p < filterW));
        if (isPoolable) expect(ops.filter((op) => op !== "Max")).toEqual(["MaxPool"]);
        const weights = images(pool.forward(constant(x)).shape, seed + 1);
        const back = sameBy(
          gradientOf((y) => pool.forward(y)),
          [x, weights],
        );
        if (isPoolable) expect(back).not.toContain("ScatterElements");
        // Behind relu many numbers are 0, and none of these gets a gradient.
        const behind = sameBy(
          gradientOf((y) => pool.forward(relu(y))),
          [x, weights],
        );
        if (isPoolable) expect(behind).not.toContain("ScatterElements");
      }),
      { numRuns: 40 },
    );
  });

  it("is average pooling, zeros of the padding counted", () => {
    fc.assert(
      fc.property(windows(), fc.nat(1000), ({ shape, filterH, filterW, stride, pad }, seed) => {
        const [n, c, h, w] = shape;
        fc.pre(n > 0 && c > 0 && h >= filterH && w >= filterW);
        const pool = new AveragePooling(filterH, filterW, { stride, pad });
        const ops = sameBy((xs) => pool.forward(xs), [images(shape, seed)]);
        if (Math.max(...[pad].flat()) < Math.min(filterH, filterW)) expect(ops).toEqual(["AveragePool"]);
      }),
      { numRuns: 30 },
    );
  });

  it("is batch normalization by running statistics, of rows and of images", () => {
    const [x, gamma, beta, mean, spread] = [[6, 3], [3], [3], [3], [3]].map((shape, i) => images(shape, i));
    const variance = kernels.square(spread);
    const normalized =
      (perChannel: boolean) =>
      (...[xs, gs, bs]: Variable[]) =>
        new BatchNormalization(gs, bs, { perChannel, runningMean: mean, runningVar: variance }).forward(xs, {
          train: false,
        });
    expect(sameBy(normalized(false), [x, gamma, beta])).toEqual(["BatchNormalization"]);
    const four = images([2, 3, 4, 5], 9);
    expect(sameBy(normalized(true), [four, gamma, beta])).toEqual(["BatchNormalization"]);
  });

  it("is layer normalization, over one axis or several, whatever the mean", () => {
    fc.assert(
      fc.property(
        fc.constantFrom([4], [3, 4]),
        fc.constantFrom(0, 100),
        fc.constantFrom(17, 21),
        (shape, offset, opset) => {
          const x = kernels.add(images([2, 3, 4], 1), offset);
          const given = [x, images(shape, 2), images(shape, 3)];
          const layer = (xs: Variable, g: Variable, b: Variable) => new LayerNormalization(g, b).forward(xs);
          expect(sameBy(layer, given, opset as Opset)).toEqual(["LayerNormalization"]);
        },
      ),
      { numRuns: 8 },
    );
  });

  it("is no layer normalization over other axes than those of its parameters, or without its root", () => {
    const given = [images([3, 3], 1), images([3], 2), images([3], 3)];
    const by = (axis: number, power: (x: Variable) => Variable) => (x: Variable, g: Variable, b: Variable) => {
      const centered = sub(x, mean(x, { axis, keepDims: true }));
      const variance = mean(square(centered), { axis, keepDims: true });
      return add(mul(div(centered, power(add(variance, 1e-5))), g), b);
    };
    expect(sameBy(by(1, sqrt), given)).toEqual(["LayerNormalization"]);
    expect(sameBy(by(0, sqrt), given)).not.toContain("LayerNormalization");
    expect(
      sameBy(
        by(1, (x) => x),
        given,
      ),
    ).not.toContain("LayerNormalization");
  });

  it("is gelu, exactly or by tanh, from opset 20 on", () => {
    for (const approximate of ["none", "tanh"] as const) {
      const of = (x: Variable) => gelu(x, { approximate });
      expect(sameBy(of, [images([5, 4], 1)], 20)).toEqual(["Gelu"]);
      expect(sameBy(of, [images([5, 4], 1)], 19)).not.toContain("Gelu");
    }
  });

  it("is selu by its own numbers, and no other elu", () => {
    expect(sameBy((x) => selu(x), [images([5, 4], 1)])).toEqual(["Selu"]);
    expect(sameBy((x) => mul(elu(x, { alpha: 1.6732632423543772 }), 1.05), [images([5, 4], 1)])).toEqual([
      "Elu",
      "Mul",
    ]);
  });

  it("is pooling of images that were padded before, by whatever is in the padding", () => {
    // All numbers are negative: zeros are largest. The last window has nothing but padding.
    const x = kernels.neg(kernels.abs(images([2, 1, 3, 3], 1)));
    for (const Kind of [Pooling, AveragePooling]) {
      for (const value of [0, 1]) {
        const of = (xs: Variable) =>
          new Kind(1, 2, { stride: 2 }).forward(
            pad(
              xs,
              [
                [0, 0],
                [0, 0],
                [0, 1],
                [0, 3],
              ] as never,
              { value },
            ),
          );
        expect(sameBy(of, [x])).toContain(Kind === Pooling ? "MaxPool" : "AveragePool");
      }
    }
  });

  it("is softmax and its logarithm", () => {
    expect(sameBy((x) => softmax(x), [images([5, 4], 1)])).toEqual(["Softmax"]);
    expect(sameBy((x) => logSoftmax(x), [images([5, 4], 1)])).toEqual(["LogSoftmax"]);
  });

  it("is a product with a bias, and a gate", () => {
    const given = [images([3, 4], 1), images([4, 2], 2), images([2], 3), images([3, 2], 4)];
    const affine = (x: Variable, W: Variable, b: Variable) => new Affine(W, b).forward(x);
    expect(sameBy(affine, given.slice(0, 3))).toEqual(["Gemm"]);
    const back = (x: Variable, W: Variable, b: Variable, g: Variable) => gradientOf((y) => relu(affine(x, y, b)))(W, g);
    expect(sameBy(back, given)).toEqual(["Gemm", "Relu", "Reshape", "Mul", "Greater", "Cast", "Mul", "Gemm"]);
  });
});
