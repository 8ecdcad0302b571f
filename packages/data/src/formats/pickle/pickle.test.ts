/** Pickles that Python wrote: scripts/pickle-fixtures.py made them. */
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DataError, Tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { messageOf } from "../../../../../testing/message-of.ts";
import { refusedOpcodes } from "./opcodes.ts";
import { decodePickle, type PickleValue, readPickle } from "./pickle.ts";

type Encoded = Readonly<Record<string, string>>;
const fixture: {
  readonly protocols: Encoded;
  readonly refused: Encoded;
  readonly shared: string;
  readonly ordered: string;
  readonly single: string;
} = JSON.parse(readFileSync(new URL("fixtures/pickles.json", import.meta.url), "utf8"));
const bytesOf = (file: string) => new Uint8Array(Buffer.from(file, "base64"));
/** Tensors as their dtypes and values. */
const plain = (value: PickleValue): unknown =>
  value instanceof Tensor
    ? [value.dtype, value.shape, value.toArray()]
    : Array.isArray(value)
      ? value.map(plain)
      : value !== null && typeof value === "object"
        ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)]))
        : value;

describe("decodePickle", () => {
  it.each(Object.entries(fixture.protocols))(
    "reads arrays, numbers, strings, lists and dictionaries: %s",
    (_, file) => {
      expect(plain(decodePickle(bytesOf(file)))).toEqual({
        W1: [
          "float32",
          [2, 3],
          [
            [-2.5, -1.5, -0.5],
            [0.5, 1.5, 2.5],
          ],
        ],
        b1: ["float64", [2], [0.5, -0.25]],
        fortran: [
          "int32",
          [2, 3],
          [
            [0, 1, 2],
            [3, 4, 5],
          ],
        ],
        big: ["int32", [3], [0, 1, 2]],
        labels: ["int32", [3], [0, 200, 255]],
        flags: ["bool", [2], [true, false]],
        empty: ["float32", [0, 4], []],
        scalar: ["float64", [], 2.5],
        rate: 0.01,
        steps: 100_000,
        wide: -(2 ** 40),
        name: "multi-layer é",
        nothing: null,
        shape: [2, [3, true]],
      });
    },
  );

  it("reads what Python 2 wrote, where strings are bytes", () => {
    // pickle.dumps({"W": np.array([1.5, 2], dtype="<f4")}, 0) and 2, as NumPy 1.16 writes them.
    const head = "cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntS'b'\ntR";
    const type = "cnumpy\ndtype\n(S'f4'\nI0\nI1\ntR(I3\nS'<'\nNNNI-1\nI-1\nI0\ntb";
    const zero = `(dS'W'\n${head}(I1\n(I2\nt${type}I00\nS'\\x00\\x00\\xc0?\\x00\\x00\\x00@'\ntbs.`;
    expect(plain(decodePickle(Buffer.from(zero, "latin1")))).toEqual({ W: ["float32", [2], [1.5, 2]] });
    const two =
      "\x80\x02}U\x01Wcnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R" +
      "(K\x01K\x02\x85cnumpy\ndtype\nU\x02f4K\x00K\x01\x87R(K\x03U\x01>NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb" +
      "\x89U\x08\x3f\xc0\x00\x00\x40\x00\x00\x00tbs.";
    expect(plain(decodePickle(Buffer.from(two, "latin1")))).toEqual({ W: ["float32", [2], [1.5, 2]] });
  });

  it("keeps an array that is used twice as one, and takes an array by itself", () => {
    const { a, b } = decodePickle(bytesOf(fixture.shared)) as { a: Tensor; b: Tensor };
    expect([a.toArray(), a === b]).toEqual([[1, 1], true]);
    expect(plain(decodePickle(bytesOf(fixture.ordered)))).toEqual({ a: ["float32", [2], [1, 1]] });
    expect(plain(decodePickle(bytesOf(fixture.single)))).toEqual(["float32", [2], [1, 1]]);
  });

  it("executes nothing, and names what it refuses, and where", () => {
    const messages = Object.entries(fixture.refused).map(
      ([name, file]) => `${name}: ${messageOf(() => decodePickle(bytesOf(file)))}`,
    );
    expect(messages).toMatchInlineSnapshot(`
      [
        "a command: decodePickle: the data calls for "posix.system", which plain arrays do not need (byte 35). Save a dictionary of arrays by np.savez, which readNpz reads.",
        "a command, protocol 0: decodePickle: the data calls for "posix.system", which plain arrays do not need (byte 0). Save a dictionary of arrays by np.savez, which readNpz reads.",
        "an object: decodePickle: the data calls for "__main__.Plain", which plain arrays do not need (byte 2). Save a dictionary of arrays by np.savez, which readNpz reads.",
        "a set: decodePickle: the data has the opcode EMPTY_SET (0x8f), which plain arrays do not need (byte 11). Save a dictionary of arrays by np.savez, which readNpz reads.",
        "objects: decodePickle: the data has an array of Python objects (byte 148). Save a dictionary of arrays by np.savez, which readNpz reads.",
        "strings: decodePickle: the data has elements of the type "U1" (byte 144). Save a dictionary of arrays by np.savez, which readNpz reads.",
        "complex: decodePickle: the data has elements of the type "c16" (byte 163). Save a dictionary of arrays by np.savez, which readNpz reads.",
        "large: decodePickle: the data has an integer beyond 2^53 (byte 11).",
        "too large: decodePickle: the data has 1099511627776 as element 0, not integers from -2^31 to 2^31 - 1, which int32 holds (byte 154). Save x.astype(np.float64).",
        "builtin: decodePickle: the data calls for "builtins.eval", which plain arrays do not need (byte 0). Save a dictionary of arrays by np.savez, which readNpz reads.",
        "persistent: decodePickle: the data has the opcode BINPERSID (0x51), which plain arrays do not need (byte 8). PyTorch writes such files: convert it by safetensors.torch.save_file.",
        "instance: decodePickle: the data has the opcode INST (0x69), which plain arrays do not need (byte 1). Save a dictionary of arrays by np.savez, which readNpz reads.",
        "itself: decodePickle: the data has values nested in each other, or in themselves (byte 0 and on).",
      ]
    `);
  });

  it("refuses every opcode that arrays do not need, by name", () => {
    for (const [code, name] of refusedOpcodes) {
      expect(messageOf(() => decodePickle(Uint8Array.of(0x80, 2, 0x4e, code, 0x2e)))).toContain(
        `has the opcode ${name} (0x${code.toString(16)}), which plain arrays do not need (byte 3)`,
      );
    }
    expect(messageOf(() => decodePickle(Uint8Array.of(0x80, 2, 0xff)))).toContain("has the byte 0xff where an opcode");
    expect(messageOf(() => decodePickle(Uint8Array.of(0x80, 9, 0x2e)))).toContain("has protocol 9");
  });

  it("is a DataError wherever a file is cut off, and when anything follows it", () => {
    for (const [name, file] of Object.entries(fixture.protocols)) {
      const whole = bytesOf(file);
      const step = /protocol [04]/.test(name) ? 1 : 17;
      for (let length = 0; length < whole.length; length += step) {
        expect(() => decodePickle(whole.subarray(0, length))).toThrow(DataError);
      }
      expect(() => decodePickle(Uint8Array.of(...whole, 0))).toThrow(/goes on after its value/);
    }
  });

  it("allocates no more than a few times the file, whatever that asks for", () => {
    // One string of 64 KiB as bytes, a thousand times.
    const text = new Uint8Array(2 ** 16).fill(0x61);
    const encode = Buffer.concat([Buffer.from("c_codecs\nencode\nq\x00h\x01X\x06\x00\x00\x00latin1\x86R0", "latin1")]);
    const head = Uint8Array.of(0x80, 2, 0x58, 0, 0, 1, 0, ...text, 0x71, 1);
    const bomb = Buffer.concat([head, ...Array.from({ length: 1000 }, () => encode), Buffer.from("N.")]);
    expect(messageOf(() => decodePickle(bomb))).toMatch(/uses the same bytes for many arrays/);
    // A shape that promises more than there is.
    const lie = bytesOf(fixture.single);
    const place = Buffer.from(lie).indexOf(Buffer.from("4b0285", "hex"));
    lie[place + 1] = 200;
    expect(messageOf(() => decodePickle(lie))).toMatch(/has 8 bytes for an array of shape \[200\]/);
  });

  it("reads files", async () => {
    const folder = await mkdtemp(join(tmpdir(), "adjoint-pickle-"));
    try {
      await writeFile(join(folder, "params.pkl"), bytesOf(fixture.ordered));
      await writeFile(join(folder, "x.npy"), Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59));
      expect(Object.keys((await readPickle(join(folder, "params.pkl"))) as object)).toEqual(["a"]);
      await expect(readPickle(join(folder, "x.npy"))).rejects.toThrow(/x.npy is not a pickle: it is NumPy's NPY/);
      await expect(readPickle(join(folder, "none.pkl"))).rejects.toThrow(/there is no file/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
