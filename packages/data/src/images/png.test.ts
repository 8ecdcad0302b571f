/** PNG images that other programs wrote, beside their pixels: scripts/png-fixtures.py made them. */
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { encode } from "fast-png";
import { zlibSync } from "fflate";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { messageOf } from "../../../../testing/message-of.ts";
import { crc32 } from "../formats/crc32.ts";
import { readImageFolder } from "./image-folder.ts";
import { decodePng, readPng } from "./png.ts";

interface Saved {
  readonly name: string;
  readonly file: string;
  readonly shape: number[];
  readonly values: number[];
  readonly largest: number;
}
const { images }: { readonly images: readonly Saved[] } = JSON.parse(
  readFileSync(new URL("fixtures/png.json", import.meta.url), "utf8"),
);
const bytesOf = (name: string) =>
  new Uint8Array(Buffer.from(images.find((image) => image.name === name)!.file, "base64"));

/** A copy with other bytes at a place, and the checksum of the chunk that begins at `start` mended. */
function changed(bytes: Uint8Array, at: number, values: readonly number[], start: number): Uint8Array {
  const copy = bytes.slice();
  copy.set(values, at);
  const view = new DataView(copy.buffer);
  const end = start + 8 + view.getUint32(start);
  view.setUint32(end, crc32(copy.subarray(start + 4, end)));
  return copy;
}

