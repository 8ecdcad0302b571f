/**
 * Reads zip archives without trusting them: the directory at the end is checked against the size of the file before an
 * entry is unpacked, and an entry is unpacked into as many bytes as the directory says and no more. fflate inflates.
 *
 * Source: PKWARE, APPNOTE.TXT, 4.3.
 */
import { inflateSync } from "fflate/browser";
import { crc32 } from "./crc32.ts";
import { type FormatSource, formatError, grouped } from "./format-error.ts";
import { again, mostOfOne } from "./limits.ts";
import { quoted } from "./safetensors/json-reader.ts";

export interface ZipEntry {
  readonly name: string;
  /** Where its local header begins in the file. */
  readonly at: number;
  /** How it is compressed: 0, not at all, or 8, by deflate. */
  readonly method: number;
  readonly crc: number;
  /** Bytes in the file, and unpacked. */
  readonly packed: number;
  readonly unpacked: number;
}

/** Longest comment behind the directory, and the length of the record before it. */
const longestComment = 65_535;
const endLength = 22;

/** Little-endian numbers of an archive, with a check that they lie in it. */
class Fields {
  readonly bytes: Uint8Array;
  readonly source: FormatSource;
  private readonly view: DataView;

  constructor(bytes: Uint8Array, source: FormatSource) {
    this.bytes = bytes;
    this.source = source;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** @throws DataError when fewer than `length` bytes begin at `at` */
  need(at: number, length: number, what: string): void {
    const size = this.bytes.length;
    if (Number.isSafeInteger(at) && at >= 0 && at + length <= size) return;
    const wanted = `${grouped(at + length)} bytes or more`;
    const problem = `has only ${grouped(size)} bytes, and ${what} at byte ${grouped(at)}`;
    throw formatError(this.source, problem, size, wanted, `${grouped(size)} bytes`, { hint: again });
  }

  u16(at: number): number {
    return this.view.getUint16(at, true);
  }

  u32(at: number): number {
    return this.view.getUint32(at, true);
  }

  /** A number of 64 bits; one beyond 2⁵³ comes out as Infinity, which no check lets pass. */
  u64(at: number): number {
    const value = this.view.getBigUint64(at, true);
    return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : Number.POSITIVE_INFINITY;
  }
}

/** The byte of the record at the end of an archive; -1 where there is none. */
function findEnd(fields: Fields): number {
  const last = fields.bytes.length - endLength;
  for (let at = last; at >= Math.max(0, last - longestComment); at--) {
    if (fields.u32(at) === 0x06054b50 && fields.u16(at + 20) === last - at) return at;
  }
  return -1;
}

/** Where the directory is, and how many entries it has. */
function findDirectory(fields: Fields): { readonly count: number; readonly at: number; readonly end: number } {
  const end = findEnd(fields);
  if (end < 0) {
    const { source, bytes } = fields;
    const problem = "is a zip without the directory at its end";
    throw formatError(source, problem, bytes.length, "a whole zip", "the beginning of one", { hint: again });
  }
  // Where a number does not fit, the record says so, and one of 64 bits stands before it.
  const isWide = end >= 20 && fields.u32(end - 20) === 0x07064b50;
  if (!isWide) return { count: fields.u16(end + 10), at: fields.u32(end + 16), end };
  const wide = fields.u64(end - 12);
  fields.need(wide, 56, "the record of its directory begins");
  return { count: fields.u64(wide + 32), at: fields.u64(wide + 48), end };
}

/** Sizes and place of an entry of which the directory gives only 32 bits. */
function widened(fields: Fields, at: number): { packed: number; unpacked: number; local: number } {
  const sizes = { unpacked: fields.u32(at + 24), packed: fields.u32(at + 20), local: fields.u32(at + 42) };
  const begin = at + 46 + fields.u16(at + 28);
  const end = begin + fields.u16(at + 30);
  for (let field = begin; field + 4 <= end; field += 4 + fields.u16(field + 2)) {
    if (fields.u16(field) !== 1) continue;
    let next = field + 4;
    for (const name of ["unpacked", "packed", "local"] as const) {
      if (sizes[name] !== 0xffffffff || next + 8 > end) continue;
      sizes[name] = fields.u64(next);
      next += 8;
    }
  }
  return sizes;
}

/** One entry of the directory, and the byte of the next. */
function readEntry(fields: Fields, at: number, end: number): { readonly entry: ZipEntry; readonly next: number } {
  const { bytes, source } = fields;
  fields.need(at, 46, "an entry of its directory begins");
  if (at + 46 > end || fields.u32(at) !== 0x02014b50) {
    throw formatError(source, "is a zip whose directory is damaged", at, "an entry", "other bytes", { hint: again });
  }
  const [nameLength, extra, comment] = [28, 30, 32].map((field) => fields.u16(at + field));
  const next = at + 46 + nameLength + extra + comment;
  fields.need(at, next - at, "an entry of its directory begins");
  const name = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(at + 46, at + 46 + nameLength));
  const refuse = (problem: string, expected: string, received: string, hint: string): never => {
    throw formatError(source, problem, at, expected, received, { hint });
  };
  if (fields.u16(at + 8) & 1) {
    const hint = "Unpack it, and pack it anew without.";
    refuse(`has ${quoted(name)} encrypted`, "a plain entry", "an encrypted one", hint);
  }
  const method = fields.u16(at + 10);
  if (method !== 0 && method !== 8) {
    const hint = "Unpack it, and pack it anew with deflate, which zip and NumPy use by default.";
    const problem = `has ${quoted(name)} compressed by method ${method}`;
    refuse(problem, "method 0, none, or 8, deflate", String(method), hint);
  }
  const { packed, unpacked, local } = widened(fields, at);
  fields.need(local, 30 + packed, `${quoted(name)} begins`);
  if (method === 0 ? packed !== unpacked : unpacked > packed * mostOfOne) {
    const sizes = [packed, unpacked].map(grouped);
    const problem = `says that ${quoted(name)} unpacks from ${sizes[0]} to ${sizes[1]} bytes, which its compression cannot`;
    refuse(problem, `at most ${grouped(packed * (method === 0 ? 1 : mostOfOne))} bytes`, sizes[1], again);
  }
  return { entry: { name, at: local, method, crc: fields.u32(at + 16), packed, unpacked }, next };
}

