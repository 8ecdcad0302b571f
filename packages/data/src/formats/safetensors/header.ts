/**
 * Reads and checks the header of a safetensors file: 8 bytes with the length of the header, then the header, JSON that
 * gives each tensor its element type, shape and bytes. All of it is checked against the size of the file before a byte
 * of the data is read or storage for it allocated.
 *
 * Source: https://github.com/huggingface/safetensors, README, "Format".
 */
import { formatShape, nearest, type Shape } from "@adjoint/tensor";
import { fileElements, otherTypes } from "../elements.ts";
import { type FormatSource, formatError, grouped, hex } from "../format-error.ts";
import { otherFormat } from "../other-formats.ts";
import { type JsonReader, jsonReader, quoted } from "./json-reader.ts";

/** Bytes that hold the length of the header. */
export const prefix = 8;
/** The longest header that the format allows, in bytes. */
export const longestHeader = 100_000_000;
/** The name in a header that stands for no tensor. */
export const metadataName = "__metadata__";

/** Where a tensor is in the file, and what it is. */
export interface TensorEntry {
  readonly name: string;
  /** The byte at which the header names it. */
  readonly at: number;
  readonly type: string;
  /** The byte at which the header gives its type. */
  readonly typeAt: number;
  readonly shape: Shape;
  /** Its first byte in the file, and the byte after its last. */
  readonly begin: number;
  readonly end: number;
}

/** What a header says, after every check. */
export interface SafetensorsHeader {
  /** In the order of the header. */
  readonly entries: readonly TensorEntry[];
  readonly metadata: Record<string, string>;
}

const fields = ["dtype", "shape", "data_offsets"];

/** A shape as errors show it: the middle left out when it has many axes. */
const shown = (shape: Shape): string =>
  shape.length <= 12 ? formatShape(shape) : `[${shape.slice(0, 8).join(", ")}, … ${grouped(shape.length)} axes]`;

/**
 * The length of the header.
 * @param bytes  the first 8 bytes of the file, or all when there are fewer
 * @throws DataError when the file is too short for its header, or the header longer than the format allows
 */
export function readHeaderLength(bytes: Uint8Array, fileLength: number, source: FormatSource): number {
  const length =
    bytes.length < prefix ? 0 : Number(new DataView(bytes.buffer, bytes.byteOffset, prefix).getBigUint64(0, true));
  const other = otherFormat(bytes);
  if (other !== null && (length === 0 || length > Math.min(longestHeader, fileLength - prefix))) {
    throw formatError(source, `is not a safetensors file: it is ${other.name}`, 0, "a safetensors file", other.name, {
      hint: other.hint,
    });
  }
  if (bytes.length < prefix) {
    const problem = "ends within the length of its header";
    throw formatError(source, problem, bytes.length, `${prefix} bytes or more`, `${bytes.length} bytes`);
  }
  if (length > longestHeader) {
    const most = grouped(longestHeader);
    const problem = `says that its header has ${grouped(length)} bytes; the format allows ${most}`;
    const hint = `A file that begins with ${hex(bytes.subarray(0, prefix))} is probably not safetensors.`;
    throw formatError(source, problem, 0, `at most ${most}`, grouped(length), { hint });
  }
  if (prefix + length > fileLength) {
    const [wanted, found] = [`${grouped(prefix + length)} bytes or more`, `${grouped(fileLength)} bytes`];
    throw formatError(source, `ends within its header of ${grouped(length)} bytes`, fileLength, wanted, found);
  }
  return length;
}

/** The bytes that elements of so many bits take in a shape, the last one whole; NaN when a number does not hold them. */
function bytesOf(shape: Shape, bits: number): number {
  // The product leaves out zeros, so that no shape overflows a number on the way to zero elements.
  const nonzero = shape.reduce((product, n) => product * (n || 1), 1) * (bits / 8);
  if (!(nonzero <= Number.MAX_SAFE_INTEGER)) return Number.NaN;
  return shape.includes(0) ? 0 : Math.ceil(nonzero);
}