describe("decodePng", () => {
  it.each(images.map((image) => [image.name, image] as const))("reads %s", (_, { file, shape, values, largest }) => {
    const bytes = new Uint8Array(Buffer.from(file, "base64"));
    const raw = decodePng(bytes, { normalize: false });
    expect([raw.shape, raw.dtype]).toEqual([shape, "float32"]);
    // A whole number divided and multiplied by the largest, and rounded to float32, is off by 2^-24 of it.
    expect(Array.from(raw.data, Math.round)).toEqual(values);
    expect(Array.from(decodePng(bytes).data)).toEqual(values.map((value) => Math.fround(value / largest)));
  });

  it("turns color to grey, grey to color, and leaves out alpha", () => {
    const color = encode({ width: 1, height: 1, data: Uint8Array.of(255, 51, 0), channels: 3 });
    expect(decodePng(color, { channels: 1 }).item()).toBeCloseTo(0.299 + 0.587 * 0.2, 6);
    const grey = encode({ width: 1, height: 1, data: Uint8Array.of(51, 0), channels: 2 });
    expect(decodePng(grey).shape).toEqual([2, 1, 1]);
    expect(Array.from(decodePng(grey, { channels: 3, normalize: false }).data)).toEqual([51, 51, 51]);
    expect(decodePng(grey, { channels: 1, normalize: false }).item()).toBe(51);
    expect(Array.from(decodePng(color, { channels: 4 }).data)).toEqual([1, Math.fround(0.2), 0, 1]);
  });

  it("says what is wrong with a file", () => {
    const grey = bytesOf("grey");
    const palette = bytesOf("palette of 4");
    const says = (bytes: Uint8Array, options = {}) => messageOf(() => decodePng(bytes, { name: "my.png", ...options }));
    const idat = 33;
    const size = new DataView(grey.buffer).getUint32(idat);
    const withPixels = (content: Uint8Array) => {
      const chunk = new Uint8Array(12 + content.length);
      new DataView(chunk.buffer).setUint32(0, content.length);
      chunk.set([0x49, 0x44, 0x41, 0x54, ...content], 4);
      return changed(
        Uint8Array.of(...grey.subarray(0, idat), ...chunk, ...grey.subarray(idat + 12 + size)),
        idat,
        [],
        idat,
      );
    };
    expect([
      says(new Uint8Array(0)),
      says(Uint8Array.of(0xff, 0xd8, 0xff, 0xe0)),
      says(grey.subarray(0, grey.length - 4)),
      says(grey.map((byte, i) => (i === 60 ? byte ^ 1 : byte))),
      says(changed(grey, 16, [0, 0, 0, 0], 8)),
      says(changed(grey, 16, [0, 1, 0, 0, 0, 1, 0, 0], 8)),
      says(changed(grey, 16, [0, 0, 0, 14], 8)),
      says(changed(grey, 16, [0, 0, 0, 12], 8)),
      says(changed(grey, 24, [3], 8)),
      says(changed(grey, 26, [1], 8)),
      says(withPixels(zlibSync(new Uint8Array(11 * 14).fill(7)))),
      says(withPixels(new Uint8Array(11 * 14).fill(7))),
      says(palette.map((byte, i) => (i === 37 ? 0x78 : byte))),
      says(grey, { maxBytes: 10 }),
      says(grey, { channels: 5 }),
      says(grey, { gray: true }),
      messageOf(() => decodePng("x" as never)),
    ]).toMatchInlineSnapshot(`
      [
        "decodePng: my.png is not a PNG image: it begins with nothing (byte 0).",
        "decodePng: my.png is not a PNG image: it is a JPEG image (byte 0). Convert it to PNG, which readPng reads.",
        "decodePng: my.png is cut off before its end (byte 218). Copy or download the file again.",
        "decodePng: my.png has other bytes in its chunk "IDAT" than the checksum says (byte 33). Copy or download the file again.",
        "decodePng: my.png has 0 × 11 pixels (byte 16).",
        "decodePng: my.png says that it has 65,536 × 65,536 pixels, 4,295,032,832 bytes, more than its 165 compressed bytes can hold (byte 16). Copy or download the file again.",
        "decodePng: my.png has fewer pixels than the 14 × 11 pixels, 165 bytes that its header says (byte 41).",
        "decodePng: my.png is corrupt: inflating its pixels says "offset is out of bounds" (byte 41). Copy or download the file again.",
        "decodePng: my.png has color type 0 with 3 bits, which the format does not have (byte 24).",
        "decodePng: my.png has compression, filter and interlace 1, 0, 0 (byte 26).",
        "decodePng: my.png has a row with the filter 7 (byte 41).",
        "decodePng: my.png is corrupt: inflating its pixels says "invalid zlib data" (byte 41). Copy or download the file again.",
        "decodePng: my.png has other bytes in its chunk "xLTE" than the checksum says (byte 33). Copy or download the file again.",
        "decodePng: my.png has 13 × 11 pixels, 154 bytes; the limit is 10 (byte 16). If you trust the file, pass { maxBytes: 154 }.",
        "decodePng: channels is 5; expected 1, 2, 3 or 4.",
        "decodePng: unknown option "gray". The options are channels, normalize, maxBytes, name.",
        "decodePng: bytes is a string; expected a Uint8Array. Wrap an ArrayBuffer: new Uint8Array(buffer).",
      ]
    `);
  });

  it("unpacks no bomb", () => {
    // 4 MiB of zeros behind a header of one pixel.
    const bomb = encode({ width: 2048, height: 2048, data: new Uint8Array(2 ** 22), channels: 1 });
    const small = changed(bomb, 16, [0, 0, 0, 1, 0, 0, 0, 1], 8);
    const before = process.memoryUsage().arrayBuffers;
    expect(() => decodePng(small)).toThrow(/has more pixels than the 1 × 1 pixels, 2 bytes/);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 20);
  });

  it("gives the pixels that were written, for any size", () => {
    const image = fc
      .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), fc.constantFrom(1, 2, 3, 4), fc.boolean())
      .chain(([width, height, channels, isInterlaced]) => {
        const length = width * height * channels;
        return fc
          .uint8Array({ minLength: length, maxLength: length })
          .map((data) => ({ width, height, channels, isInterlaced, data }));
      });
    fc.assert(
      fc.property(image, ({ width, height, channels, isInterlaced, data }) => {
        const file = encode(
          { width, height, channels, data, depth: 8 },
          { interlace: isInterlaced ? "Adam7" : "null" },
        );
        const x = decodePng(file, { normalize: false });
        expect(x.shape).toEqual([channels, height, width]);
        const back = Array.from(data, (_, i) => x.data[(i % channels) * width * height + Math.floor(i / channels)]);
        expect(back.map(Math.round)).toEqual([...data]);
      }),
    );
  });
});

