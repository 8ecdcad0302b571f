/** Files that NumPy wrote, beside their values, and files that it would write: scripts/numpy-fixtures.py made them. */
import { readFileSync } from "node:fs";
import { DataError, kernels, type Nested, tensor, zeros } from "@adjoint/tensor";
import { strToU8, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { messageOf } from "../../../../../testing/message-of.ts";
import { decodeNpy, encodeNpy } from "./npy.ts";
import { decodeNpz, encodeNpz } from "./npz.ts";

interface Saved {
  readonly file: string;
  readonly shape: number[];
  readonly values: readonly (number | boolean | string)[];
}
const fixture: {
  readonly arrays: readonly (Saved & { readonly name: string; readonly kind: string })[];
  readonly ours: readonly (Saved & { readonly dtype: "float32" })[];
  readonly wide: Saved;
  readonly unsigned: Saved;
  readonly refused: Readonly<Record<string, string>>;
  readonly npz: { readonly stored: string; readonly compressed: string };
} = JSON.parse(readFileSync(new URL("fixtures/numpy.json", import.meta.url), "utf8"));

const bytesOf = (file: string) => new Uint8Array(Buffer.from(file, "base64"));
/** Values as the fixture has them: what JSON cannot hold as strings. */
const fromJson = (values: Saved["values"]) =>
  values.map((value) => (typeof value === "string" ? Number(value.replace("inf", "Infinity")) : value));
const flat = (x: Nested): unknown => (Array.isArray(x) ? x.flat(Number.POSITIVE_INFINITY) : [x]);
const npy = (header: string, data: readonly number[] = []) =>
  Uint8Array.of(0x93, ...strToU8("NUMPY"), 1, 0, header.length, 0, ...strToU8(header), ...data);

describe("decodeNpy", () => {
  it.each(fixture.arrays.map((array) => [array.name, array] as const))(
    "reads %s",
    (_, { file, shape, values, kind }) => {
      const x = decodeNpy(bytesOf(file));
      expect(x.shape).toEqual(shape);
      expect(flat(x.toArray())).toEqual(fromJson(values));
      expect(x.isContiguous).toBe(true);
      expect(x.dtype).toMatch(kind === "b" ? /bool/ : kind === "f" ? /float/ : /int32/);
    },
  );

  it("holds integers beyond 2^31 in float64 where it is asked to, and says so where not", () => {
    for (const { file, values } of [fixture.wide, fixture.unsigned]) {
      expect(decodeNpy(bytesOf(file), { dtype: "float64" }).toArray()).toEqual(values);
    }
    expect(messageOf(() => decodeNpy(bytesOf(fixture.wide.file)))).toMatchInlineSnapshot(
      `"decodeNpy: the data has 9007199254740991 as element 0, not integers from -2^31 to 2^31 - 1, which int32 holds (byte 128). Pass { dtype: "float64" }."`,
    );
    expect(decodeNpy(bytesOf(fixture.arrays[0].file), { dtype: "float64" }).dtype).toBe("float64");
    expect(() => decodeNpy(bytesOf(fixture.wide.file), { dtype: "int32" as never })).toThrow(/dtype is "int32"/);
  });

  it("refuses by name what no tensor holds, and says what to save instead", () => {
    const messages = Object.entries(fixture.refused).map(([, file]) => messageOf(() => decodeNpy(bytesOf(file))));
    expect(messages).toMatchInlineSnapshot(`
      [
        "decodeNpy: the data has elements of the type "|O", Python objects, which are a pickle (byte 10). Save numbers: np.stack(x) or x.astype(np.float64).",
        "decodeNpy: the data has elements of the type "<c16", complex numbers (byte 10). Save x.real and x.imag as two arrays.",
        "decodeNpy: the data has elements of the type "|S2", byte strings (byte 10). Save numbers: np.unique(x, return_inverse=True)[1] has one for each string.",
        "decodeNpy: the data has elements of the type "<U2", strings (byte 10). Save numbers: np.unique(x, return_inverse=True)[1] has one for each string.",
        "decodeNpy: the data has elements of the type "<M8[D]", dates (byte 10). Save numbers: x.astype(np.int64).",
        "decodeNpy: the data has elements of the type "<m8[s]", times (byte 10). Save numbers: x.astype(np.int64).",
        "decodeNpy: the data has elements of the type a list of fields, structures of fields (byte 10). Save each field as an array of its own.",
        "decodeNpy: the data has elements of the type "<f16", extended precision (byte 10). Save x.astype(np.float64).",
        "decodeNpy: the data has 2147483648 as element 1, not integers from -2^31 to 2^31 - 1, which int32 holds (byte 136). Pass { dtype: "float64" }.",
        "decodeNpy: the data has 4294967295 as element 0, not integers up to 2^31 - 1, which int32 holds (byte 128). Pass { dtype: "float64" }.",
      ]
    `);
  });

  it("reads bytes that begin anywhere in their buffer, and leaves them as they are", () => {
    for (const { file, values } of fixture.arrays) {
      for (const make of [(bytes: Uint8Array) => bytes, (bytes: Uint8Array) => Buffer.from(bytes.buffer)]) {
        const whole = make(Uint8Array.of(7, 7, 7, ...bytesOf(file)));
        const before = [...whole];
        expect(flat(decodeNpy(whole.subarray(3)).toArray())).toEqual(fromJson(values));
        expect([...whole]).toEqual(before);
      }
    }
  });

  it("reads headers as other writers have them", () => {
    const two = [1, 2];
    for (const header of [
      "{'shape': (2L,), 'fortran_order': False, 'descr': '|u1'}",
      `{"descr":"u1","fortran_order":True,"shape":(2,)}`,
      "{ 'descr' : '|u1' ,'fortran_order':False, 'shape': ( 2 , ) , }   \n",
    ]) {
      expect(decodeNpy(npy(header, two)).toArray()).toEqual(two);
    }
  });

  it("says where a header departs from the format", () => {
    const header = (text: string) => messageOf(() => decodeNpy(npy(text)));
    expect([
      header("{'descr': '|u1', 'fortran_order': False, 'shape': (3,)}"),
      header("{'descr': '|u1', 'fortran_order': False, 'shape': (0,), 'x': 1}"),
      header("{'descr': '|u1', 'fortran_order': False}"),
      header("{'descr': '|u1', 'fortran_order': 0, 'shape': ()}"),
      header("__import__('os').system('ls')"),
      header("{'descr': '|u1', 'fortran_order': False, 'shape': (-1,)}"),
      header("{'descr': '|u1', 'fortran_order': False, 'shape': (9007199254740993,)}"),
      header(`{'descr': '|u1', 'fortran_order': False, 'shape': (${"1000000,".repeat(5)})}`),
      header(`{'descr': '|u1', 'fortran_order': False, 'shape': (${"1,".repeat(65)})}`),
      header("{'descr': '|u1', 'descr': '|u1', 'fortran_order': False, 'shape': ()}"),
      header("{'descr': '|u1"),
      header("{'descr': '<q8', 'fortran_order': False, 'shape': ()}"),
      messageOf(() => decodeNpy(npy("{'descr': '|u1', 'fortran_order': False, 'shape': (1,)}", [1, 2]))),
      messageOf(() => decodeNpy(Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 9, 0, 0, 0))),
      messageOf(() => decodeNpy(Uint8Array.of(0x93, 0x4e, 0x55))),
      messageOf(() => decodeNpy(strToU8("1.5,2.5\n"))),
      messageOf(() => decodeNpy(Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 2, 0, 0xff, 0xff, 0xff, 0xff))),
    ]).toMatchInlineSnapshot(`
      [
        "decodeNpy: the data ends after 0 of the 3 bytes of its array of shape [3] (byte 65).",
        "decodeNpy: the data has 'x' in its header, not one of descr, fortran_order, shape, each once (byte 66).",
        "decodeNpy: the data lacks shape in its header (byte 10).",
        "decodeNpy: the data has 0 in its header, not True or False (byte 44).",
        "decodeNpy: the data has __import__('os').system('ls') in its header, not what NumPy writes (byte 10).",
        "decodeNpy: the data has -1,)} in its header, not what NumPy writes (byte 61).",
        "decodeNpy: the data has 9007199254740993 in its header, not a length below 2^53 (byte 61).",
        "decodeNpy: the data ends after 0 of the 1.00e+30 bytes of its array of shape [1000000, 1000000, 1000000, 1000000, 1000000] (byte 103).",
        "decodeNpy: the data has 65 axes; a tensor has at most 64 (byte 10).",
        "decodeNpy: the data has 'descr' in its header, not one of descr, fortran_order, shape, each once (byte 27).",
        "decodeNpy: the data has '|u1 in its header, not what NumPy writes (byte 19).",
        "decodeNpy: the data has elements of the type "<q8", an unknown type (byte 10). Save x.astype(np.float32).",
        "decodeNpy: the data goes on after its array of shape [1] (byte 66).",
        "decodeNpy: the data has version 9 of the format (byte 6).",
        "decodeNpy: the data ends within its header (byte 3).",
        "decodeNpy: the data is not an NPY file: it is text, "1.5,2.5\\n" (byte 0). Parse text first: text.trim().split("\\n").map((line) => line.split(",").map(Number)).",
        "decodeNpy: the data says that its header has 4,294,967,295 bytes (byte 8).",
      ]
    `);
  });
});

