import {
  add,
  argmax,
  constant,
  grad,
  im2col,
  matmul,
  max,
  mul,
  randomBernoulli,
  randomUniform,
  relu,
  repeat,
  reshape,
  sum,
  transpose,
  type Variable,
  variable,
} from "@adjoint/autograd";
import { kernels, rng, windowOf } from "@adjoint/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { runs } from "../../../../../../testing/runs.ts";
import { compile } from "../../../compile.ts";

const pair = (min: number, max: number): fc.Arbitrary<[number, number]> =>
  fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }));

/** Windows that fit into their images. */
const windows = fc
  .record({
    images: fc.integer({ min: 1, max: 9 }),
    channels: fc.integer({ min: 1, max: 9 }),
    size: pair(1, 12),
    filters: fc.integer({ min: 1, max: 17 }),
    window: pair(1, 4),
    stride: pair(1, 4),
    pad: pair(0, 3),
    dilation: pair(1, 3),
    isChannelsLast: fc.boolean(),
  })
  .filter(({ size, window, pad, dilation }) =>
    size.every((n, axis) => n + 2 * pad[axis] > (window[axis] - 1) * dilation[axis]),
  );

/** Runs a function by both engines; returns what the first one rewrote. */
function expectEqual(fn: (...xs: Variable[]) => Variable[], inputs: readonly Variable[], exact = false): string {
  const [byWindows, byRows] = (["wasm", "reference"] as const).map((engine) => compile(fn, { engine, exact }));
  const [found, expected] = [byWindows, byRows].map((run) => run(...inputs).map((y) => y.toArray()));
  // Adding +0 makes −0, which the engine leaves, the 0 of the book.
  expect(found.map(positive)).toEqual(expected.map(positive));
  return byWindows.explain({ rewrites: true });
}

function positive(x: unknown): unknown {
  return Array.isArray(x) ? x.map(positive) : typeof x === "number" ? x + 0 : x;
}

/** Small integers: their products and sums have no rounding, so that all orders of addition give the same. */
function integers(shape: readonly number[], seed: number): Variable {
  return variable(kernels.cast(rng(seed).integers(-4, 5, [...shape]), "float32"));
}

/** Rows, terms and columns around the sizes of tiles and blocks. */
const products = fc.record({
  rows: fc.integer({ min: 1, max: 150 }),
  terms: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 250, max: 270 })),
  columns: fc.integer({ min: 1, max: 30 }),
  isTransposed: fc.tuple(fc.boolean(), fc.boolean()),
  dtype: fc.constantFrom("float32" as const, "float64" as const),
});

test("products of matrices are those of the reference, where nothing is rounded", () => {
  fc.assert(
    fc.property(products, fc.nat(), ({ rows, terms, columns, isTransposed, dtype }, seed) => {
      const matrix = (shape: readonly number[], isTurned: boolean, at: number): Variable =>
        variable(kernels.cast(integers(isTurned ? shape.toReversed() : shape, at).value, dtype));
      const turned = (x: Variable, isTurned: boolean): Variable => (isTurned ? transpose(x) : x);
      const [first, second] = isTransposed;
      const product = (a: Variable, b: Variable): Variable[] => [matmul(turned(a, first), turned(b, second))];
      expectEqual(product, [matrix([rows, terms], first, seed), matrix([terms, columns], second, seed + 1)]);
    }),
    { numRuns: runs(200) },
  );
});

interface Windows {
  readonly images: number;
  readonly channels: number;
  readonly size: readonly number[];
  readonly filters: number;
  readonly window: readonly number[];
  readonly stride: [number, number];
  readonly pad: [number, number];
  readonly dilation: [number, number];
  readonly isChannelsLast: boolean;
}

/** A convolution as the book writes it, and its two gradients. */
function convolutions(
  { images, channels, size, filters, window, isChannelsLast, stride, pad, dilation }: Windows,
  numbers: (shape: readonly number[], seed: number) => Variable,
  seed: number,
): { readonly fn: (...xs: Variable[]) => Variable[]; readonly inputs: Variable[] } {
  const x = numbers(isChannelsLast ? [images, ...size, channels] : [images, channels, ...size], seed);
  const w = numbers([filters, channels, ...window], seed + 1);
  const convolve = (x: Variable, w: Variable): Variable => {
    const image = isChannelsLast ? transpose(x, [0, 3, 1, 2]) : x;
    const rows = im2col(image, window[0], window[1], { stride, pad, dilation });
    return matmul(rows, transpose(reshape(w, [filters, -1])));
  };
  const g = constant(numbers(convolve(x, w).shape, seed + 2).value);
  const gradients = grad((x: Variable, w: Variable) => sum(mul(convolve(x, w), g)), { argnums: [0, 1] });
  return { fn: (x, w) => [convolve(x, w), ...gradients(x, w)], inputs: [x, w] };
}

