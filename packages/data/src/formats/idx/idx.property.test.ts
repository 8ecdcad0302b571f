import { gzipSync } from "node:zlib";
import { AdjointError, DataError, type DType, Tensor, type TypedArray } from "@adjoint/tensor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeIdx, encodeIdx } from "./idx.ts";
import { readIdx } from "./idx-file.ts";
import type { IdxType } from "./idx-header.ts";

/** For each element type, values that it and its tensor hold exactly. */
const kinds: { readonly [T in IdxType]: { readonly dtype: DType; readonly value: fc.Arbitrary<number> } } = {
  ubyte: { dtype: "int32", value: fc.integer({ min: 0, max: 255 }) },
  byte: { dtype: "int32", value: fc.integer({ min: -128, max: 127 }) },
  short: { dtype: "int32", value: fc.integer({ min: -(2 ** 15), max: 2 ** 15 - 1 }) },
  int: { dtype: "int32", value: fc.integer() },
  float: { dtype: "float32", value: fc.float() },
  double: { dtype: "float64", value: fc.double() },
};
const storage = { float32: Float32Array, float64: Float64Array, int32: Int32Array, bool: Uint8Array };

/** Tensors of 0 to 4 axes, some of length 0, with an element type that holds them. */
const cases = fc
  .tuple(
    fc.constantFrom(...(Object.keys(kinds) as IdxType[])),
    fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 4 }),
  )
  .chain(([type, shape]) => {
    const size = shape.reduce((product, n) => product * n, 1);
    return fc.array(kinds[type].value, { minLength: size, maxLength: size }).map((values) => ({
      type,
      tensor: new Tensor(storage[kinds[type].dtype].from(values) as TypedArray, shape),
    }));
  });

/** What was thrown; fails the test when nothing was. */
function thrown(f: () => unknown): unknown {
  try {
    f();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

describe("decodeIdx(encodeIdx(x))", () => {
  it("is x, in value, shape and dtype", () => {
    fc.assert(
      fc.property(cases, ({ type, tensor }) => {
        const back = decodeIdx(encodeIdx(tensor, { type }));
        expect([back.dtype, back.shape]).toEqual([tensor.dtype, tensor.shape]);
        // toEqual tells -0 from 0 and takes NaN for NaN.
        expect(back.toArray()).toEqual(tensor.toArray());
      }),
    );
  });

  it("is x for views with any strides", () => {
    const x = new Tensor(
      Float32Array.from({ length: 12 }, (_, i) => i),
      [4, 3],
    );
    const transposed = new Tensor(x.data, [3, 4], [1, 3]);
    const flipped = new Tensor(x.data, [4, 3], [-3, 1], 9);
    const repeated = new Tensor(x.data, [2, 3], [0, 1], 3);
    for (const view of [transposed, flipped, repeated]) {
      expect(decodeIdx(encodeIdx(view)).toArray()).toEqual(view.toArray());
    }
  });
});

describe("a damaged IDX file", () => {
  it("is a DataError wherever it is cut off, and when anything follows it", () => {
    fc.assert(
      fc.property(cases, fc.uint8Array({ minLength: 1, maxLength: 9 }), ({ type, tensor }, rest) => {
        const whole = encodeIdx(tensor, { type });
        for (let length = 0; length < whole.length; length++) {
          expect(thrown(() => decodeIdx(whole.subarray(0, length)))).toBeInstanceOf(DataError);
        }
        expect(thrown(() => decodeIdx(Uint8Array.of(...whole, ...rest)))).toBeInstanceOf(DataError);
      }),
      { numRuns: 50 },
    );
  });

  it("is an AdjointError or a tensor no larger than the file, whatever became of its header", () => {
    const damage = fc.array(fc.tuple(fc.nat(19), fc.nat(255)), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(cases, damage, ({ type, tensor }, damage) => {
        const whole = encodeIdx(tensor, { type });
        for (const [at, value] of damage) if (at < Math.min(whole.length, 4 + 4 * tensor.ndim)) whole[at] = value;
        try {
          expect(decodeIdx(whole).size).toBeLessThanOrEqual(whole.length);
        } catch (error) {
          expect(error).toBeInstanceOf(AdjointError);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("is a DataError wherever its gzip is cut off, and never another tensor when a bit of it flips", async () => {
    const tensor = new Tensor(
      Int32Array.from({ length: 60 }, (_, i) => (i * i) % 251),
      [60],
    );
    const zipped = gzipSync(encodeIdx(tensor, { type: "ubyte" }));
    expect((await readIdx(zipped)).toArray()).toEqual(tensor.toArray());
    for (let length = 0; length < zipped.length; length++) {
      await expect(readIdx(zipped.subarray(0, length)), `cut to ${length}`).rejects.toBeInstanceOf(DataError);
    }
    for (let bit = 0; bit < 8 * zipped.length; bit++) {
      const flipped = Uint8Array.from(zipped);
      flipped[bit >> 3] ^= 1 << (bit & 7);
      // Some bits (time stamp, operating system) mean nothing.
      const outcome = await readIdx(flipped).then(
        (found) => JSON.stringify(found),
        (error: unknown) => error,
      );
      if (outcome !== JSON.stringify(tensor)) expect(outcome, `bit ${bit}`).toBeInstanceOf(DataError);
    }
  });
});