describe("encodeNpy", () => {
  it.each(fixture.ours.map((saved) => [saved.dtype, saved] as const))("writes NumPy's bytes: %s", (dtype, saved) => {
    const x = kernels.reshape(tensor(fromJson(saved.values) as number[], { dtype }), saved.shape);
    expect(Buffer.from(encodeNpy(x)).toString("base64")).toBe(saved.file);
  });
});

describe("decodeNpz", () => {
  it.each(["stored", "compressed"] as const)("reads what NumPy wrote, %s", (kind) => {
    const arrays = decodeNpz(bytesOf(fixture.npz[kind]));
    expect(Object.keys(arrays)).toEqual(["x", "labels/of t", "zeros"]);
    expect([arrays.x.shape, arrays.x.at(1, 0, 3)]).toEqual([[2, 3, 4], 15]);
    expect(arrays["labels/of t"].toArray()).toEqual([0, 128, 255]);
    expect(arrays.zeros.shape).toEqual([300]);
    expect(Object.keys(decodeNpz(bytesOf(fixture.npz[kind]), { names: ["zeros"] }))).toEqual(["zeros"]);
  });

  it("names what is wrong with an archive", () => {
    const whole = bytesOf(fixture.npz.compressed);
    const flipped = (at: number) => whole.map((byte, i) => (i === at ? byte ^ 0x55 : byte));
    const directory = whole.findIndex((_, i) => Buffer.from(whole).readUInt32LE(i) === 0x02014b50);
    const says = (bytes: Uint8Array, options = {}) => messageOf(() => decodeNpz(bytes, options));
    expect([
      says(whole.subarray(0, 300)),
      says(whole, { names: ["y"] }),
      says(whole, { maxBytes: 1000 }),
      says(flipped(60)),
      says(flipped(directory + 16)),
      says(flipped(directory + 8)),
      says(flipped(directory + 10)),
      says(flipped(directory + 26)),
      says(flipped(directory)),
      says(strToU8("hello")),
      says(zipSync({ "data.csv": strToU8("1,2") })),
      says(zipSync({ "archive/data.pkl": strToU8("1,2") })),
      says(zipSync({ "config.json": strToU8("{}"), "model.weights.h5": strToU8("1") })),
    ]).toMatchInlineSnapshot(`
      [
        "decodeNpz: the data is a zip without the directory at its end (byte 300). Copy or download the file again.",
        "decodeNpz: the data has no array "y" (byte 0). It has "x", "labels/of t", "zeros".",
        "decodeNpz: the data would unpack to 2,979 bytes; the limit is 1,000 (byte 0). If you trust the file, pass { maxBytes: 2979 }; { names } reads some of its arrays.",
        "decodeNpz: the data is corrupt in "x.npy": inflating says "invalid distance" (byte 55). Copy or download the file again.",
        "decodeNpz: the data has other bytes in "x.npy" than its checksum says (byte 55). Copy or download the file again.",
        "decodeNpz: the data has "x.npy" encrypted (byte 475). Unpack it, and pack it anew without.",
        "decodeNpz: the data has "x.npy" compressed by method 93 (byte 475). Unpack it, and pack it anew with deflate, which zip and NumPy use by default.",
        "decodeNpz: the data says that "x.npy" unpacks from 137 to 5,570,880 bytes, which its compression cannot (byte 475). Copy or download the file again.",
        "decodeNpz: the data is a zip whose directory is damaged (byte 475). Copy or download the file again.",
        "decodeNpz: the data is not an NPZ file: it is text, "hello" (byte 0). A spec is read by build(parseModelText(text)), a graph by graphFromJSON(text).",
        "decodeNpz: the data is not an NPZ file: it holds "data.csv" (byte 0).",
        "decodeNpz: the data is not an NPZ file: it is a file of PyTorch, as torch.save writes (.pt, .pth) (byte 0). Convert it in Python: from safetensors.torch import save_file; save_file({k: v.contiguous() for k, v in torch.load("FILE", map_location="cpu").items()}, "FILE.safetensors").",
        "decodeNpz: the data is not an NPZ file: it is a model of Keras (.keras) (byte 0). Convert it in Python: from safetensors.numpy import save_file; save_file({w.path: w.numpy() for w in keras.saving.load_model("FILE").weights}, "FILE.safetensors").",
      ]
    `);
    expect(() => decodeNpz(whole, { maxBytes: Number.NaN })).toThrow(/maxBytes is NaN/);
  });

  it("unpacks no bomb: not one that says its size, nor one that lies, nor entries that overlap", () => {
    const before = process.memoryUsage().arrayBuffers;
    const honest = encodeNpz({ x: zeros([2 ** 21]) }, { compress: true });
    expect(honest.length).toBeLessThan(2 ** 14);
    expect(messageOf(() => decodeNpz(honest, { maxBytes: 2 ** 20 }))).toMatch(/would unpack to 8,388,736 bytes/);
    const view = (bytes: Uint8Array) => new DataView(bytes.buffer);
    const directory = view(honest).getUint32(honest.length - 6, true);
    const small = honest.slice();
    view(small).setUint32(directory + 24, 1000, true);
    expect(messageOf(() => decodeNpz(small))).toMatch(/has more bytes in "x.npy" than the 1,000/);
    const large = honest.slice();
    view(large).setUint32(directory + 24, 2 ** 31, true);
    expect(messageOf(() => decodeNpz(large))).toMatch(/which its compression cannot/);
    // A second entry for the same bytes, under another name.
    const entry = honest.slice(directory, -22);
    entry[46] += 1;
    const end = honest.slice(-22);
    view(end).setUint16(10, 2, true);
    const twice = Uint8Array.of(...honest.slice(0, -22), ...entry, ...end);
    expect(messageOf(() => decodeNpz(twice))).toMatch(/they overlap/);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 25);
  });

  it("tells errors of an array by its name", () => {
    const file = zipSync({ "a.npy": encodeNpy(tensor([1, 2])).subarray(0, 130) });
    expect(() => decodeNpz(file)).toThrow(DataError);
    expect(messageOf(() => decodeNpz(file))).toMatchInlineSnapshot(
      `"decodeNpz: "a" in the data ends after 2 of the 8 bytes of its array of shape [2] (byte 130)."`,
    );
  });
});

describe("encodeNpz", () => {
  it("refuses what cannot be saved", () => {
    expect([
      messageOf(() => encodeNpz({ x: [1, 2] as never })),
      messageOf(() => encodeNpz([tensor([1])] as never)),
      messageOf(() => encodeNpz({ "": tensor([1]) })),
      messageOf(() => encodeNpz({ x: tensor([1]) }, { level: 9 } as never)),
      messageOf(() => encodeNpy([1] as never)),
    ]).toMatchInlineSnapshot(`
      [
        "encodeNpz: "x" is an array; expected a Tensor.",
        "encodeNpz: tensors is an array; expected an object such as { name: value }.",
        "encodeNpz: a tensor has the name ""; expected a name of 1 to 65,000 bytes.",
        "encodeNpz: unknown option "level". The options are compress.",
        "encodeNpy: tensor is an array; expected a Tensor. Wrap arrays with tensor(…).",
      ]
    `);
  });
});