/** The metadata: names and texts. */
function readMetadata(reader: JsonReader): Record<string, string> {
  const metadata: Record<string, string> = Object.create(null);
  reader.object(metadataName, (name) => {
    metadata[name] = reader.string(`the value of ${quoted(name)} in ${metadataName}`).text;
  });
  return metadata;
}

/** One tensor of the header; `start` is where the data begin. */
function readEntry(
  reader: JsonReader,
  name: string,
  at: number,
  start: number,
  fileLength: number,
  source: FormatSource,
): TensorEntry {
  const tensor = quoted(name);
  const seen = new Set<string>();
  let type = "";
  let typeAt = at;
  let shapeAt = at;
  let offsetsAt = at;
  const shape: number[] = [];
  const offsets: number[] = [];
  reader.object(tensor, (field, fieldAt) => {
    seen.add(field);
    if (field === "dtype") {
      ({ text: type, at: typeAt } = reader.string(`the element type of ${tensor}`));
    } else if (field === "shape") {
      shapeAt = fieldAt;
      const length = `a length in the shape of ${tensor}`;
      reader.array(`the shape of ${tensor}`, () => {
        shape.push(reader.wholeNumber(length).value);
      });
    } else if (field === "data_offsets") {
      offsetsAt = fieldAt;
      reader.array(`the data_offsets of ${tensor}`, (index) => {
        const { value, at } = reader.wholeNumber(`one of the data_offsets of ${tensor}`);
        if (index > 1) {
          const problem = `gives ${tensor} more than two data_offsets`;
          throw formatError(source, problem, at, "[begin, end]", "a third");
        }
        offsets.push(value);
      });
    } else {
      const problem = `says ${quoted(field)} of ${tensor}, which the format does not know`;
      throw formatError(source, problem, fieldAt, fields.join(", "), quoted(field), {
        hint: `A tensor has ${fields.join(", ")}.`,
      });
    }
  });
  const missing = fields.find((field) => !seen.has(field));
  if (missing !== undefined) {
    throw formatError(source, `does not give the ${missing} of ${tensor}`, at, fields.join(", "), [...seen].join(", "));
  }
  if (offsets.length < 2) {
    const problem = `gives ${tensor} ${offsets.length} of two data_offsets`;
    throw formatError(source, problem, offsetsAt, "[begin, end]", `[${offsets}]`);
  }

  const bits = (fileElements.get(type)?.bytes ?? 0) * 8 || otherTypes.get(type);
  if (bits === undefined) {
    const known = [...fileElements.keys()].join(", ");
    const problem = `has the unknown element type ${quoted(type)} for ${tensor}`;
    throw formatError(source, problem, typeAt, known, quoted(type), { hint: `The types are ${known}.` });
  }
  const bytes = bytesOf(shape, bits);
  if (Number.isNaN(bytes)) {
    const problem = `gives ${tensor} the shape ${shown(shape)}, more than any file holds`;
    throw formatError(source, problem, shapeAt, "fewer than 2^53 bytes", shown(shape));
  }
  const [begin, end] = offsets;
  const range = `${grouped(begin)} … ${grouped(end)}`;
  if (begin > end) {
    const problem = `gives ${tensor} data_offsets that run backwards: ${range}`;
    throw formatError(source, problem, offsetsAt, "begin ≤ end", `[${begin}, ${end}]`);
  }
  if (end > fileLength - start) {
    const held = `${grouped(fileLength - start)} bytes of data`;
    throw formatError(source, `gives ${tensor} the bytes ${range} of ${held}`, offsetsAt, held, `[${begin}, ${end}]`, {
      hint: "The file was cut off, or its header is wrong. Copy or download it again.",
    });
  }
  if (end - begin !== bytes) {
    const needs = `${shown(shape)} of ${type} is ${grouped(bytes)} bytes`;
    const problem = `gives ${tensor} ${grouped(end - begin)} bytes (${range}), but ${needs}`;
    throw formatError(source, problem, offsetsAt, `${grouped(bytes)} bytes`, `${grouped(end - begin)} bytes`);
  }
  return { name, at, type, typeAt, shape, begin: start + begin, end: start + end };
}

