import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { windowOf } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { expected, laidOut, layout, valuesOf } from "../testing/layouts.ts";
import { setKernels } from "./backend.ts";
import { col2im, im2col } from "./im2col-col2im.ts";

afterEach(() => setKernels("auto"));

const plain = { steps: [1, 1, 1, 1], order: [3, 2, 1, 0], before: 0 };

const sample = fc
  .record({
    images: fc.integer({ min: 0, max: 3 }),
    channels: fc.integer({ min: 1, max: 3 }),
    filter: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    more: fc.tuple(fc.nat(4), fc.nat(4)),
    stride: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    pad: fc.tuple(fc.nat(2), fc.nat(2)),
    dilation: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 })),
    how: layout,
  })
  .map(({ images, channels, filter, more, stride, pad, dilation, how }) => {
    const side = (k: 0 | 1) => Math.max(1, dilation[k] * (filter[k] - 1) + 1 - 2 * pad[k]) + more[k];
    const shape = [images, channels, side(0), side(1)];
    return { x: laidOut(shape, "float64", how), filter, options: { stride, pad, dilation }, how };
  });

describe("im2col and col2im", () => {
  it("im2col reads what its formula says, zero outside the image", () => {
    fc.assert(
      fc.property(sample, ({ x, filter: [filterH, filterW], options }) => {
        const [images, channels, height, width] = x.shape;
        const { outputH, outputW } = windowOf("im2col", x.shape, filterH, filterW, options);
        const y = im2col(x, filterH, filterW, options);
        expect(y.shape).toEqual([images * outputH * outputW, channels * filterH * filterW]);
        const values = expected([images, outputH, outputW, channels, filterH, filterW], "float64", (at) => {
          const [n, i, j, c, p, q] = at;
          const h = i * options.stride[0] + p * options.dilation[0] - options.pad[0];
          const w = j * options.stride[1] + q * options.dilation[1] - options.pad[1];
          return h < 0 || h >= height || w < 0 || w >= width ? 0 : Number(x.at(n, c, h, w));
        });
        expect(valuesOf(y)).toEqual(values);
      }),
    );
  });

  it("col2im is the adjoint: ⟨im2col x, c⟩ = ⟨x, col2im c⟩, overlaps, pads and gaps included", () => {
    fc.assert(
      fc.property(sample, fc.nat(), ({ x, filter: [filterH, filterW], options }, seed) => {
        const y = im2col(x, filterH, filterW, options);
        const col = laidOut(y.shape, "float64", { ...plain, seed });
        const back = valuesOf(col2im(col, x.shape, filterH, filterW, options));
        const [xs, ys, cs] = [valuesOf(x), valuesOf(y), valuesOf(col)];
        const left = ys.reduce((sum, v, k) => sum + v * cs[k], 0);
        const right = xs.reduce((sum, v, k) => sum + v * back[k], 0);
        // Both are sums of at most 2,916 products of numbers up to 1: each rounds by at most n·u of the sum of magnitudes.
        const size = ys.reduce((sum, v, k) => sum + Math.abs(v * cs[k]), 0);
        expect(Math.abs(left - right)).toBeLessThanOrEqual(2 * (ys.length + 1) * 2 ** -53 * size);
      }),
    );
  });

  it("col2im of bools is true where a window is, and never another number", () => {
    const col = new Tensor(Uint8Array.of(1, 0, 1, 1, 0, 1), [3, 2]);
    const images = col2im(col, [1, 1, 1, 4], 1, 2);
    expect([images.dtype, ...images.data]).toEqual(["bool", 1, 1, 1, 1]);
    expect([...col2im(new Tensor(Uint8Array.of(1, 0, 0, 1), [2, 2]), [1, 1, 1, 3], 1, 2).data]).toEqual([1, 0, 1]);
  });

  it("give the same bits by WASM, of images that lie in memory in any way", () => {
    const wide = fc.record({
      from: sample,
      channels: fc.integer({ min: 1, max: 9 }),
      last: fc.boolean(),
      seed: fc.nat(),
    });
    fc.assert(
      fc.property(wide, ({ from: { x: given, filter, options, how }, channels, last, seed }) => {
        const shape = given.shape.with(1, channels);
        // Half of them without gaps and with the channels together, as convolutions give them.
        const x = laidOut(shape, "float32", last ? { ...plain, order: [1, 3, 2, 0], seed } : how);
        if (x.data.length > 9) x.data[7] = Number.NaN;
        const both = (compute: () => ArrayLike<number>) =>
          (["reference", "wasm"] as const).map((kernels) => {
            setKernels(kernels);
            return compute();
          });
        const [expected, found] = both(() => im2col(x, ...filter, options).data);
        expect(found).toEqual(expected);
        const col = laidOut(im2col(x, ...filter, options).shape, "float32", { ...plain, order: [1, 0, 2, 3], seed });
        const [expectedBack, foundBack] = both(() => col2im(col, shape, ...filter, options).data);
        expect(foundBack).toEqual(expectedBack);
      }),
      { numRuns: 300 },
    );
  });
});