/**
 * The directory of an archive, after every check that needs no unpacking.
 * @throws DataError when the archive is cut off or damaged, has an entry that is encrypted, compressed by another method
 *                   than deflate, or larger than its compression can make it, or two of one name
 */
export function readZipDirectory(bytes: Uint8Array, source: FormatSource): readonly ZipEntry[] {
  const fields = new Fields(bytes, source);
  const { count, at, end } = findDirectory(fields);
  const entries = new Map<string, ZipEntry>();
  let sum = 0;
  for (let i = 0, place = at; i < count; i++) {
    const { entry, next } = readEntry(fields, place, end);
    if (entries.has(entry.name)) {
      throw formatError(source, `has two entries ${quoted(entry.name)}`, place, "entries of different names", "two");
    }
    entries.set(entry.name, entry);
    sum += entry.packed;
    place = next;
  }
  // Entries that share bytes make a small archive unpack to much.
  if (sum > bytes.length) {
    const problem = `has entries of ${grouped(sum)} bytes in a file of ${grouped(bytes.length)}: they overlap`;
    throw formatError(source, problem, at, `at most ${grouped(bytes.length)} bytes`, `${grouped(sum)} bytes`);
  }
  return [...entries.values()];
}

/** The names of the entries of an archive. @throws as {@link readZipDirectory} */
export function zipNames(bytes: Uint8Array, source: FormatSource): string[] {
  return readZipDirectory(bytes, source).map(({ name }) => name);
}

/**
 * The bytes of an entry: those of the archive where it is not compressed.
 * @throws DataError when they are not what the directory says
 */
export function unzipEntry(bytes: Uint8Array, entry: ZipEntry, source: FormatSource): Uint8Array {
  const { name, at, method, packed, unpacked, crc } = entry;
  const fields = new Fields(bytes, source);
  if (fields.u32(at) !== 0x04034b50) {
    const problem = `has no entry where ${quoted(name)} should begin`;
    throw formatError(source, problem, at, "PK 03 04", "other bytes", { hint: again });
  }
  const begin = at + 30 + fields.u16(at + 26) + fields.u16(at + 28);
  fields.need(begin, packed, `the content of ${quoted(name)} begins`);
  const content = bytes.subarray(begin, begin + packed);
  const whole = method === 0 || packed === 0 ? content : inflated(content, entry, begin, source);
  if (whole.length === unpacked) {
    const sum = crc32(whole);
    if (sum === crc) return whole;
    const problem = `has other bytes in ${quoted(name)} than its checksum says`;
    throw formatError(source, problem, begin, `CRC-32 ${crc}`, String(sum), { hint: again });
  }
  const [more, received] = whole.length > unpacked ? ["more", "more"] : ["fewer", grouped(whole.length)];
  const problem = `has ${more} bytes in ${quoted(name)} than the ${grouped(unpacked)} that its directory says`;
  throw formatError(source, problem, begin, grouped(unpacked), received, { hint: again });
}

/** What deflate makes of `content`; one byte too many where it would make more than the directory says. */
function inflated(content: Uint8Array, { name, unpacked }: ZipEntry, at: number, source: FormatSource): Uint8Array {
  try {
    return inflateSync(content, { out: new Uint8Array(unpacked + 1) });
  } catch (cause) {
    const problem = `is corrupt in ${quoted(name)}: inflating says "${(cause as Error).message}"`;
    throw formatError(source, problem, at, "whole deflate data", "damaged data", { hint: again, cause });
  }
}
