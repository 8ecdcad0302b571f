import { DataError } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { messageOf } from "../../../../../testing/message-of.ts";
import { swapToMachine } from "../elements.ts";
import { decodeSafetensors } from "./decode.ts";

/** A file of a header, text or JSON, and data. */
function file(header: unknown, data: ArrayLike<number> = []): Uint8Array {
  const text = header instanceof Uint8Array ? header : new TextEncoder().encode(header as string);
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}
/** A file of one tensor. */
const one = (dtype: string, shape: number[], data: ArrayBuffer | number[]) => {
  const bytes = new Uint8Array(data);
  return file(JSON.stringify({ w: { dtype, shape, data_offsets: [0, bytes.length] } }), bytes);
};
const read = (bytes: Uint8Array) => decodeSafetensors(bytes).tensors.w;
const good = '"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}';
const eight = new Uint8Array(8);
const bytesOf = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

describe("decodeSafetensors", () => {
  it("reads a file that lies anywhere in a larger buffer, into storage of its own", () => {
    const bytes = one("F32", [2], Float32Array.of(1.5, -2).buffer);
    for (let shift = 0; shift < 8; shift++) {
      const larger = new Uint8Array(bytes.length + 16);
      larger.set(bytes, shift);
      const w = read(larger.subarray(shift, shift + bytes.length));
      larger.fill(255);
      expect(w.toArray()).toEqual([1.5, -2]);
    }
    // The slice of a Buffer is no copy.
    const buffer = Buffer.from(bytes);
    const w = read(buffer);
    buffer.fill(255);
    expect(w.toArray()).toEqual([1.5, -2]);
  });

  it("reads members in any order, white space, escapes, and a file of no tensors", () => {
    const header =
      ' { "\\u0077" :\n{"data_offsets":[ 4 , 8 ],"shape":[ ],"dtype":"F32"},"v":{"shape":[1],"dtype":"F32","data_offsets":[0,4]} } \n';
    const { tensors } = decodeSafetensors(file(header.trimStart(), new Uint8Array(Float32Array.of(1, 2).buffer)));
    expect(Object.keys(tensors)).toEqual(["w", "v"]);
    expect([tensors.w.shape, tensors.w.item(), tensors.v.toArray()]).toEqual([[], 2, [1]]);
    expect(decodeSafetensors(file("{}"))).toEqual({ tensors: {}, metadata: {} });
  });

  it("reads an empty tensor wherever it stands between others", () => {
    const empty = (name: string, at: number) => `"${name}":{"dtype":"I32","shape":[0],"data_offsets":[${at},${at}]}`;
    const { tensors } = decodeSafetensors(file(`{${good},${empty("first", 0)},${empty("last", 8)}}`, eight));
    expect(Object.keys(tensors)).toEqual(["w", "first", "last"]);
    expect(() => decodeSafetensors(file(`{${good},${empty("within", 4)}}`, eight))).toThrow("within");
  });

  it("keeps every name a name", () => {
    const member = '{"dtype":"I32","shape":[],"data_offsets":[0,4]}';
    const { tensors, metadata } = decodeSafetensors(
      file(`{"__metadata__":{"__proto__":"x"},"__proto__":${member}}`, [7, 0, 0, 0]),
    );
    expect(Object.keys(tensors)).toEqual(["__proto__"]);
    expect(Object.hasOwn(tensors, "__proto__")).toBe(true);
    expect(Object.values(tensors)[0].item()).toBe(7);
    expect(Object.entries(metadata)).toEqual([["__proto__", "x"]]);
    expect(tensors.constructor).toBeUndefined();
    expect(({} as { item?: unknown }).item).toBeUndefined();
  });

  it("gives every F16 and BF16 its value", () => {
    const all = Uint16Array.from({ length: 2 ** 16 }, (_, i) => i);
    const half = read(one("F16", [2 ** 16], all.buffer)).data;
    const brain = read(one("BF16", [2 ** 16], all.buffer)).data;
    /** ±fraction · 2^(exponent − bias), as IEEE 754 says for any width. */
    const value = (bits: number, exponentBits: number) => {
      const fractionBits = 15 - exponentBits;
      const bias = 2 ** (exponentBits - 1) - 1;
      const sign = bits >> 15 ? -1 : 1;
      const exponent = (bits >> fractionBits) & (2 ** exponentBits - 1);
      const fraction = (bits & (2 ** fractionBits - 1)) / 2 ** fractionBits;
      if (exponent === 2 ** exponentBits - 1) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
      return exponent === 0 ? sign * fraction * 2 ** (1 - bias) : sign * (1 + fraction) * 2 ** (exponent - bias);
    };
    expect(all.findIndex((bits) => !Object.is(half[bits], value(bits, 5)))).toBe(-1);
    expect(all.findIndex((bits) => !Object.is(brain[bits], value(bits, 8)))).toBe(-1);
  });

  it("gives integers of other widths as int32, where they fit", () => {
    expect(read(one("I64", [3], BigInt64Array.of(-(2n ** 31n), -1n, 2n ** 31n - 1n).buffer)).toArray()).toEqual([
      -(2 ** 31),
      -1,
      2 ** 31 - 1,
    ]);
    expect(
      messageOf(() => read(one("I64", [2], BigInt64Array.of(5n, -(2n ** 31n) - 1n).buffer))),
    ).toMatchInlineSnapshot(
      `"decodeSafetensors: the data has -2147483649 as element 1 of "w" (I64), not integers from -2^31 to 2^31 - 1, which int32 holds (byte 71)."`,
    );
    expect(messageOf(() => read(one("U64", [1], BigUint64Array.of(2n ** 64n - 1n).buffer)))).toMatchInlineSnapshot(
      `"decodeSafetensors: the data has 18446744073709551615 as element 0 of "w" (U64), not integers from -2^31 to 2^31 - 1, which int32 holds (byte 62)."`,
    );
    expect(messageOf(() => read(one("U32", [1], Uint32Array.of(2 ** 31).buffer)))).toMatchInlineSnapshot(
      `"decodeSafetensors: the data has 2147483648 as element 0 of "w" (U32), not integers up to 2^31 - 1, which int32 holds (byte 62)."`,
    );
    for (const value of [2n ** 31n, 2n ** 32n, -(2n ** 32n), 2n ** 63n - 1n, -(2n ** 63n)]) {
      expect(messageOf(() => read(one("I64", [1], BigInt64Array.of(value).buffer)))).toContain(`has ${value} as`);
      const unsigned = BigInt.asUintN(64, value);
      expect(messageOf(() => read(one("U64", [1], BigUint64Array.of(unsigned).buffer)))).toContain(
        `has ${unsigned} as`,
      );
    }
  });

  it("refuses bools that are neither 0 nor 1", () => {
    expect(read(one("BOOL", [2], [0, 1])).toArray()).toEqual([false, true]);
    expect(messageOf(() => read(one("BOOL", [3], [0, 1, 2])))).toMatchInlineSnapshot(
      `"decodeSafetensors: the data has 2 as element 2 of "w" (BOOL), not 0 or 1 (byte 65)."`,
    );
  });

  it("refuses types that no tensor holds, and those that nobody knows", () => {
    expect(messageOf(() => read(one("F8_E4M3", [1], [0])))).toMatchInlineSnapshot(
      `"decodeSafetensors: the data has "w" in F8_E4M3, which no tensor here holds (byte 22). Convert it to F32 where the file comes from."`,
    );
    expect(messageOf(() => read(one("C64", [1], eight.buffer)))).toMatchInlineSnapshot(
      `"decodeSafetensors: the data has "w" in C64, which no tensor here holds (byte 22). Convert it to F32 where the file comes from."`,
    );
    expect(messageOf(() => read(one("float32", [1], [0])))).toMatchInlineSnapshot(
      `"decodeSafetensors: the data has the unknown element type "float32" for "w" (byte 22). The types are F64, F32, F16, BF16, I64, I32, I16, I8, U64, U32, U16, U8, BOOL."`,
    );
    expect(messageOf(() => read(one("constructor", [1], [0])))).toContain("unknown element type");
  });

  const lies: { readonly [lie: string]: Uint8Array } = {
    "no bytes": new Uint8Array(0),
    "5 bytes": new Uint8Array(5),
    "a header longer than the file": file(`{${good}}`, eight).subarray(0, 30),
    "a header of more than 100 MB": Uint8Array.of(0x01, 0xe1, 0xf5, 0x05, 0, 0, 0, 0),
    "a zip": Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0, 0, 0),
    "a header of 2^64 - 1 bytes": new Uint8Array(20).fill(255),
    "an empty header": file(""),
    "a header that is a list": file("[]"),
    "a header that begins with a space": file(` {${good}}`, eight),
    "a header that begins with a byte order mark": file(`\ufeff{${good}}`, eight),
    "text that is no JSON": file(`{${good.replace(":", "=")}}`, eight),
    "a header that ends early": file(`{${good}`, eight),
    "something after the header": file(`{${good}}\0`, eight),
    "a comma too many": file(`{${good},}`, eight),
    "a string that does not end": file('{"w'),
    "a string that ends with a backslash": file('{"w\\'),
    "a name that is not UTF-8": file(bytesOf('{"\xff":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}'), eight),
    "a byte that is not UTF-8": file(bytesOf("{\xff}")),
    "an unknown escape": file(`{${good.replace("w", "\\w")}}`, eight),
    "a line break in a string": file(`{${good.replace("w", "\n")}}`, eight),
    "half of a surrogate pair": file(`{${good.replace("w", "\\ud800")}}`, eight),
    "a tensor twice": file(`{${good},${good}}`, eight),
    "a tensor twice, written differently": file(`{${good},${good.replace("w", "\\u0077")}}`, eight),
    "a field twice": file(`{${good.replace("}", ',"dtype":"F32"}')}}`, eight),
    "metadata twice": file(`{"__metadata__":{},"__metadata__":{},${good}}`, eight),
    "a text twice": file(`{"__metadata__":{"a":"1","a":"2"},${good}}`, eight),
    "metadata that are no object": file(`{"__metadata__":null,${good}}`, eight),
    "metadata that are no texts": file(`{"__metadata__":{"a":1},${good}}`, eight),
    "a tensor that is no object": file('{"w":["F32",[2],[0,8]]}', eight),
    "an unknown field": file(`{${good.replace("}", ',"strides":[1]}')}}`, eight),
    "a missing field": file('{"w":{"dtype":"F32","data_offsets":[0,8]}}', eight),
    "a type that is no string": file(`{${good.replace('"F32"', "32")}}`, eight),
    "a shape that is no list": file(`{${good.replace("[2]", "2")}}`, eight),
    "a negative length": file(`{${good.replace("[2]", "[-2]")}}`, eight),
    "a length that is no integer": file(`{${good.replace("[2]", "[2.0]")}}`, eight),
    "a length with an exponent": file(`{${good.replace("[2]", "[2e0]")}}`, eight),
    "a length with a zero before it": file(`{${good.replace("[2]", "[02]")}}`, eight),
    "a length that is a string": file(`{${good.replace("[2]", '["2"]')}}`, eight),
    "a length of 2^53": file(`{${good.replace("[2]", "[9007199254740992]")}}`, eight),
    "a length of many digits": file(`{${good.replace("[2]", `[${"9".repeat(5000)}]`)}}`, eight),
    "a product of lengths that no number holds": file(`{${good.replace("[2]", "[4294967296,4294967296]")}}`, eight),
    "the same with a 0 among them": file(`{${good.replace("[2]", "[0,4294967296,4294967296]")}}`, eight),
    "one offset": file(`{${good.replace("[0,8]", "[0]")}}`, eight),
    "three offsets": file(`{${good.replace("[0,8]", "[0,8,8]")}}`, eight),
    "offsets that are no integers": file(`{${good.replace("[0,8]", "[0,8.5]")}}`, eight),
    "offsets that run backwards": file(`{${good.replace("[0,8]", "[8,0]")}}`, eight),
    "offsets beyond the data": file(`{${good}}`, eight.subarray(0, 7)),
    "fewer bytes than the shape has": file(`{${good.replace("[0,8]", "[0,4]")}}`, eight),
    "tensors that overlap": file(`{${good},${good.replace("w", "v").replace("[0,8]", "[4,12]")}}`, new Uint8Array(12)),
    "tensors that share their bytes": file(`{${good},${good.replace("w", "v")}}`, eight),
    "a hole before a tensor": file(`{${good.replace("[0,8]", "[4,12]")}}`, new Uint8Array(12)),
    "a hole between tensors": file(
      `{${good},${good.replace("w", "v").replace("[0,8]", "[9,17]")}}`,
      new Uint8Array(17),
    ),
    "bytes after the tensors": file(`{${good}}`, new Uint8Array(9)),
    "bytes of no tensors": file("{}", [1, 2]),
    "nesting without end": file(`{"w":${"[".repeat(100_000)}`),
    "nesting in a shape": file(`{${good.replace("[2]", `${"[".repeat(100_000)}${"]".repeat(100_000)}`)}}`, eight),
    "nesting in the metadata": file(`{"__metadata__":${'{"a":'.repeat(100_000)}`),
    "a name of many letters": file(`{${good.replace("w", "w".repeat(100_000))}}`, eight.subarray(1)),
  };

  it("says of every lie what is wrong, and where", () => {
    const said = Object.entries(lies).map(([lie, bytes]) => {
      const before = process.memoryUsage().arrayBuffers;
      let text = "nothing was thrown";
      try {
        decodeSafetensors(bytes);
      } catch (error) {
        expect(error, lie).toBeInstanceOf(DataError);
        const { op, argument, expected, received, message } = error as DataError;
        expect([op, argument, typeof expected, typeof received], lie).toEqual([
          "decodeSafetensors",
          "source",
          "string",
          "string",
        ]);
        text = message.replace("decodeSafetensors: the data ", "");
      }
      expect(process.memoryUsage().arrayBuffers - before, lie).toBeLessThan(2 ** 20);
      expect(text.length, lie).toBeLessThan(400);
      return `${lie}: ${text}`;
    });
    expect(said.join("\n")).toMatchInlineSnapshot(`
      "no bytes: ends within the length of its header (byte 0).
      5 bytes: ends within the length of its header (byte 5).
      a header longer than the file: ends within its header of 54 bytes (byte 30).
      a header of more than 100 MB: says that its header has 100,000,001 bytes; the format allows 100,000,000 (byte 0). A file that begins with 01 e1 f5 05 00 00 00 00 is probably not safetensors.
      a zip: is not a safetensors file: it is a zip, as numpy.savez, torch.save and Keras write (byte 0). readNpz reads .npz files, and names the others.
      a header of 2^64 - 1 bytes: says that its header has 1.84e+19 bytes; the format allows 100,000,000 (byte 0). A file that begins with ff ff ff ff ff ff ff ff is probably not safetensors.
      an empty header: is not a safetensors file: its header is empty (byte 8).
      a header that is a list: is not a safetensors file: its header begins with 5b, not with 7b ("{") (byte 8).
      a header that begins with a space: is not a safetensors file: its header begins with 20, not with 7b ("{") (byte 8).
      a header that begins with a byte order mark: is not a safetensors file: its header begins with ef, not with 7b ("{") (byte 8).
      text that is no JSON: has ={"dtype" where ":" should be: the value of "w" in the header (byte 12).
      a header that ends early: has the end of the header where "," or "}" should be: the header (byte 61).
      something after the header: has the byte 00 where nothing but spaces should be: after the header's last } (byte 62).
      a comma too many: has } where a string should be: a name in the header (byte 62).
      a string that does not end: has a string that does not end: a name in the header (byte 9).
      a string that ends with a backslash: has a string that does not end: a name in the header (byte 9).
      a name that is not UTF-8: has a string that is not UTF-8: a name in the header (byte 9).
      a byte that is not UTF-8: has the byte ff where a string should be: a name in the header (byte 9).
      an unknown escape: has a string with an unknown escape or a control character: a name in the header (byte 9).
      a line break in a string: has a string with an unknown escape or a control character: a name in the header (byte 9).
      half of a surrogate pair: has a string with half of a surrogate pair: a name in the header (byte 9).
      a tensor twice: has "w" twice in the header (byte 62). Only one of the two could be kept.
      a tensor twice, written differently: has "w" twice in the header (byte 62). Only one of the two could be kept.
      a field twice: has "dtype" twice in "w" (byte 61). Only one of the two could be kept.
      metadata twice: has "__metadata__" twice in the header (byte 27). Only one of the two could be kept.
      a text twice: has "a" twice in __metadata__ (byte 33). Only one of the two could be kept.
      metadata that are no object: has null where { should be: __metadata__ (byte 24).
      metadata that are no texts: has 1 where a string should be: the value of "a" in __metadata__ (byte 29).
      a tensor that is no object: has ["F32" where { should be: "w" (byte 13).
      an unknown field: says "strides" of "w", which the format does not know (byte 61). A tensor has dtype, shape, data_offsets.
      a missing field: does not give the shape of "w" (byte 9).
      a type that is no string: has 32 where a string should be: the element type of "w" (byte 22).
      a shape that is no list: has 2 where [ should be: the shape of "w" (byte 36).
      a negative length: has -2 where an integer from 0 to 2^53 - 1 should be: a length in the shape of "w" (byte 37).
      a length that is no integer: has 2.0 where an integer from 0 to 2^53 - 1 should be: a length in the shape of "w" (byte 37).
      a length with an exponent: has 2e0 where an integer from 0 to 2^53 - 1 should be: a length in the shape of "w" (byte 37).
      a length with a zero before it: has 02 where an integer from 0 to 2^53 - 1 should be: a length in the shape of "w" (byte 37).
      a length that is a string: has "2" where an integer from 0 to 2^53 - 1 should be: a length in the shape of "w" (byte 37).
      a length of 2^53: has 9007199254740992 where an integer from 0 to 2^53 - 1 should be: a length in the shape of "w" (byte 37).
      a length of many digits: has 999999999999999999999999 where an integer from 0 to 2^53 - 1 should be: a length in the shape of "w" (byte 37).
      a product of lengths that no number holds: gives "w" the shape [4294967296, 4294967296], more than any file holds (byte 28).
      the same with a 0 among them: gives "w" the shape [0, 4294967296, 4294967296], more than any file holds (byte 28).
      one offset: gives "w" 1 of two data_offsets (byte 40).
      three offsets: gives "w" more than two data_offsets (byte 60).
      offsets that are no integers: has 8.5 where an integer from 0 to 2^53 - 1 should be: one of the data_offsets of "w" (byte 58).
      offsets that run backwards: gives "w" data_offsets that run backwards: 8 … 0 (byte 40).
      offsets beyond the data: gives "w" the bytes 0 … 8 of 7 bytes of data (byte 40). The file was cut off, or its header is wrong. Copy or download it again.
      fewer bytes than the shape has: gives "w" 4 bytes (0 … 4), but [2] of F32 is 8 bytes (byte 40).
      tensors that overlap: has "v" begin at byte 4 of the data, within "w", which ends at 8 (byte 62). Tensors must not share bytes.
      tensors that share their bytes: has "v" begin at byte 0 of the data, within "w", which ends at 8 (byte 62). Tensors must not share bytes.
      a hole before a tensor: leaves bytes 0 … 4 of the data, before "w", to no tensor (byte 63).
      a hole between tensors: leaves bytes 8 … 9 of the data, before "v", to no tensor (byte 124).
      bytes after the tensors: goes on after its 1 tensor (byte 70). The header and the data do not belong together.
      bytes of no tensors: goes on after its 0 tensors (byte 10). The header and the data do not belong together.
      nesting without end: has [[[[[[[[[[[[[[[[[[[[[[[[ where { should be: "w" (byte 13).
      nesting in a shape: has [[[[[[[[[[[[[[[[[[[[[[[[ where an integer from 0 to 2^53 - 1 should be: a length in the shape of "w" (byte 37).
      nesting in the metadata: has {"a" where a string should be: the value of "a" in __metadata__ (byte 29).
      a name of many letters: gives "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww…wwwwwwwwwwwwwwww" the bytes 0 … 8 of 7 bytes of data (byte 100,039). The file was cut off, or its header is wrong. Copy or download it again."
    `);
  });

  it("allocates nothing for a header that claims more than the file holds", () => {
    const claim = file(`{"w":{"dtype":"F32","shape":[1048576,1048576],"data_offsets":[0,${2 ** 42}]}}`, eight);
    expect(messageOf(() => decodeSafetensors(claim, { name: "big" }))).toMatchInlineSnapshot(
      `"decodeSafetensors: big gives "w" the bytes 0 … 4,398,046,511,104 of 8 bytes of data (byte 54). The file was cut off, or its header is wrong. Copy or download it again."`,
    );
  });

  it("refuses what are no bytes and no options", () => {
    expect(messageOf(() => decodeSafetensors(new ArrayBuffer(8) as never))).toMatchInlineSnapshot(
      `"decodeSafetensors: bytes is an ArrayBuffer; expected a Uint8Array. Wrap an ArrayBuffer: new Uint8Array(buffer)."`,
    );
    expect(messageOf(() => decodeSafetensors(file("{}"), { nam: "x" } as never))).toContain('Did you mean "name"?');
  });
});

describe("swapToMachine", () => {
  it("turns the bytes of each word around where the machine needs it", () => {
    const swapped = (width: number) => {
      const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
      swapToMachine(bytes, width, true);
      return [...bytes];
    };
    expect(swapped(1)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(swapped(2)).toEqual([2, 1, 4, 3, 6, 5, 8, 7]);
    expect(swapped(4)).toEqual([4, 3, 2, 1, 8, 7, 6, 5]);
    expect(swapped(8)).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
  });
});
