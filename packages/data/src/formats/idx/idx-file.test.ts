import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { Tensor } from "@adjoint/tensor";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { encodeIdx } from "./idx.ts";
import { readIdx, writeIdx } from "./idx-file.ts";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "adjoint-idx-"));
});
afterEach(() => rm(dir, { recursive: true }));

const labels = new Tensor(
  Int32Array.from({ length: 10_000 }, (_, i) => i % 10),
  [10_000],
);
/** The message of an error, without the folder that the test made. */
const message = (work: Promise<unknown>) =>
  work.then(
    () => "nothing was thrown",
    (error: Error) => error.message.replaceAll(join(dir, "/"), ""),
  );

describe("readIdx and writeIdx", () => {
  it("bring a tensor to disk and back, compressed or not, by path or URL", async () => {
    await writeIdx(labels, join(dir, "plain"), { type: "ubyte" });
    await writeIdx(labels, pathToFileURL(join(dir, "zip ped.gz")), { type: "ubyte" });
    await writeIdx(labels, join(dir, "unnamed"), { type: "ubyte", gzip: true });
    expect((await readFile(join(dir, "plain"))).length).toBe(10_008);
    for (const name of ["zip ped.gz", "unnamed"]) expect((await readFile(join(dir, name))).length).toBeLessThan(1000);
    for (const name of ["plain", "zip ped.gz", "unnamed"]) {
      expect((await readIdx(join(dir, name))).toArray()).toEqual(labels.toArray());
    }
    expect((await readIdx(pathToFileURL(join(dir, "zip ped.gz")), { dtype: "float32" })).dtype).toBe("float32");
    expect((await readIdx(await readFile(join(dir, "unnamed")))).shape).toEqual([10_000]);
    expect((await readdir(dir)).length).toBe(3);
  });

  it("leave nothing behind when they cannot write", async () => {
    await expect(writeIdx(labels, join(dir, "x"), { type: "double", zip: true } as never)).rejects.toThrow("zip");
    await expect(writeIdx(new Tensor(Int32Array.of(999), [1]), join(dir, "x"), { type: "ubyte" })).rejects.toThrow(
      "999",
    );
    expect(await message(writeIdx(labels, join(dir, "nowhere", "x")))).toContain(
      "writeIdx: cannot write nowhere/x: ENOENT",
    );
    expect(await readdir(dir)).toEqual([]);
  });

  it("name the file, the byte and the counts when a file is damaged", async () => {
    const whole = encodeIdx(labels, { type: "ubyte" });
    const zipped = gzipSync(whole);
    const read = async (name: string, bytes: Uint8Array) => {
      await writeFile(join(dir, name), bytes);
      return await message(readIdx(join(dir, name)));
    };
    expect(await read("labels.gz", gzipSync(whole.subarray(0, 10_006)))).toBe(
      "readIdx: labels.gz ends after 9,998 of 10,000 labels (byte 10,006).",
    );
    expect(await message(readIdx(join(dir, "missing")))).toMatchInlineSnapshot(`"readIdx: there is no file missing."`);
    expect(await message(readIdx(dir))).toContain("cannot read");
    expect(await read("long", Uint8Array.of(...whole, 1))).toMatchInlineSnapshot(
      `"readIdx: long goes on after its 10,000 labels (byte 10,008). The header and the data do not belong together."`,
    );
    expect(await read("long.gz", gzipSync(Uint8Array.of(...whole, 1)))).toMatchInlineSnapshot(
      `"readIdx: long.gz goes on after its 10,000 labels (byte 10,008). The header and the data do not belong together."`,
    );
    // Versions of Node differ in what they call the rest.
    expect(await read("tail.gz", Uint8Array.of(...zipped, 1, 2, 3))).toMatch(/^readIdx: tail.gz (is corrupt|goes on)/);
    expect(await read("cut.gz", zipped.subarray(0, zipped.length - 1))).toMatchInlineSnapshot(
      `"readIdx: cut.gz is cut off within its gzip data (byte 70, compressed). Copy or download the file again."`,
    );
    expect(await read("padded.gz", Uint8Array.of(...zipped, 0, 0))).toMatchInlineSnapshot(
      `"readIdx: padded.gz goes on after its gzip data (byte 71, compressed)."`,
    );
    const flipped = Uint8Array.from(zipped);
    flipped[zipped.length - 6] ^= 1;
    expect(await read("flipped.gz", flipped)).toMatchInlineSnapshot(
      `"readIdx: flipped.gz is corrupt: gzip says "incorrect data check" (byte 0 … 71, compressed). Copy or download the file again."`,
    );
    expect(await read("text.gz", gzipSync("hello, world"))).toMatchInlineSnapshot(
      `"readIdx: text.gz is not an IDX file: it is text, "hello, w" (byte 0). A spec is read by build(parseModelText(text)), a graph by graphFromJSON(text)."`,
    );
  });

  it("stop unpacking where the header says that the file ends", async () => {
    // 64 MiB of zeros behind a header of 4 labels pack to 64 KiB.
    const bomb = gzipSync(new Uint8Array(2 ** 26).fill(8, 2, 3).fill(1, 3, 4).fill(4, 7, 8));
    const before = process.memoryUsage().arrayBuffers;
    await expect(readIdx(bomb)).rejects.toThrow("the data goes on after its 4 labels");
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 24);
  });

  it("refuse what would unpack to more than a limit, which can be raised, before they unpack it", async () => {
    // A header of 1,000,000 images, and the beginning of them.
    const header = Uint8Array.of(0, 0, 8, 3, 0, 0x0f, 0x42, 0x40, 0, 0, 0, 28, 0, 0, 0, 28);
    const large = gzipSync(Buffer.concat([header, new Uint8Array(2 ** 20)]));
    expect(await message(readIdx(large))).toMatchInlineSnapshot(
      `"readIdx: the data would unpack to 784,000,016 bytes; the limit is 536,870,912 (byte 4). If you trust the file, pass { maxBytes: 784000016 }."`,
    );
    expect(await message(readIdx(large, { maxBytes: 784_000_016 }))).toContain("ends after 1,337 of 1,000,000 images");
    expect(await message(readIdx(gzipSync(encodeIdx(labels)), { maxBytes: 1000 }))).toContain(
      "the limit is 1,000 (byte 4)",
    );
    expect((await readIdx(encodeIdx(labels), { maxBytes: 1000 })).shape).toEqual([10_000]);
    await expect(readIdx(large, { maxBytes: Number.NaN })).rejects.toThrow("maxBytes is NaN");
  });
});
