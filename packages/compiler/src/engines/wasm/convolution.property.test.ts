import {
  constant,
  grad,
  im2col,
  matmul,
  mul,
  reshape,
  sum,
  transpose,
  type Variable,
  variable,
} from "@adjoint/autograd";
import { kernels, rng } from "@adjoint/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { compile } from "../../compile.ts";

const pair = (min: number, max: number): fc.Arbitrary<[number, number]> =>
  fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }));

const windows = fc.record({
  images: fc.integer({ min: 1, max: 9 }),
  channels: fc.integer({ min: 1, max: 9 }),
  size: pair(1, 12),
  filters: fc.integer({ min: 1, max: 17 }),
  window: pair(1, 4),
  stride: pair(1, 3),
  pad: pair(0, 3),
  dilation: pair(1, 3),
  isChannelsLast: fc.boolean(),
});

/** Small integers: their products and sums have no rounding, so that all orders of addition give the same. */
function integers(shape: readonly number[], seed: number): Variable {
  return variable(kernels.cast(rng(seed).integers(-4, 5, [...shape]), "float32"));
}

test("convolutions and their gradients are those of the rows of windows", () => {
  let [found, all] = [0, 0];
  fc.assert(
    fc.property(windows, fc.nat(), ({ images, channels, size, filters, window, isChannelsLast, ...options }, seed) => {
      const reach = window.map((n, axis) => (n - 1) * options.dilation[axis] + 1);
      fc.pre(size.every((n, axis) => n + 2 * options.pad[axis] >= reach[axis]));
      const shape = [images, channels, ...size];
      const x = integers(isChannelsLast ? [images, ...size, channels] : shape, seed);
      const w = integers([filters, channels, ...window], seed + 1);
      const convolve = (x: Variable, w: Variable): Variable => {
        const image = isChannelsLast ? transpose(x, [0, 3, 1, 2]) : x;
        const rows = im2col(image, window[0], window[1], options);
        return matmul(rows, transpose(reshape(w, [filters, -1])));
      };
      const g = constant(integers(convolve(x, w).shape, seed + 2).value);
      const gradients = grad((x: Variable, w: Variable) => sum(mul(convolve(x, w), g)), { argnums: [0, 1] });
      const fn = (x: Variable, w: Variable): Variable[] => [convolve(x, w), ...gradients(x, w)];
      const [byWindows, byRows] = (["wasm", "reference"] as const).map((engine) => compile(fn, { engine }));
      const results = byWindows(x, w);
      expect(results.map((y) => y.toArray())).toEqual(byRows(x, w).map((y) => y.toArray()));
      found += byWindows.explain({ rewrites: true }).includes("convolution") ? 1 : 0;
      all += 1;
    }),
    { numRuns: 200 },
  );
  expect(found).toBe(all);
});