/** Throws unless the tensors lie one behind the other from `start` to the end of the file. */
function checkCoverage(entries: readonly TensorEntry[], start: number, fileLength: number, source: FormatSource): void {
  let covered = start;
  let before = "";
  for (const { name, at, begin, end } of entries.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    const [from, to] = [grouped(begin - start), grouped(covered - start)];
    if (begin < covered) {
      const problem = `has ${quoted(name)} begin at byte ${from} of the data, within ${before}, which ends at ${to}`;
      throw formatError(source, problem, at, `${to} or later`, from, { hint: "Tensors must not share bytes." });
    }
    if (begin > covered) {
      const problem = `leaves bytes ${to} … ${from} of the data, before ${quoted(name)}, to no tensor`;
      throw formatError(source, problem, covered, `${quoted(name)} to begin at ${to} of the data`, from);
    }
    covered = end;
    before = quoted(name);
  }
  if (covered < fileLength) {
    const problem = `goes on after its ${grouped(entries.length)} tensor${entries.length === 1 ? "" : "s"}`;
    throw formatError(source, problem, covered, `${grouped(covered)} bytes`, `${grouped(fileLength)} bytes`, {
      hint: "The header and the data do not belong together.",
    });
  }
}

/**
 * Reads and checks a header.
 * @param bytes  the header alone, as long as {@link readHeaderLength} says
 * @throws DataError when it is not JSON of the format, names something twice, or does not fit the size of the file
 */
export function readHeader(bytes: Uint8Array, fileLength: number, source: FormatSource): SafetensorsHeader {
  if (bytes[0] !== 0x7b) {
    const found = bytes.length === 0 ? "is empty" : `begins with ${hex(bytes.subarray(0, 1))}, not with 7b ("{")`;
    throw formatError(source, `is not a safetensors file: its header ${found}`, prefix, "{", hex(bytes.subarray(0, 1)));
  }
  const start = prefix + bytes.length;
  const reader = jsonReader(bytes, prefix, source);
  const entries: TensorEntry[] = [];
  let metadata: Record<string, string> = Object.create(null);
  reader.object("the header", (name, at) => {
    if (name === metadataName) metadata = readMetadata(reader);
    else entries.push(readEntry(reader, name, at, start, fileLength, source));
  });
  reader.end();
  checkCoverage(entries, start, fileLength, source);
  return { entries, metadata };
}

/**
 * The entries that are wanted: all, or those of some names, in their order.
 * @throws DataError when there is none of a name, or one has a type that no tensor holds
 */
export function chosenEntries(
  { entries }: SafetensorsHeader,
  names: readonly string[] | undefined,
  source: FormatSource,
): readonly TensorEntry[] {
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  const chosen =
    names === undefined ? entries : names.map((name) => byName.get(name) ?? missingEntry(name, byName, source));
  for (const { name, type, typeAt } of chosen) {
    if (fileElements.has(type)) continue;
    const known = [...fileElements.keys()].join(", ");
    throw formatError(source, `has ${quoted(name)} in ${type}, which no tensor here holds`, typeAt, known, type, {
      hint:
        entries.length === 1
          ? "Convert it to F32 where the file comes from."
          : "Convert it to F32 where the file comes from, or read others by { names }.",
    });
  }
  return chosen;
}

function missingEntry(name: string, entries: ReadonlyMap<string, TensorEntry>, source: FormatSource): never {
  const near = typeof name === "string" ? nearest(name, [...entries.keys()]) : undefined;
  const shown = typeof name === "string" ? quoted(name) : String(name);
  throw formatError(source, `has no tensor ${shown}`, prefix, "the name of a tensor", shown, {
    hint: near === undefined ? "listSafetensors names them." : `Did you mean ${quoted(near)}?`,
  });
}
