import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { Tensor } from "../../tensor.ts";
import { broadcastTo, transpose } from "../../views.ts";
import { setKernels } from "../backend.ts";
import * as kernels from "../index.ts";
import { PIECE } from "../wasm/elementwise.ts";

afterEach(() => setKernels("auto"));

/** Any float32 at all: zeros of both signs, subnormal numbers, infinities and NaN among them. */
const float32 = fc.oneof(
  fc.float(),
  fc.float({ min: -4, max: 4, noNaN: true }),
  fc.constantFrom(
    0,
    -0,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    2 ** -149,
    -(2 ** -149),
    2 ** 127,
  ),
);

/** Stretches of lengths around the pieces that WASM works in, with generated values over and over. */
const stretch = fc
  .record({
    length: fc.oneof(fc.nat(40), fc.integer({ min: PIECE - 16, max: PIECE + 14 }), fc.nat(Math.floor(2.2 * PIECE))),
    before: fc.nat(3),
  })
  .chain((lying) =>
    fc.array(float32, { minLength: 1, maxLength: 70 }).map((values) => {
      const data = Float32Array.from(
        { length: lying.length + lying.before },
        (_, i) => values[(i * 7) % values.length],
      );
      return new Tensor(data, [lying.length], [1], lying.before);
    }),
  );

/** The bits of the result by both kernels; NaN is one value, whatever its payload. */
function bothWays(compute: () => Tensor): [ArrayLike<number>, ArrayLike<number>] {
  return (["reference", "wasm"] as const).map((choice) => {
    setKernels(choice);
    const y = compute();
    return kernels.copy(y).data;
  }) as unknown as [ArrayLike<number>, ArrayLike<number>];
}

function expectSame(compute: () => Tensor): void {
  const [reference, wasm] = bothWays(compute);
  expect(wasm.length).toBe(reference.length);
  for (let i = 0; i < wasm.length; i++)
    if (!Object.is(wasm[i], reference[i])) expect([i, wasm[i]]).toEqual([i, reference[i]]);
}

describe("WASM elementwise kernels give the bits of the reference kernels", () => {
  for (const name of ["relu", "sqrt", "square", "neg", "abs"] as const) {
    it(name, () => {
      const kernel = {
        relu: kernels.relu,
        sqrt: kernels.sqrt,
        square: kernels.square,
        neg: kernels.neg,
        abs: kernels.abs,
      }[name];
      fc.assert(fc.property(stretch, (x) => expectSame(() => kernel(x))));
    });
  }

  const pairs = { add: kernels.add, sub: kernels.sub, mul: kernels.mul, div: kernels.div, gt: kernels.gt };
  for (const [name, kernel] of Object.entries(pairs)) {
    it(`${name}, of two stretches, of a stretch and a number, and of a row over a matrix`, () => {
      fc.assert(
        fc.property(stretch, float32, fc.integer({ min: 1, max: 60 }), (x, value, columns) => {
          const y = new Tensor(x.data.slice().reverse(), x.shape, [1], 0);
          const number = new Tensor(Float32Array.of(value), []);
          expectSame(() => kernel(x, y));
          expectSame(() => kernel(x, number));
          expectSame(() => kernel(number, x));
          const rows = Math.floor(x.size / columns);
          const matrix = new Tensor(x.data, [rows, columns], [columns, 1], x.offset);
          const row = new Tensor(y.data, [Math.min(columns, y.data.length)]);
          if (row.size === columns) expectSame(() => kernel(matrix, broadcastTo(row, matrix.shape)));
          expectSame(() => kernel(transpose(matrix), transpose(matrix)));
        }),
        { numRuns: 60 },
      );
    });
  }

  it("where, by stretches and numbers", () => {
    fc.assert(
      fc.property(stretch, float32, (x, value) => {
        const y = new Tensor(x.data.slice().reverse(), x.shape, [1], 0);
        const number = new Tensor(Float32Array.of(value), []);
        const condition = kernels.gt(x, y);
        expectSame(() => kernels.where(condition, x, y));
        expectSame(() => kernels.where(condition, x, number));
        expectSame(() => kernels.where(condition, number, y));
      }),
    );
  });
});
