import { allocate, type DType, dtypes, Tensor } from "@adjoint/tensor";
import fc from "fast-check";
import { expect, it } from "vitest";
import { decodeNpy, encodeNpy } from "./npy.ts";
import { decodeNpz, encodeNpz } from "./npz.ts";

const values: { readonly [D in DType]: fc.Arbitrary<number> } = {
  float32: fc.float(),
  float64: fc.double(),
  int32: fc.integer(),
  bool: fc.integer({ min: 0, max: 1 }),
};
/** Tensors of 0 to 4 axes, some of length 0. */
const anyTensor = fc
  .tuple(fc.constantFrom<DType>(...dtypes), fc.array(fc.nat(3), { maxLength: 4 }))
  .chain(([dtype, shape]) => {
    const size = shape.reduce((product, n) => product * n, 1);
    return fc.array(values[dtype], { minLength: size, maxLength: size }).map((values) => {
      const data = allocate(dtype, size);
      data.set(values);
      return new Tensor(data, shape);
    });
  });
const name = fc.oneof(
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 6 }),
  fc.constantFrom("__proto__", "constructor", "x.npy", "a/b", "0"),
);

it("decodeNpy(encodeNpy(x)) is x, in values, shape and dtype, and so is the transposed view of it", () => {
  fc.assert(
    fc.property(anyTensor, (x) => {
      const reversed = new Tensor(x.data, [...x.shape].reverse(), [...x.strides].reverse());
      for (const tensor of [x, reversed]) {
        const y = decodeNpy(encodeNpy(tensor));
        expect([y.dtype, y.shape]).toEqual([tensor.dtype, tensor.shape]);
        // toEqual tells -0 from 0 and takes NaN for NaN.
        expect(y.toArray()).toEqual(tensor.toArray());
      }
    }),
  );
});

it("decodeNpz(encodeNpz(x)) is x, compressed or not, under any names", () => {
  const tensors = fc.dictionary(name, anyTensor, { noNullPrototype: false, maxKeys: 4 });
  fc.assert(
    fc.property(tensors, fc.boolean(), (tensors, compress) => {
      const file = encodeNpz(tensors, { compress });
      const back = decodeNpz(file);
      expect(Object.keys(back).sort()).toEqual(Object.keys(tensors).sort());
      for (const [name, x] of Object.entries(tensors)) {
        expect([back[name].dtype, back[name].shape]).toEqual([x.dtype, x.shape]);
        expect(back[name].toArray()).toEqual(x.toArray());
      }
      expect(encodeNpz(tensors, { compress })).toEqual(file);
    }),
  );
});
