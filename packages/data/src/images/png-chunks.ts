/**
 * Takes a PNG file apart: its chunks, checked by their lengths and checksums, its header, and how many bytes its pixels
 * must have, all before anything is allocated. What the pixels are is in png.ts.
 *
 * Source: W3C, Portable Network Graphics (PNG) Specification, sections 5 and 11.
 */
import { joined } from "../formats/bytes.ts";
import { crc32 } from "../formats/crc32.ts";
import { type FormatSource, formatError, grouped, hex } from "../formats/format-error.ts";
import { again } from "../formats/limits.ts";
import { otherFormat } from "../formats/other-formats.ts";

/** The first bytes of every PNG file. */
export const pngSignature: readonly number[] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** The color types of the format: channels as they are stored, and which bit depths each has. */
const colorTypes: ReadonlyMap<number, { readonly channels: number; readonly depths: readonly number[] }> = new Map([
  [0, { channels: 1, depths: [1, 2, 4, 8, 16] }],
  [2, { channels: 3, depths: [8, 16] }],
  [3, { channels: 1, depths: [1, 2, 4, 8] }],
  [4, { channels: 2, depths: [8, 16] }],
  [6, { channels: 4, depths: [8, 16] }],
]);

export interface PngHeader {
  readonly width: number;
  readonly height: number;
  /** Bits of a sample. */
  readonly depth: number;
  /** 0 grey, 2 color, 3 palette, 4 grey with alpha, 6 color with alpha. */
  readonly colorType: number;
  /** Samples of a pixel as they are stored: 1 for a palette. */
  readonly channels: number;
  readonly isInterlaced: boolean;
}

/** A PNG file, taken apart. */
export interface PngChunks {
  readonly header: PngHeader;
  /** Red, green and blue of each color; null without a palette. */
  readonly palette: Uint8Array | null;
  /** What the chunk tRNS has; null without it. */
  readonly transparency: Uint8Array | null;
  /** The compressed pixels, and the byte where they begin. */
  readonly pixels: Uint8Array;
  readonly pixelsAt: number;
}

/** A rectangle of pixels that is stored as an image of its own: all of it, or one of the seven passes of Adam7. */
export interface PngPass {
  readonly width: number;
  readonly height: number;
  readonly x: number;
  readonly y: number;
  readonly xStep: number;
  readonly yStep: number;
}

const whole = [[0, 0, 1, 1]] as const;
/** Where each pass begins, and its steps. */
const adam7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** The passes that have pixels. */
export function passesOf({ width, height, isInterlaced }: PngHeader): PngPass[] {
  return (isInterlaced ? adam7 : whole)
    .map(([x, y, xStep, yStep]) => {
      const [w, h] = [Math.ceil((width - x) / xStep), Math.ceil((height - y) / yStep)];
      return { width: w, height: h, x, y, xStep, yStep };
    })
    .filter((pass) => pass.width > 0 && pass.height > 0);
}

/** Bytes of a pass, each row with the byte that names its filter. */
export function bytesOf({ depth, channels }: PngHeader, { width, height }: PngPass): number {
  return height * (1 + Math.ceil((depth * channels * width) / 8));
}

function readPngHeader(view: DataView, at: number, source: FormatSource): PngHeader {
  const [width, height] = [view.getUint32(at), view.getUint32(at + 4)];
  const [depth, colorType, compression, filter, interlace] = [8, 9, 10, 11, 12].map((i) => view.getUint8(at + i));
  const refuse = (problem: string, place: number, expected: string, received: string): never => {
    throw formatError(source, problem, place, expected, received);
  };
  if (width === 0 || height === 0 || width >= 2 ** 31 || height >= 2 ** 31) {
    refuse(`has ${grouped(width)} × ${grouped(height)} pixels`, at, "1 × 1 or more", `${width} × ${height}`);
  }
  const color = colorTypes.get(colorType);
  if (color === undefined || !color.depths.includes(depth)) {
    const found = `color type ${colorType} with ${depth} bits`;
    refuse(`has ${found}, which the format does not have`, at + 8, "a color type with one of its depths", found);
  }
  if (compression !== 0 || filter !== 0 || interlace > 1) {
    const found = [compression, filter, interlace].join(", ");
    refuse(`has compression, filter and interlace ${found}`, at + 10, "0, 0, and 0 or 1", found);
  }
  return { width, height, depth, colorType, channels: color!.channels, isInterlaced: interlace === 1 };
}

/** @throws DataError when the file is no PNG, is cut off or damaged, or lacks pixels or a palette that it needs */
export function readPngChunks(bytes: Uint8Array, source: FormatSource): PngChunks {
  const wrong = pngSignature.findIndex((byte, i) => bytes[i] !== byte);
  if (wrong >= 0) {
    const begins = hex(bytes.subarray(0, 8));
    const other = wrong < 4 ? otherFormat(bytes.subarray(0, 16)) : null;
    const problem = `is not a PNG image: it ${other === null ? `begins with ${begins || "nothing"}` : `is ${other.name}`}`;
    throw formatError(source, problem, wrong, hex(Uint8Array.from(pngSignature)), begins, other ?? {});
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks = new Map<string, { readonly at: number; readonly end: number }[]>();
  let header: PngHeader | undefined;
  for (let at = 8; !chunks.has("IEND"); ) {
    if (at + 12 > bytes.length || at + 12 + view.getUint32(at) > bytes.length) {
      const found = `${grouped(bytes.length)} bytes`;
      throw formatError(source, "is cut off before its end", bytes.length, "more", found, { hint: again });
    }
    const end = at + 8 + view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (view.getUint32(end) !== crc32(bytes.subarray(at + 4, end))) {
      const problem = `has other bytes in its chunk ${JSON.stringify(type)} than the checksum says`;
      throw formatError(source, problem, at, "the bytes of the checksum", "others", { hint: again });
    }
    if (header === undefined) {
      if (type !== "IHDR" || end - at !== 21) {
        throw formatError(source, "does not begin with a header", at, "IHDR, 13 bytes", JSON.stringify(type));
      }
      header = readPngHeader(view, at + 8, source);
    }
    const known = chunks.get(type);
    if (known === undefined) chunks.set(type, [{ at: at + 8, end }]);
    else known.push({ at: at + 8, end });
    at = end + 4;
  }
  const first = (type: string): Uint8Array | null => {
    const chunk = chunks.get(type)?.[0];
    return chunk === undefined ? null : bytes.subarray(chunk.at, chunk.end);
  };
  const pixels = chunks.get("IDAT") ?? [];
  if (pixels.length === 0) {
    throw formatError(source, "has no pixels", bytes.length, "a chunk IDAT", "none");
  }
  const palette = first("PLTE");
  if (header!.colorType === 3 && (palette === null || palette.length % 3 !== 0)) {
    throw formatError(source, "has no palette for its colors", 8, "a chunk PLTE of colors", "none");
  }
  return {
    header: header!,
    palette,
    transparency: first("tRNS"),
    pixels: joined(pixels.map(({ at, end }) => bytes.subarray(at, end))),
    pixelsAt: pixels[0].at,
  };
}
