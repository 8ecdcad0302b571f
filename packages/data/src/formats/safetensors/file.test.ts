import { mkdir, mkdtemp, readdir, readFile, readlink, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Tensor } from "@adjoint/tensor";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { encodeSafetensors } from "./encode.ts";
import { listSafetensors, readSafetensors, writeSafetensors } from "./file.ts";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "adjoint-safetensors-"));
});
afterEach(() => rm(dir, { recursive: true }));

const tensors = {
  weight: new Tensor(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3]),
  ids: new Tensor(Int32Array.of(-1, 7), [2]),
  empty: new Tensor(new Float64Array(0), [0, 4]),
};
/** The message of an error, without the folder that the test made. */
const message = (work: Promise<unknown>) =>
  work.then(
    () => "nothing was thrown",
    (error: Error) => error.message.replaceAll(join(dir, "/"), ""),
  );

describe("readSafetensors and writeSafetensors", () => {
  it("bring tensors and metadata to disk and back, by path or URL", async () => {
    for (const path of [join(dir, "a.safetensors"), pathToFileURL(join(dir, "b c.safetensors"))]) {
      await writeSafetensors(path, tensors, { metadata: { step: "5" } });
      expect(new Uint8Array(await readFile(path))).toEqual(encodeSafetensors(tensors, { metadata: { step: "5" } }));
      const found = await readSafetensors(path);
      expect({ ...found.metadata }).toEqual({ step: "5" });
      for (const [name, x] of Object.entries(tensors)) {
        const y = found.tensors[name];
        expect([y.dtype, y.shape, y.toArray()]).toEqual([x.dtype, x.shape, x.toArray()]);
        expect(y.data.buffer.byteLength).toBe(y.data.byteLength);
      }
    }
  });

  it("leave the old file when they cannot write, and nothing beside it", async () => {
    const path = join(dir, "model.safetensors");
    await writeSafetensors(path, tensors);
    const before = await readFile(path);
    expect(await message(writeSafetensors(path, { ...tensors, w: [1] as never }))).toMatchInlineSnapshot(
      `"writeSafetensors: "w" is an array; expected a Tensor."`,
    );
    expect(await message(writeSafetensors(join(dir, "nowhere", "x"), tensors))).toContain(
      "writeSafetensors: cannot write nowhere/x: ENOENT",
    );
    // A file cannot take the place of a folder: writing goes well, putting it there fails.
    await mkdir(join(dir, "folder"));
    expect(await message(writeSafetensors(join(dir, "folder"), tensors))).toContain("cannot write folder");
    expect(await readFile(path)).toEqual(before);
    expect((await readdir(dir)).sort()).toEqual(["folder", "model.safetensors"]);
  });

  it("name the file and the byte when a file is damaged", async () => {
    const whole = encodeSafetensors(tensors);
    const read = async (name: string, bytes: Uint8Array) => {
      await writeFile(join(dir, name), bytes);
      return await message(readSafetensors(join(dir, name)));
    };
    expect(await read("cut", whole.subarray(0, -1))).toMatchInlineSnapshot(
      `"readSafetensors: cut gives "ids" the bytes 24 … 32 of 31 bytes of data (byte 162). The file was cut off, or its header is wrong. Copy or download it again."`,
    );
    expect(await read("short", whole.subarray(0, 7))).toMatchInlineSnapshot(
      `"readSafetensors: short ends within the length of its header (byte 7)."`,
    );
    expect(await read("header", whole.subarray(0, 50))).toMatchInlineSnapshot(
      `"readSafetensors: header ends within its header of 184 bytes (byte 50)."`,
    );
    expect(await read("long", Uint8Array.of(...whole, 1))).toMatchInlineSnapshot(
      `"readSafetensors: long goes on after its 3 tensors (byte 224). The header and the data do not belong together."`,
    );
    expect(await message(readSafetensors(join(dir, "missing")))).toMatchInlineSnapshot(
      `"readSafetensors: there is no file missing."`,
    );
    expect(await message(readSafetensors(dir))).toContain("cannot read");
  });

  it("allocate nothing for a header that claims more than the file holds", async () => {
    const entry = { dtype: "F32", shape: [2 ** 20, 2 ** 20], data_offsets: [0, 2 ** 42] };
    const header = new TextEncoder().encode(JSON.stringify({ w: entry }));
    const claim = new Uint8Array(8 + header.length + 16);
    claim.set([header.length]);
    claim.set(header, 8);
    await writeFile(join(dir, "claim"), claim);
    const before = process.memoryUsage().arrayBuffers;
    expect(await message(readSafetensors(join(dir, "claim")))).toMatchInlineSnapshot(
      `"readSafetensors: claim gives "w" the bytes 0 … 4,398,046,511,104 of 16 bytes of data (byte 54). The file was cut off, or its header is wrong. Copy or download it again."`,
    );
    // A header as long as it can be, in a file that is not.
    await writeFile(join(dir, "long"), Uint8Array.of(0, 0xe1, 0xf5, 5, 0, 0, 0, 0, 0x7b));
    expect(await message(readSafetensors(join(dir, "long")))).toMatchInlineSnapshot(
      `"readSafetensors: long ends within its header of 100,000,000 bytes (byte 9)."`,
    );
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 20);
  });

  it("say when a tensor that the file does have is more than the memory", async () => {
    const bytes = 2 ** 42;
    const entry = { dtype: "F32", shape: [2 ** 20, 2 ** 20], data_offsets: [0, bytes] };
    const header = new TextEncoder().encode(JSON.stringify({ w: entry }));
    const path = join(dir, "sparse");
    await writeFile(path, Uint8Array.of(header.length, 0, 0, 0, 0, 0, 0, 0, ...header));
    // Not every file system has files with holes of this size.
    const grown = await truncate(path, 8 + header.length + bytes).then(
      () => true,
      () => false,
    );
    if (grown)
      expect(await message(readSafetensors(path))).toMatchInlineSnapshot(
        `"readSafetensors: sparse has "w" in 4,398,046,511,104 bytes, more than can be allocated here (byte 88)."`,
      );
  });

  it("leave no file open", async () => {
    await writeFile(join(dir, "bad"), new Uint8Array(20));
    await writeSafetensors(join(dir, "good"), tensors);
    await message(readSafetensors(join(dir, "bad")));
    await readSafetensors(join(dir, "good"));
    // Linux lists the open files of a process there.
    const names = await readdir("/proc/self/fd").catch(() => []);
    const open = await Promise.all(names.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => "")));
    expect(open.filter((path) => path.startsWith(dir))).toEqual([]);
  });
});