describe("readImageFolder", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "adjoint-images-"));
    const place = async (path: string, width: number, channels: number, value: number) => {
      await mkdir(join(folder, path, ".."), { recursive: true });
      const data = new Uint8Array(width * 2 * channels).fill(value);
      await writeFile(join(folder, path), encode({ width, height: 2, data, channels }));
    };
    await place("good/dogs/1.png", 3, 1, 51);
    await place("good/cats/b.PNG", 3, 1, 255);
    await place("good/cats/a.png", 3, 1, 0);
    await place("good/cats/.hidden.png", 9, 1, 0);
    await writeFile(join(folder, "good/cats/notes.txt"), "not an image");
    await place("sizes/a/1.png", 3, 1, 0);
    await place("sizes/b/2.png", 4, 1, 0);
    await place("channels/a/1.png", 3, 1, 0);
    await place("channels/a/2.png", 3, 3, 0);
    await mkdir(join(folder, "jpegs/a"), { recursive: true });
    await writeFile(join(folder, "jpegs/a/1.jpg"), "x");
    await mkdir(join(folder, "damaged/a"), { recursive: true });
    await writeFile(join(folder, "damaged/a/1.png"), "x");
    await mkdir(join(folder, "empty/a"), { recursive: true });
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("makes classes of folders, in order", async () => {
    const { x, t, classes, files } = await readImageFolder(join(folder, "good"));
    expect([x.shape, t.toArray(), classes]).toEqual([
      [3, 1, 2, 3],
      [0, 0, 1],
      ["cats", "dogs"],
    ]);
    expect([x.at(0, 0, 0, 0), x.at(1, 0, 1, 2), x.at(2, 0, 0, 0)]).toEqual([0, 1, Math.fround(0.2)]);
    expect(files).toEqual(["cats/a.png", "cats/b.PNG", "dogs/1.png"].map((path) => join(folder, "good", path)));
    const other = await readImageFolder(join(folder, "good"), { classes: ["birds", "dogs", "cats"] });
    expect(other.t.toArray()).toEqual([2, 2, 1]);
    expect((await readImageFolder(join(folder, "channels"), { channels: 3 })).x.shape).toEqual([2, 3, 2, 3]);
    expect((await readPng(files[0])).shape).toEqual([1, 2, 3]);
  });

  it("names the file that does not fit", async () => {
    const says = (name: string, options = {}) =>
      readImageFolder(join(folder, name), options).then(
        () => "nothing was thrown",
        (error: Error) => error.message.replaceAll(join(folder, "/"), ""),
      );
    expect([
      await says("sizes"),
      await says("channels"),
      await says("jpegs"),
      await says("damaged"),
      await says("empty"),
      await says("nowhere"),
      await says("good", { classes: ["cats"] }),
      await says("good", { size: 28 }),
    ]).toMatchInlineSnapshot(`
      [
        "readImageFolder: sizes/b/2.png has shape [1, 2, 4], and sizes/a/1.png has [1, 2, 3]; expected [1, 2, 3]. Bring all images to one size first.",
        "readImageFolder: channels/a/2.png has shape [3, 2, 3], and channels/a/1.png has [1, 2, 3]; expected [1, 2, 3]. Pass { channels: 1 } for grey, or { channels: 3 } for color: all images become that.",
        "readImageFolder: jpegs/a/1.jpg is not a PNG image; expected PNG images. Convert it to PNG, or move it elsewhere.",
        "readImageFolder: damaged/a/1.png is not a PNG image: it is text, "x" (byte 0). A spec is read by build(parseModelText(text)), a graph by graphFromJSON(text).",
        "readImageFolder: empty has no folders with PNG images; expected a folder of PNG images for each class. Put the images of each class in a folder with its name: cats/1.png, dogs/1.png.",
        "readImageFolder: there is no folder nowhere; expected a folder.",
        "readImageFolder: good/dogs is the folder of a class that is not known; expected cats.",
        "readImageFolder: unknown option "size". The options are channels, normalize, maxBytes, classes.",
      ]
    `);
  });
});