test("convolutions and their gradients are those of the rows of windows", () => {
  fc.assert(
    fc.property(windows, fc.nat(), (given, seed) => {
      const { fn, inputs } = convolutions(given, integers, seed);
      expect(expectEqual(fn, inputs)).toContain("convolution");
    }),
    { numRuns: runs(200) },
  );
});

/** Windows that are transformed, forward or backward. */
const transformed = fc
  .record({
    images: fc.integer({ min: 1, max: 3 }),
    channels: fc.constantFrom(16, 20, 24),
    size: pair(1, 11),
    filters: fc.constantFrom(16, 20, 28),
    window: fc.constant([3, 3]),
    stride: fc.constantFrom<[number, number][]>([1, 1], [1, 1], [2, 1]),
    pad: pair(0, 3),
    dilation: fc.constant<[number, number]>([1, 1]),
    isChannelsLast: fc.boolean(),
  })
  .filter(({ size, pad }) => size.every((n, axis) => n + 2 * pad[axis] > 2));

test("convolutions by transforms are those of the rows of windows, where nothing is rounded", () => {
  fc.assert(
    fc.property(transformed, fc.nat(), fc.boolean(), (given, seed, exact) => {
      const { fn, inputs } = convolutions(given, integers, seed);
      expectEqual(fn, inputs, exact);
    }),
    { numRuns: runs(100) },
  );
});

/**
 * With images, filters and gradients of numbers below 1, and u = 2⁻²⁴:
 *
 * A result is the sum of at most nine of the sixteen products of transformed numbers. A transformed pixel adds up to four of
 * the 4 × 4 that its results read, in two roundings; an element of a filter at most nine, in four; a product adds up c terms.
 * So the error is at most 9 (c + 16) u Σ |pixels| Σ |elements|, over all channels, and that is at most 9 (c + 16) u · 16 · 9 c.
 *
 * An element of a filter's gradient is the sum of at most nine of the sixteen products, with weights whose sum is at most
 * (1 + ½ + ½)², in four roundings. A transformed gradient adds up to four of 2 × 2, in two roundings; a product adds up a term
 * of at most 4 · 4 for each of the n windows of all images. So the error is at most 4 (n + 16) u · 16 n.
 *
 * What adds up the products as they stand is off by less.
 */
test("convolutions by transforms are off by what their sums explain", () => {
  const uniform = (shape: readonly number[], seed: number): Variable =>
    variable(rng(seed).uniform([...shape], { low: -1 }));
  const largest = [0, 0, 0];
  fc.assert(
    fc.property(transformed, fc.nat(), (given, seed) => {
      const { fn, inputs } = convolutions({ ...given, stride: [1, 1] }, uniform, seed);
      const [byTransforms, asTheyStand] = [false, true].map((exact) =>
        compile(fn, { engine: "wasm", exact })(...inputs),
      );
      const { images, channels, filters, size, pad } = given;
      const windows = size.reduce((n, length, axis) => n * Math.ceil((length + 2 * pad[axis] - 2) / 2), images);
      const sums = [channels, filters].map((c) => 9 * (c + 16) * 16 * 9 * c);
      for (const [i, terms] of [...sums, 4 * (windows + 16) * 16 * windows].entries()) {
        const [a, b] = [byTransforms, asTheyStand].map((results) => kernels.contiguous(results[i].value).data);
        const bound = 2 * terms * 2 ** -24;
        for (let k = 0; k < a.length; k++) {
          const off = Math.abs(Number(a[k]) - Number(b[k]));
          if (!(off <= bound)) expect(off).toBeLessThanOrEqual(bound);
          largest[i] = Math.max(largest[i], off);
        }
      }
    }),
    { numRuns: runs(30) },
  );
  // They are computed in another way.
  expect(Math.min(...largest)).toBeGreaterThan(0);
});

test("max pooling and its gradient are those of the rows of windows", () => {
  fc.assert(
    fc.property(
      windows,
      fc.nat(),
      ({ images, channels, size, filters: _, window, isChannelsLast, ...options }, seed) => {
        const x = integers(isChannelsLast ? [images, ...size, channels] : [images, channels, ...size], seed);
        const windowsOf = (x: Variable): Variable => {
          const image = isChannelsLast ? transpose(x, [0, 3, 1, 2]) : x;
          return reshape(im2col(image, window[0], window[1], options), [-1, window[0] * window[1]]);
        };
        const pool = (x: Variable): Variable => max(windowsOf(x), { axis: 1 });
        // The gradient has the same places, with an axis of length 1.
        const places = (x: Variable): Variable => argmax(windowsOf(x), { axis: 1 });
        const g = constant(integers(pool(x).shape, seed + 2).value);
        const run = (x: Variable): Variable[] => {
          x.zeroGrad();
          sum(mul(pool(x), g)).backward();
          return [pool(x), x.grad as Variable, places(x)];
        };
        const rewritten = expectEqual(run, [x]);
        expect(rewritten).toContain("max pooling");
      },
    ),
    // Windows whose rows lie apart are not side by side, also where they step by their number of rows.
    {
      numRuns: runs(200),
      examples: [
        [
          {
            ...{ images: 1, channels: 2, size: [10, 3], filters: 1, window: [4, 3], stride: [4, 3], pad: [0, 0] },
            ...{ dilation: [3, 1], isChannelsLast: true },
          },
          0,
        ],
      ],
    },
  );
});

