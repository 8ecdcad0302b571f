/** PNG images as tensors: fflate inflates what the header announces, and fast-png undoes the filters of each pass. */
import { calledAs, checkOneOf, checkOptions, Tensor } from "@adjoint/tensor";
import { decode } from "fast-png";
import { unzlibSync, zlibSync } from "fflate/browser";
import { readWhole } from "../files/read-whole.ts";
import { checkBytes, dataName, joined } from "../formats/bytes.ts";
import { crc32 } from "../formats/crc32.ts";
import { type FormatSource, formatError, grouped } from "../formats/format-error.ts";
import { again, checkMaxBytes, mostOfOne, mostUnpacked } from "../formats/limits.ts";
import {
  bytesOf,
  type PngChunks,
  type PngHeader,
  type PngPass,
  passesOf,
  pngSignature,
  readPngChunks,
} from "./png-chunks.ts";

/** How pixels become numbers. */
export interface PngOptions {
  /**
   * How many channels the tensor has: 1 grey, 2 grey and alpha, 3 color, 4 color and alpha. Default: those of the file,
   * color for a palette.
   */
  readonly channels?: 1 | 2 | 3 | 4;
  /** Whether values are divided by the largest, to lie in 0 … 1. Default true; else 0 … 255, with 16 bits 0 … 65,535. */
  readonly normalize?: boolean;
  /** How many bytes the pixels may unpack to. Default 2²⁹ (512 MiB). */
  readonly maxBytes?: number;
}

/** Options of {@link decodePng}. */
export interface DecodePngOptions extends PngOptions {
  /** How errors name the bytes, for example the URL they came from. Default: "the data". */
  readonly name?: string;
}

export const pngOptionNames: readonly string[] = ["channels", "normalize", "maxBytes"];

/** The bytes of all passes, filtered, as many as the header says. */
function inflatedPixels(chunks: PngChunks, passes: readonly PngPass[], most: number, source: FormatSource): Uint8Array {
  const { header, pixels, pixelsAt } = chunks;
  const size = passes.reduce((sum, pass) => sum + bytesOf(header, pass), 0);
  const shape = `${grouped(header.width)} × ${grouped(header.height)} pixels, ${grouped(size)} bytes`;
  if (size > pixels.length * mostOfOne) {
    const problem = `says that it has ${shape}, more than its ${grouped(pixels.length)} compressed bytes can hold`;
    throw formatError(source, problem, 16, `at most ${grouped(pixels.length * mostOfOne)} bytes`, shape, {
      hint: again,
    });
  }
  if (size > most) {
    const problem = `has ${shape}; the limit is ${grouped(most)}`;
    const hint = `If you trust the file, pass { maxBytes: ${size} }.`;
    throw formatError(source, problem, 16, `at most ${grouped(most)} bytes`, shape, { hint });
  }
  let found: Uint8Array;
  try {
    found = unzlibSync(pixels, { out: new Uint8Array(size + 1) });
  } catch (cause) {
    const problem = `is corrupt: inflating its pixels says "${(cause as Error).message}"`;
    throw formatError(source, problem, pixelsAt, "whole zlib data", "damaged data", { hint: again, cause });
  }
  if (found.length === size) return found;
  const problem = `has ${found.length > size ? "more" : "fewer"} pixels than the ${shape} that its header says`;
  throw formatError(source, problem, pixelsAt, grouped(size), found.length > size ? "more" : grouped(found.length));
}

/** A chunk as it stands in a file. */
function chunk(type: string, content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + content.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, content.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(content, 8);
  view.setUint32(8 + content.length, crc32(bytes.subarray(4, 8 + content.length)));
  return bytes;
}

/** The rows of a pass without their filters: by fast-png, as an image of its own, which is not compressed. */
function unfiltered(
  { depth, colorType }: PngHeader,
  { width, height }: PngPass,
  filtered: Uint8Array,
): Uint8Array | Uint16Array {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([depth, colorType, 0, 0, 0], 8);
  const pixels = chunk("IDAT", zlibSync(filtered, { level: 0 }));
  const parts = [Uint8Array.from(pngSignature), chunk("IHDR", header), pixels, chunk("IEND", new Uint8Array(0))];
  return decode(joined(parts)).data as Uint8Array | Uint16Array;
}

/** The samples of the image, [height, width, channels as stored], each a whole number of `depth` bits. */
function samplesOf(chunks: PngChunks, most: number, source: FormatSource): Uint16Array {
  const { header } = chunks;
  const { depth, channels, width } = header;
  const passes = passesOf(header);
  const filtered = inflatedPixels(chunks, passes, most, source);
  const samples = new Uint16Array(width * header.height * channels);
  let at = 0;
  for (const pass of passes) {
    const size = bytesOf(header, pass);
    const part = filtered.subarray(at, at + size);
    const perRow = size / pass.height;
    for (let row = 0; row < pass.height; row++) {
      if (part[row * perRow] <= 4) continue;
      const filter = part[row * perRow];
      throw formatError(source, `has a row with the filter ${filter}`, chunks.pixelsAt, "0 … 4", String(filter));
    }
    at += size;
    const rows = unfiltered(header, pass, part);
    const perLine = rows.length / pass.height;
    const inRow = pass.width * channels;
    const mask = 2 ** depth - 1;
    for (let row = 0; row < pass.height; row++) {
      const to = (pass.y + row * pass.yStep) * width + pass.x;
      for (let i = 0; i < inRow; i++) {
        const bit = i * depth;
        const value =
          depth >= 8 ? rows[row * perLine + i] : (rows[row * perLine + (bit >> 3)] >> (8 - depth - (bit & 7))) & mask;
        const pixel = to + Math.floor(i / channels) * pass.xStep;
        samples[pixel * channels + (i % channels)] = value;
      }
    }
  }
  return samples;
}