describe("a file with types that no tensor holds", () => {
  /** A header, and zeros for its bytes. */
  const fileOf = (header: object, bytes: number) => {
    const text = new TextEncoder().encode(JSON.stringify(header));
    const file = new Uint8Array(8 + text.length + bytes);
    new DataView(file.buffer).setUint32(0, text.length, true);
    file.set(text, 8);
    return file;
  };
  const entries = {
    wide: { dtype: "C64", shape: [2], data_offsets: [0, 16] },
    plain: { dtype: "F32", shape: [2], data_offsets: [16, 24] },
    narrow: { dtype: "F8_E4M3", shape: [3], data_offsets: [24, 27] },
    half: { dtype: "F4", shape: [3], data_offsets: [27, 29] },
  };

  it("is listed, and those of its tensors are read that can be", async () => {
    const path = join(dir, "others.safetensors");
    await writeFile(path, fileOf({ __metadata__: { from: "elsewhere" }, ...entries }, 29));
    const { tensors, metadata } = await listSafetensors(path);
    expect({ ...metadata }).toEqual({ from: "elsewhere" });
    expect(tensors).toEqual([
      { name: "wide", type: "C64", shape: [2], bytes: 16 },
      { name: "plain", type: "F32", shape: [2], bytes: 8 },
      { name: "narrow", type: "F8_E4M3", shape: [3], bytes: 3 },
      { name: "half", type: "F4", shape: [3], bytes: 2 },
    ]);
    expect(Object.keys((await readSafetensors(path, { names: ["plain"] })).tensors)).toEqual(["plain"]);
    expect([
      await message(readSafetensors(path)),
      await message(readSafetensors(path, { names: ["plain", "narrow"] })),
      await message(readSafetensors(path, { names: ["plan"] })),
      await message(readSafetensors(path, { names: "plain" as never })),
    ]).toMatchInlineSnapshot(`
      [
        "readSafetensors: others.safetensors has "wide" in C64, which no tensor here holds (byte 61). Convert it to F32 where the file comes from, or read others by { names }.",
        "readSafetensors: others.safetensors has "narrow" in F8_E4M3, which no tensor here holds (byte 179). Convert it to F32 where the file comes from, or read others by { names }.",
        "readSafetensors: others.safetensors has no tensor "plan" (byte 8). Did you mean "plain"?",
        "readSafetensors: names is a string; expected a list of names.",
      ]
    `);
  });
});
