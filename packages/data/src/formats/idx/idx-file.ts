/** IDX files on disk, with or without gzip. The format itself is in idx.ts. */
import { calledAs, checkOptions, type Tensor } from "@adjoint/tensor";
import { readSource } from "../../files/read-whole.ts";
import { writeWhole } from "../../files/write-whole.ts";
import { nodeModule } from "../../node.ts";
import { checkMaxBytes, mostUnpacked } from "../limits.ts";
import { gunzipIdx, isGzip } from "./gzip.ts";
import { type DecodeIdxOptions, decodeIdxFrom, type EncodeIdxOptions, encodeIdx } from "./idx.ts";

/** Options of {@link readIdx}. */
export interface ReadIdxOptions extends DecodeIdxOptions {
  /** How many bytes a compressed file may unpack to. Default 2²⁹ (512 MiB). */
  readonly maxBytes?: number;
}

/**
 * Reads an IDX file, unpacking it when it is gzip (by its first bytes, whatever its name is).
 *
 * @param source   path of a file, or its bytes
 * @param options  `dtype`: what to hold the elements in; int32 for integers, else the file's own type; `maxBytes`:
 *                 how many bytes a compressed file may unpack to (2²⁹)
 * @returns        a tensor of the file's shape, of any number of axes
 * @throws DataError  when there is no such file, or it is not IDX, ends early, goes on too long, has a lying header, is
 *                    corrupt, or unpacks to more than `maxBytes`; the byte offset is that in the unpacked file
 * @throws DTypeError when `dtype` does not hold every value of the file's type
 * Inverse: {@link writeIdx}. Without files, at once: `decodeIdx`.
 */
export async function readIdx(source: string | URL | Uint8Array, options: ReadIdxOptions = {}): Promise<Tensor> {
  checkOptions("readIdx", options, ["dtype", "maxBytes"]);
  const { maxBytes = mostUnpacked, ...decoding } = options;
  checkMaxBytes("readIdx", maxBytes);
  const { bytes, name } = await readSource("readIdx", source);
  const from = { op: "readIdx", name };
  if (!isGzip(bytes)) return decodeIdxFrom(bytes, decoding, from);
  const hint = (length: number): string => `If you trust the file, pass { maxBytes: ${length} }.`;
  return decodeIdxFrom(await gunzipIdx(bytes, from, maxBytes, hint), decoding, from);
}

/** Options of {@link writeIdx}. */
export interface WriteIdxOptions extends EncodeIdxOptions {
  /** Whether to compress. Default: whether the name ends in ".gz". */
  readonly gzip?: boolean;
}

/**
 * Writes a tensor to an IDX file. The file appears whole or not at all: it is written under another name, then renamed.
 *
 * @param tensor   of at most 255 axes
 * @param path     where to; an existing file is replaced
 * @param options  `type`: the element type, if it holds every value exactly; `gzip`: whether to compress
 * @throws DTypeError when a value is not one of the type's
 * @throws DataError  when the file cannot be written
 * Inverse: {@link readIdx}. Without files, at once: `encodeIdx`.
 */
export async function writeIdx(tensor: Tensor, path: string | URL, options: WriteIdxOptions = {}): Promise<void> {
  checkOptions("writeIdx", options, ["type", "gzip"]);
  const { gzip = String(path).endsWith(".gz"), ...encoding } = options;
  const bytes = calledAs("writeIdx", () => encodeIdx(tensor, encoding));
  await writeWhole("writeIdx", path, gzip ? nodeModule("writeIdx", "zlib").gzipSync(bytes) : bytes);
}