/** One pixel's red, green, blue and alpha, 0 … 1, by the pixel's number. */
type PixelReader = (pixel: number, into: Float64Array) => void;

function readerOf(
  { header, palette, transparency }: PngChunks,
  samples: Uint16Array,
  source: FormatSource,
): PixelReader {
  const { depth, colorType, channels } = header;
  const largest = 2 ** depth - 1;
  if (colorType === 3) {
    return (pixel, into) => {
      const color = samples[pixel];
      if (3 * color + 2 >= palette!.length) {
        const count = palette!.length / 3;
        const problem = `has the color ${color} of a palette of ${count}`;
        throw formatError(source, problem, 0, `0 … ${count - 1}`, String(color));
      }
      for (let c = 0; c < 3; c++) into[c] = palette![3 * color + c] / 255;
      into[3] = (transparency?.[color] ?? 255) / 255;
    };
  }
  const isGrey = colorType === 0 || colorType === 4;
  const hasAlpha = colorType === 4 || colorType === 6;
  return (pixel, into) => {
    for (let c = 0; c < 3; c++) into[c] = samples[pixel * channels + (isGrey ? 0 : c)] / largest;
    into[3] = hasAlpha ? samples[pixel * channels + channels - 1] / largest : 1;
  };
}

/**
 * Reads a PNG image that is already in memory.
 *
 * Grey, color and palettes, with and without alpha, 1 to 16 bits, interlaced or not. Color becomes grey as
 * 0.299 r + 0.587 g + 0.114 b (ITU-R BT.601); an alpha channel that is not asked for is left out. Gamma and color
 * profiles are ignored, and so is a single transparent color.
 *
 * @param bytes    the whole file
 * @param options  `channels`: 1, 2, 3 or 4, by default those of the file; `normalize` (true): 0 … 1; `maxBytes`: how many
 *                 bytes pixels may unpack to (2²⁹); `name`: how errors name the bytes
 * @returns        [channels, height, width], float32
 * @throws DataError when the file is not PNG, is cut off or damaged, has other pixels than its header says, or would
 *                   unpack to more than `maxBytes`
 * From a file: `readPng`. Source: W3C, Portable Network Graphics (PNG) Specification.
 */
export function decodePng(bytes: Uint8Array, options: DecodePngOptions = {}): Tensor<"float32"> {
  const op = "decodePng";
  checkOptions(op, options, [...pngOptionNames, "name"]);
  checkBytes(op, bytes);
  const source = { op, name: dataName(op, options.name) };
  const { normalize = true, maxBytes = mostUnpacked } = options;
  if (options.channels !== undefined) checkOneOf(op, "channels", options.channels, [1, 2, 3, 4]);
  checkOneOf(op, "normalize", normalize, [true, false]);
  checkMaxBytes(op, maxBytes);
  const chunks = readPngChunks(bytes, source);
  const { width, height, colorType, depth } = chunks.header;
  const own = colorType === 3 ? (chunks.transparency === null ? 3 : 4) : chunks.header.channels;
  const channels = options.channels ?? own;
  const read = readerOf(chunks, samplesOf(chunks, maxBytes, source), source);
  const scale = normalize ? 1 : depth === 16 ? 65_535 : 255;
  const count = width * height;
  const data = new Float32Array(channels * count);
  const isFileGrey = colorType === 0 || colorType === 4;
  const rgba = new Float64Array(4);
  for (let i = 0; i < count; i++) {
    read(i, rgba);
    const [r, g, b, alpha] = rgba;
    // Luma of ITU-R BT.601, as most programs turn color to grey.
    const grey = isFileGrey ? r : 0.299 * r + 0.587 * g + 0.114 * b;
    const values = channels <= 2 ? [grey, alpha] : [r, g, b, alpha];
    for (let c = 0; c < channels; c++) data[c * count + i] = values[c] * scale;
  }
  return new Tensor<"float32">(data, [channels, height, width]);
}

/**
 * Reads a PNG image.
 *
 * @param path     path or URL of the file
 * @param options  `channels`: 1, 2, 3 or 4, by default those of the file; `normalize` (true): 0 … 1; `maxBytes`
 * @returns        [channels, height, width], float32
 * @throws DataError when there is no such file, and as `decodePng`
 * Without files, at once: `decodePng`.
 */
export async function readPng(path: string | URL, options: PngOptions = {}): Promise<Tensor<"float32">> {
  const op = "readPng";
  checkOptions(op, options, pngOptionNames);
  const bytes = await readWhole(op, path);
  return calledAs(op, () => decodePng(bytes, { ...options, name: String(path) }));
}
