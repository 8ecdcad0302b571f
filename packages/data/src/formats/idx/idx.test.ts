import { Tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { decodeIdx, encodeIdx } from "./idx.ts";

const bytes = (...values: number[]) => Uint8Array.from(values);

describe("decodeIdx", () => {
  it("reads each element type, big-endian, with signs", () => {
    expect(decodeIdx(bytes(0, 0, 0x08, 1, 0, 0, 0, 2, 0, 255)).toArray()).toEqual([0, 255]);
    expect(decodeIdx(bytes(0, 0, 0x09, 1, 0, 0, 0, 2, 1, 255)).toArray()).toEqual([1, -1]);
    expect(decodeIdx(bytes(0, 0, 0x0b, 1, 0, 0, 0, 2, 1, 2, 0xff, 0xfe)).toArray()).toEqual([258, -2]);
    expect(decodeIdx(bytes(0, 0, 0x0c, 1, 0, 0, 0, 1, 0x80, 0, 0, 1)).toArray()).toEqual([-(2 ** 31) + 1]);
    expect(decodeIdx(bytes(0, 0, 0x0d, 1, 0, 0, 0, 1, 0x3f, 0xc0, 0, 0)).toArray()).toEqual([1.5]);
    expect(decodeIdx(bytes(0, 0, 0x0e, 1, 0, 0, 0, 1, 0xbf, 0xf8, 0, 0, 0, 0, 0, 0)).toArray()).toEqual([-1.5]);
  });

  it("gives ubytes as int32, or in a float dtype when asked to", () => {
    const labels = bytes(0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 2, 7, 9);
    expect(decodeIdx(labels).dtype).toBe("int32");
    const y = decodeIdx(labels, { dtype: "float32" });
    expect([y.dtype, y.shape, y.toArray()]).toEqual(["float32", [1, 2], [[7, 9]]]);
  });

  it("reads a file that lies inside a larger buffer", () => {
    const inside = bytes(9, 9, 9, 0, 0, 8, 1, 0, 0, 0, 1, 5, 9).subarray(3, 12);
    expect(decodeIdx(inside).toArray()).toEqual([5]);
  });

  it("refuses dtypes that do not hold every value of the file", () => {
    const ints = encodeIdx(new Tensor(Int32Array.of(1), [1]));
    expect(() => decodeIdx(ints, { dtype: "float32" })).toThrowErrorMatchingInlineSnapshot(
      `[DTypeError: decodeIdx: "float32" does not hold every value of the data, which is of type int; expected "int32" or "float64".]`,
    );
    expect(() => decodeIdx(ints, { type: "int32" } as never)).toThrow('unknown option "type"');
  });

  it("says what is wrong with a file, and where", () => {
    expect(() => decodeIdx(bytes())).toThrowErrorMatchingInlineSnapshot(
      `[DataError: decodeIdx: the data ends within its header (byte 0).]`,
    );
    expect(() => decodeIdx(bytes(0, 0, 8, 3, 0, 0, 0, 1))).toThrowErrorMatchingInlineSnapshot(
      `[DataError: decodeIdx: the data ends within its header (byte 8).]`,
    );
    expect(() => decodeIdx(bytes(0x89, 0x50, 0x4e, 0x47))).toThrowErrorMatchingInlineSnapshot(
      `[DataError: decodeIdx: the data is not an IDX file: it is a PNG image (byte 0). readPng reads it.]`,
    );
    expect(() => decodeIdx(bytes(0x1f, 0x8b, 8, 0))).toThrowErrorMatchingInlineSnapshot(
      `[DataError: decodeIdx: the data is not an IDX file: it is gzip (byte 0). Unpack it first; readIdx does it by itself.]`,
    );
    expect(() => decodeIdx(bytes(0, 0, 0x0a, 1, 0, 0, 0, 0))).toThrowErrorMatchingInlineSnapshot(
      `[DataError: decodeIdx: the data has the unknown element type 0a (byte 2). The types are 08 (ubyte), 09 (byte), 0b (short), 0c (int), 0d (float), 0e (double).]`,
    );
    expect(() => decodeIdx(bytes(0, 0, 8, 1, 0, 0, 0, 4, 1, 2))).toThrowErrorMatchingInlineSnapshot(
      `[DataError: decodeIdx: the data ends after 2 of 4 labels (byte 10).]`,
    );
    expect(() =>
      decodeIdx(bytes(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3)),
    ).toThrowErrorMatchingInlineSnapshot(`[DataError: decodeIdx: the data ends after 1 of 2 images (byte 19).]`);
    expect(() => decodeIdx(bytes(0, 0, 0x0d, 1, 0, 0, 0, 1, 1))).toThrowErrorMatchingInlineSnapshot(
      `[DataError: decodeIdx: the data ends after 0 of 1 value (byte 9).]`,
    );
    expect(() => decodeIdx(bytes(0, 0, 8, 1, 0, 0, 0, 1, 1, 2))).toThrowErrorMatchingInlineSnapshot(
      `[DataError: decodeIdx: the data goes on after its 1 label (byte 9). The header and the data do not belong together.]`,
    );
  });

  it("allocates nothing for a header that claims more than the file holds", () => {
    const terabytes = bytes(0, 0, 0x0e, 2, 0, 0xff, 0xff, 0xff, 0, 0xff, 0xff, 0xff, 1);
    expect(() => decodeIdx(terabytes)).toThrowErrorMatchingInlineSnapshot(
      `[DataError: decodeIdx: the data ends after 0 of 281,474,943,156,225 values (byte 13).]`,
    );
    const endless = bytes(0, 0, 8, 3, ...new Array(12).fill(0xff));
    expect(() => decodeIdx(endless)).toThrowErrorMatchingInlineSnapshot(
      `[DataError: decodeIdx: the data says it has the shape [4294967295, 4294967295, 4294967295], more than any file holds (byte 4).]`,
    );
    const zeroTimesEndless = bytes(0, 0, 8, 4, 0, 0, 0, 0, ...new Array(12).fill(0xff));
    expect(() => decodeIdx(zeroTimesEndless)).toThrow("more than any file holds");
  });
});

describe("encodeIdx", () => {
  it("writes the bytes of the format", () => {
    expect(encodeIdx(new Tensor(Int32Array.of(1, -2), [2, 1]))).toEqual(
      bytes(0, 0, 0x0c, 2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xfe),
    );
    expect(encodeIdx(new Tensor(Float32Array.of(7, 9), [2]), { type: "ubyte" })).toEqual(
      bytes(0, 0, 8, 1, 0, 0, 0, 2, 7, 9),
    );
    expect(encodeIdx(new Tensor(Uint8Array.of(1, 0), [2]))).toEqual(bytes(0, 0, 8, 1, 0, 0, 0, 2, 1, 0));
  });

  it("refuses values that the type does not hold, rather than write others", () => {
    expect(() =>
      encodeIdx(new Tensor(Int32Array.of(5, 256), [2]), { type: "ubyte" }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[DTypeError: encodeIdx: element 1 is 256, which the type ubyte does not hold (it would become 0); expected values of the type ubyte. Choose a wider type, or round and clip the tensor first.]`,
    );
    expect(() => encodeIdx(new Tensor(Float64Array.of(0.1), [1]), { type: "float" })).toThrow("element 0 is 0.1");
    expect(() => encodeIdx(new Tensor(Float64Array.of(0.5), [1]), { type: "int" })).toThrow("element 0 is 0.5");
    expect(() => encodeIdx(new Tensor(Float64Array.of(Number.NaN), [1]), { type: "short" })).toThrow("is NaN");
    expect(() =>
      encodeIdx(new Tensor(Int32Array.of(5), [1]), { type: "uint8" as never }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[DTypeError: encodeIdx: "uint8" is not an IDX type; expected ubyte, byte, short, int, float, double.]`,
    );
  });
});
