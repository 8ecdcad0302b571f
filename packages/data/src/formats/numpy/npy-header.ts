/**
 * Reads and checks the header of an NPY file: the magic string, a version, the length of the header, and the header with
 * element type, order and shape. All of it is checked against the size of the file before anything is allocated.
 *
 * Source: NEP 1, "A Simple File Format for NumPy Arrays", and numpy.lib.format.
 */
import { formatShape, maxAxes, type Shape } from "@adjoint/tensor";
import { fileElements } from "../elements.ts";
import { type FormatSource, formatError, grouped, hex } from "../format-error.ts";
import { otherFormat } from "../other-formats.ts";
import { readNpyDictionary } from "./literal.ts";
import { numpyTypes } from "./numpy-types.ts";

/** `\x93NUMPY`, with which every NPY file begins. */
export const npyMagic: readonly number[] = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** The longest header that is read, in bytes: NumPy itself warns beyond 10,000. */
const longestHeader = 2 ** 16;

/** What an NPY file holds, after every check. */
export interface NpyHeader {
  /** The element type under the name that `fileElements` has. */
  readonly type: string;
  /** Whether the bytes of an element begin with the most significant. */
  readonly isBigEndian: boolean;
  readonly fortranOrder: boolean;
  readonly shape: Shape;
  /** Where the elements begin, and how many bytes they take. */
  readonly start: number;
  readonly bytes: number;
}

/** By the letter of a kind that no tensor holds: what it is, and what to write in NumPy instead. */
const refused: Readonly<Record<string, readonly [what: string, hint: string]>> = {
  f: ["extended precision", "Save x.astype(np.float64)."],
  c: ["complex numbers", "Save x.real and x.imag as two arrays."],
  O: ["Python objects, which are a pickle", "Save numbers: np.stack(x) or x.astype(np.float64)."],
  S: ["byte strings", "Save numbers: np.unique(x, return_inverse=True)[1] has one for each string."],
  U: ["strings", "Save numbers: np.unique(x, return_inverse=True)[1] has one for each string."],
  M: ["dates", "Save numbers: x.astype(np.int64)."],
  m: ["times", "Save numbers: x.astype(np.int64)."],
  V: ["structures of fields", "Save each field as an array of its own."],
};

/** The element type that `descr` names. @throws DataError for one that no tensor holds */
function elementOf(descr: string | null, at: number, source: FormatSource): Pick<NpyHeader, "type" | "isBigEndian"> {
  const [, order, kind] = /^([<>|=]?)(.*)$/s.exec(descr ?? "V") as unknown as [string, string, string];
  const type = numpyTypes.get(kind);
  if (type !== undefined) return { type, isBigEndian: order === ">" };
  const shown = descr === null ? "a list of fields" : JSON.stringify(descr.slice(0, 40));
  const [what, hint] = refused[kind[0]] ?? ["an unknown type", "Save x.astype(np.float32)."];
  const wanted = "booleans, integers or real numbers";
  throw formatError(source, `has elements of the type ${shown}, ${what}`, at, wanted, shown, { hint });
}

/** The error for a file that ends within its header. */
function cutHeader(bytes: Uint8Array, wanted: number, source: FormatSource): Error {
  const expected = `${grouped(wanted)} bytes or more`;
  return formatError(source, "ends within its header", bytes.length, expected, `${grouped(bytes.length)} bytes`);
}

/**
 * @param bytes  the whole file
 * @throws DataError when it is no NPY file, is cut off, goes on too long, or has elements that no tensor holds
 */
export function readNpyHeader(bytes: Uint8Array, source: FormatSource): NpyHeader {
  const wrong = npyMagic.findIndex((byte, i) => i < bytes.length && bytes[i] !== byte);
  if (wrong >= 0) {
    const begins = hex(bytes.subarray(0, 6));
    const other = otherFormat(bytes);
    const problem = `is not an NPY file: it ${other === null ? `begins with ${begins}` : `is ${other.name}`}`;
    throw formatError(source, problem, wrong, hex(Uint8Array.from(npyMagic)), begins, other ?? {});
  }
  if (bytes.length < 10) throw cutHeader(bytes, 10, source);
  const version = bytes[6];
  if (version < 1 || version > 3) {
    throw formatError(source, `has version ${version} of the format`, 6, "version 1, 2 or 3", String(version));
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const begin = version === 1 ? 10 : 12;
  if (bytes.length < begin) throw cutHeader(bytes, begin, source);
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > longestHeader) {
    const [found, most] = [length, longestHeader].map(grouped);
    throw formatError(source, `says that its header has ${found} bytes`, 8, `at most ${most}`, found);
  }
  const start = begin + length;
  if (bytes.length < start) throw cutHeader(bytes, start, source);
  const text = new TextDecoder(version === 3 ? "utf-8" : "latin1").decode(bytes.subarray(begin, start));
  const { descr, fortranOrder, shape } = readNpyDictionary(text, begin, source);
  const { type, isBigEndian } = elementOf(descr, begin, source);
  if (shape.length > maxAxes) {
    const problem = `has ${grouped(shape.length)} axes; a tensor has at most ${maxAxes}`;
    throw formatError(source, problem, begin, `at most ${maxAxes} axes`, `${grouped(shape.length)} axes`);
  }
  const { bytes: width } = fileElements.get(type)!;
  // The product leaves out zeros, so that no shape overflows a number on the way to zero elements.
  const nonzero = shape.reduce((product, n) => product * (n || 1), width);
  const size = shape.includes(0) && Number.isSafeInteger(nonzero) ? 0 : nonzero;
  const found = bytes.length - start;
  if (size !== found) {
    const said = `${formatShape(shape)}, ${grouped(size)} bytes`;
    const problem =
      size > found
        ? `ends after ${grouped(found)} of the ${grouped(size)} bytes of its array of shape ${formatShape(shape)}`
        : `goes on after its array of shape ${formatShape(shape)}`;
    throw formatError(source, problem, start + Math.min(size, found), said, `${grouped(found)} bytes`);
  }
  return { type, isBigEndian, fortranOrder, shape, start, bytes: size };
}
