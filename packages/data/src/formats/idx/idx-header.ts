/**
 * Reads the header of an IDX file, and locates where a file departs from the format: two zero bytes, a type code, the
 * number of axes, then the length of each axis as a 32-bit big-endian number.
 *
 * Source: Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database of handwritten digits", section "The IDX file
 * format".
 */
import { type AdjointError, type DType, type Shape, sizeOf } from "@adjoint/tensor";
import { type FormatSource, formatError, grouped, hex } from "../format-error.ts";
import { otherFormat } from "../other-formats.ts";

/** The element types of an IDX file. */
export type IdxType = "ubyte" | "byte" | "short" | "int" | "float" | "double";

/** Where an element type stands in the format, and which tensors hold its values exactly (the first by default). */
interface IdxElement {
  readonly code: number;
  readonly bytes: number;
  readonly dtypes: readonly Exclude<DType, "bool">[];
  readonly read: (view: DataView, at: number) => number;
  readonly write: (view: DataView, at: number, value: number) => void;
}

function element(
  code: number,
  bytes: number,
  kind: "Uint8" | "Int8" | "Int16" | "Int32" | "Float32" | "Float64",
  dtypes: IdxElement["dtypes"],
): IdxElement {
  const [get, set] = [`get${kind}`, `set${kind}`] as const;
  return { code, bytes, dtypes, read: (view, at) => view[get](at), write: (view, at, value) => view[set](at, value) };
}

/** The six element types of the format. */
export const idxElements: { readonly [T in IdxType]: IdxElement } = {
  ubyte: element(0x08, 1, "Uint8", ["int32", "float32", "float64"]),
  byte: element(0x09, 1, "Int8", ["int32", "float32", "float64"]),
  short: element(0x0b, 2, "Int16", ["int32", "float32", "float64"]),
  int: element(0x0c, 4, "Int32", ["int32", "float64"]),
  float: element(0x0d, 4, "Float32", ["float32", "float64"]),
  double: element(0x0e, 8, "Float64", ["float64"]),
};

/** Their names, in the order of their codes. */
export const idxTypes = Object.keys(idxElements) as IdxType[];

/** What the first bytes of an IDX file say. */
export interface IdxHeader {
  readonly type: IdxType;
  readonly shape: Shape;
  /** Where the elements begin: 4 + 4 · number of axes. */
  readonly start: number;
  /** How long the whole file must be. */
  readonly length: number;
}

/**
 * Reads the header of an IDX file, of which `bytes` may be only the beginning.
 * @returns the header, or null when `bytes` ends within it and so far is as it should be
 * @throws DataError when the magic number, the type or the lengths are wrong
 */
export function readIdxHeader(bytes: Uint8Array, source: FormatSource): IdxHeader | null {
  const zeros = Math.min(bytes.length, 2);
  for (let i = 0; i < zeros; i++) {
    if (bytes[i] !== 0) {
      const begins = hex(bytes.subarray(0, 4));
      const other = otherFormat(bytes.subarray(0, 8));
      const problem = other === null ? `it begins with ${begins}, not with 00 00` : `it is ${other.name}`;
      const expected = "00 00, an element type, the number of axes";
      throw formatError(source, `is not an IDX file: ${problem}`, i, expected, begins, other ?? {});
    }
  }
  const type = idxTypes.find((name) => idxElements[name].code === bytes[2]);
  if (bytes.length > 2 && type === undefined) {
    const codes = idxTypes.map((name) => `${hex(Uint8Array.of(idxElements[name].code))} (${name})`).join(", ");
    const found = hex(bytes.subarray(2, 3));
    const hint = `The types are ${codes}.`;
    throw formatError(source, `has the unknown element type ${found}`, 2, codes, found, { hint });
  }
  if (bytes.length < 4 || bytes.length < 4 + 4 * bytes[3]) return null;

  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: bytes[3] }, (_, axis) => view.getUint32(4 + 4 * axis));
  // The product leaves out zeros, so that no shape overflows a number on the way to zero elements.
  const nonzero = shape.reduce((product, n) => product * (n || 1), 1);
  const start = 4 + 4 * shape.length;
  const length = start + (shape.includes(0) ? 0 : nonzero * idxElements[type!].bytes);
  if (!(nonzero * 8 < 2 ** 53)) {
    const found = `[${shape.join(", ")}]`;
    const problem = `says it has the shape ${found}, more than any file holds`;
    throw formatError(source, problem, 4, "fewer than 2^50 elements", found);
  }
  return { type: type!, shape, start, length };
}

/** What the elements along the first axis are called: the two kinds of files that MNIST consists of have names. */
function unitOf({ type, shape }: IdxHeader): { readonly name: string; readonly count: number; readonly bytes: number } {
  const element = idxElements[type].bytes;
  if (type === "ubyte" && shape.length === 3 && shape[1] * shape[2] > 0) {
    return { name: "image", count: shape[0], bytes: shape[1] * shape[2] };
  }
  if (type === "ubyte" && shape.length === 1) return { name: "label", count: shape[0], bytes: 1 };
  return { name: "value", count: shape.includes(0) ? 0 : sizeOf(shape), bytes: element };
}

/** The error for a file that ends too early. */
function truncatedIdx(bytes: Uint8Array, header: IdxHeader | null, source: FormatSource): AdjointError {
  const found = bytes.length;
  if (header === null) {
    const expected = found < 4 ? "at least 4 bytes" : `a header of ${4 + 4 * bytes[3]} bytes (${bytes[3]} axes)`;
    return formatError(source, "ends within its header", found, expected, `${found} bytes`);
  }
  const unit = unitOf(header);
  const whole = Math.floor((found - header.start) / unit.bytes);
  const problem = `ends after ${grouped(whole)} of ${grouped(unit.count)} ${unit.name}${unit.count === 1 ? "" : "s"}`;
  return formatError(source, problem, found, `${grouped(header.length)} bytes`, `${grouped(found)} bytes`);
}

/** The error for a file that goes on behind its last element. */
export function overlongIdx(found: string, header: IdxHeader, source: FormatSource): AdjointError {
  const { name, count } = unitOf(header);
  const problem = `goes on after its ${grouped(count)} ${name}${count === 1 ? "" : "s"}`;
  const hint = "The header and the data do not belong together.";
  return formatError(source, problem, header.length, `${grouped(header.length)} bytes`, found, { hint });
}

/** The header of a whole file, after checking that the file is exactly as long as its header says. */
export function checkIdx(bytes: Uint8Array, source: FormatSource): IdxHeader {
  const header = readIdxHeader(bytes, source);
  if (header === null || bytes.length < header.length) throw truncatedIdx(bytes, header, source);
  if (bytes.length > header.length) throw overlongIdx(`${grouped(bytes.length)} bytes`, header, source);
  return header;
}