/** Convolutions with max pooling after them; windows of both fit. */
const pooled = fc
  .record({
    given: windows,
    pooling: fc.record({
      window: pair(1, 3),
      stride: pair(1, 4),
      pad: fc.oneof({ weight: 3, arbitrary: fc.constant<[number, number]>([0, 0]) }, pair(0, 2)),
      dilation: fc.oneof({ weight: 2, arbitrary: fc.constant<[number, number]>([1, 1]) }, pair(1, 3)),
    }),
    isSideBySide: fc.boolean(),
    readsMap: fc.constantFrom("nobody", "forward", "backward"),
    hole: fc.option(fc.nat(), { freq: 5 }),
  })
  .map(({ isSideBySide, pooling, ...rest }) => ({
    ...rest,
    pooling: isSideBySide ? { ...pooling, stride: pooling.window } : pooling,
  }))
  .filter(({ given, pooling: { window, pad, dilation } }) => {
    const { size, window: filter, stride, pad: around, dilation: apart } = given;
    return size.every((n, axis) => {
      const length = Math.floor((n + 2 * around[axis] - (filter[axis] - 1) * apart[axis] - 1) / stride[axis]) + 1;
      return length + 2 * pad[axis] > (window[axis] - 1) * dilation[axis];
    });
  });

test("convolution, bias, ReLU and max pooling, image by image, are those of the ops", () => {
  const seen = new Set<string>();
  const check = fc.property(pooled, fc.nat(), ({ given, pooling, readsMap, hole }, seed) => {
    const { images, channels, size, filters, window, isChannelsLast, stride, pad, dilation } = given;
    const x = integers(isChannelsLast ? [images, ...size, channels] : [images, channels, ...size], seed);
    const [w, b] = [integers([filters, channels, ...window], seed + 1), integers([filters], seed + 2)];
    // NaN counts as the largest of all, and has no gradient.
    if (hole !== null) x.value.data[hole % x.size] = Number.NaN;
    const { window: area, ...options } = pooling;
    const forward = (x: Variable, w: Variable, b: Variable): [pooled: Variable, map: Variable] => {
      const image = isChannelsLast ? transpose(x, [0, 3, 1, 2]) : x;
      const rows = im2col(image, window[0], window[1], { stride, pad, dilation });
      const y = add(matmul(rows, transpose(reshape(w, [filters, -1]))), repeat(b, [rows.shape[0], filters]));
      const { outputH, outputW } = windowOf("im2col", image.shape, window[0], window[1], { stride, pad, dilation });
      const map = relu(transpose(reshape(y, [images, outputH, outputW, filters]), [0, 3, 1, 2]));
      const places = reshape(im2col(map, area[0], area[1], options), [-1, area[0] * area[1]]);
      return [max(places, { axis: 1 }), map];
    };
    const g = constant(integers(forward(x, w, b)[0].shape, seed + 3).value);
    const loss = (x: Variable, w: Variable, b: Variable): Variable => sum(mul(forward(x, w, b)[0], g));
    const gradients = grad(loss, { argnums: readsMap === "backward" ? [0, 1, 2] : [1, 2] });
    const run = (x: Variable, w: Variable, b: Variable): Variable[] => {
      const [y, map] = forward(x, w, b);
      return [y, ...gradients(x, w, b), ...(readsMap === "forward" ? [map] : [])];
    };
    const rewritten = expectEqual(run, [x, w, b]);
    for (const name of ["ReLU and max pooling", "pooling and convolution", "ReLU after", "sum of the gradients"])
      if (rewritten.includes(name)) seen.add(name);
  });
  fc.assert(check, { numRuns: runs(300) });
  expect([...seen].sort()).toEqual([
    "ReLU after",
    "ReLU and max pooling",
    "pooling and convolution",
    "sum of the gradients",
  ]);
});

test("random numbers are those of the generator", () => {
  const states = fc.record({
    size: fc.integer({ min: 1, max: 70 }),
    key: fc.integer({ min: 0, max: 2 ** 40 }),
    counter: fc.oneof(fc.nat(), fc.integer({ min: 2 ** 32 - 70, max: 2 ** 32 + 2 })),
    p: fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1, 0.5)),
  });
  fc.assert(
    fc.property(states, ({ size, key, counter, p }) => {
      const fn = (engine: "wasm" | "reference"): unknown => {
        const generator = rng(key);
        generator.state = { ...generator.state, counter };
        const draw = (): Variable[] => [randomUniform(generator, [size]), randomBernoulli(generator, [size], p)];
        return compile(draw, { engine })().map((y) => y.toArray());
      };
      expect(fn("wasm")).toEqual(fn("reference"));
    }),
    { numRuns: runs(300) },
  );
});
