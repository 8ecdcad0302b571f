import { allocate, DataError, type DType, dtypes, Tensor } from "@adjoint/tensor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeSafetensors } from "./decode.ts";
import { encodeSafetensors } from "./encode.ts";

/** Names that objects have of their own included. */
const name = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 6 }),
  fc.constantFrom("__proto__", "constructor", "toString", "hasOwnProperty", "0", "a", "b"),
);
const values: { readonly [D in DType]: fc.Arbitrary<number> } = {
  float32: fc.float(),
  float64: fc.double(),
  int32: fc.integer(),
  bool: fc.integer({ min: 0, max: 1 }),
};
/** Tensors of 0 to 4 axes, some of length 0, with any steps between neighbours: backwards, 0, gaps. */
const anyTensor = fc
  .tuple(
    fc.constantFrom<DType>(...dtypes),
    fc.array(fc.record({ n: fc.nat(3), stride: fc.integer({ min: -4, max: 4 }) }), { maxLength: 4 }),
  )
  .chain(([dtype, axes]) => {
    const reaches = axes.map(({ n, stride }) => Math.max(0, n - 1) * stride);
    const offset = reaches.reduce((sum, reach) => sum - Math.min(0, reach), 0);
    const span = reaches.reduce((sum, reach) => sum + Math.abs(reach), 1);
    return fc.array(values[dtype], { minLength: span, maxLength: span }).map((values) => {
      const data = allocate(dtype, span);
      data.set(values);
      const strides = axes.map(({ stride }) => stride);
      return new Tensor(
        data,
        axes.map(({ n }) => n),
        strides,
        offset,
      );
    });
  });
const record = <T>(value: fc.Arbitrary<T>) =>
  fc.dictionary(
    name.filter((name) => name !== "__metadata__"),
    value,
    { noNullPrototype: false, maxKeys: 5 },
  );
/** What was thrown, or what came out. */
function outcome<T>(f: () => T): { readonly value?: T; readonly error?: unknown } {
  try {
    return { value: f() };
  } catch (error) {
    return { error };
  }
}

describe("decodeSafetensors(encodeSafetensors(x))", () => {
  it("is x, in names, values, shapes and dtypes, for any layout in memory", () => {
    fc.assert(
      fc.property(record(anyTensor), fc.option(record(fc.string({ unit: "grapheme" }))), (tensors, metadata) => {
        const file = encodeSafetensors(tensors, metadata === null ? {} : { metadata });
        const back = decodeSafetensors(file);
        expect(Object.keys(back.tensors).sort()).toEqual(Object.keys(tensors).sort());
        for (const [name, x] of Object.entries(tensors)) {
          expect(Object.hasOwn(back.tensors, name)).toBe(true);
          const y = back.tensors[name];
          expect([y.dtype, y.shape]).toEqual([x.dtype, x.shape]);
          // toEqual tells -0 from 0 and takes NaN for NaN.
          expect(y.toArray()).toEqual(x.toArray());
        }
        expect(Object.entries(back.metadata).sort()).toEqual(Object.entries(metadata ?? {}).sort());
        expect(encodeSafetensors(back.tensors, metadata === null ? {} : { metadata: back.metadata })).toEqual(file);
      }),
    );
  });

  it("has the bits of x: of NaN with any payload, -0 and subnormal numbers", () => {
    const bits = fc.array(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(bits, (words) => {
        const buffer = Int32Array.from(words.slice(0, words.length & ~1)).buffer;
        const [narrow, wide] = [new Float32Array(buffer), new Float64Array(buffer)];
        const file = encodeSafetensors({ f: new Tensor(narrow, [narrow.length]), d: new Tensor(wide, [wide.length]) });
        const { f, d } = decodeSafetensors(file).tensors;
        expect(new Int32Array(f.data.buffer)).toEqual(new Int32Array(buffer));
        expect(new Int32Array(d.data.buffer)).toEqual(new Int32Array(buffer));
      }),
    );
  });
});

describe("a damaged safetensors file", () => {
  const files = fc
    .tuple(record(anyTensor), record(fc.string({ maxLength: 5 })))
    .map(([tensors, metadata]) => encodeSafetensors(tensors, { metadata }));

  it("is a DataError wherever it is cut off, and when anything follows it", () => {
    fc.assert(
      fc.property(files, fc.uint8Array({ minLength: 1, maxLength: 9 }), (file, rest) => {
        for (let length = 0; length < file.length; length++) {
          expect(outcome(() => decodeSafetensors(file.subarray(0, length))).error).toBeInstanceOf(DataError);
        }
        expect(outcome(() => decodeSafetensors(Uint8Array.of(...file, ...rest))).error).toBeInstanceOf(DataError);
      }),
      { numRuns: 50 },
    );
  });

  it("is a DataError or holds tensors no larger than itself, whatever became of its bytes", () => {
    /** A stretch of the file that is replaced: by as many bytes, by fewer, by more. */
    const damage = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      isInHeader: fc.boolean(),
      removed: fc.nat(4),
      inserted: fc.oneof(
        fc.uint8Array({ maxLength: 4 }),
        fc.constantFrom(...'{}[],:"\\-.0123456789eE ').map((text) => Uint8Array.of(text.charCodeAt(0))),
      ),
      isRepaired: fc.boolean(),
    });
    fc.assert(
      fc.property(files, fc.array(damage, { minLength: 1, maxLength: 3 }), (file, damages) => {
        let bytes: number[] = [...file];
        for (const { at, isInHeader, removed, inserted, isRepaired } of damages) {
          const header = new DataView(Uint8Array.from(bytes).buffer).getUint32(0, true);
          const from = isInHeader ? 8 : 0;
          const place =
            from + Math.floor(at * ((isInHeader ? Math.min(8 + header, bytes.length) : bytes.length) - from));
          bytes = bytes.toSpliced(place, removed, ...inserted);
          // With a length that fits again the damage gets as far as it can.
          if (isInHeader && isRepaired) bytes[0] = (header + inserted.length - removed) & 0xff;
          while (bytes.length < 8) bytes.push(0);
        }
        const { value, error } = outcome(() => decodeSafetensors(Uint8Array.from(bytes)));
        if (value === undefined) expect(error).toBeInstanceOf(DataError);
        else {
          const sizes = Object.values(value.tensors).map((x) => x.size);
          expect(sizes.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(bytes.length);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
