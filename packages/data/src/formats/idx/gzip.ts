/** Unpacks gzip without trusting it: no further than the header of the IDX file inside says. */
import { codeOf, nodeModule } from "../../node.ts";
import { joined } from "../bytes.ts";
import { type FormatSource, formatError, grouped } from "../format-error.ts";
import { again } from "../limits.ts";
import { type IdxHeader, overlongIdx, readIdxHeader } from "./idx-header.ts";

/** Bytes given to zlib at a time: how finely an error can say where the damage is. */
const step = 4096;

/** Whether `bytes` begins as gzip does (RFC 1952, 2.3.1). */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * The IDX file inside a gzip file.
 * @param most how many bytes it may have: gzip makes up to a thousand of one
 * @param hint what to do about a longer one, given its length
 * @throws DataError when the gzip is corrupt or cut off, or its content is longer than its IDX header says, or than `most`
 */
export async function gunzipIdx(
  bytes: Uint8Array,
  source: FormatSource,
  most: number,
  hint: (length: number) => string,
): Promise<Uint8Array> {
  const gunzip = nodeModule(source.op, "zlib").createGunzip();
  const pieces: Uint8Array[] = [];
  let length = 0;
  let unpacked = 0;
  let header: IdxHeader | null = null;
  try {
    for (let at = 0; at < bytes.length; at += step) {
      const end = Math.min(at + step, bytes.length);
      gunzip.write(bytes.subarray(at, end), (error) => {
        if (error == null) unpacked = end;
      });
    }
    gunzip.end();
    for await (const piece of gunzip as AsyncIterable<Uint8Array>) {
      pieces.push(piece);
      length += piece.length;
      header ??= readIdxHeader(joined(pieces), source);
      if (header !== null && header.length > most) {
        const [wanted, limit] = [grouped(header.length), grouped(most)];
        const problem = `would unpack to ${wanted} bytes; the limit is ${limit}`;
        throw formatError(source, problem, 4, `at most ${limit} bytes`, `${wanted} bytes`, {
          hint: hint(header.length),
        });
      }
      if (header !== null && length > header.length) throw overlongIdx("more bytes", header, source);
    }
  } catch (cause) {
    const code = codeOf(cause);
    if (code === undefined || !code.startsWith("Z_")) throw cause;
    const size = `${grouped(bytes.length)} compressed bytes`;
    if (code === "Z_BUF_ERROR") {
      const at = `${grouped(bytes.length)}, compressed`;
      throw formatError(source, "is cut off within its gzip data", at, "more", size, { hint: again, cause });
    }
    const place = `${grouped(unpacked)} … ${grouped(Math.min(unpacked + step, bytes.length))}, compressed`;
    const problem = `is corrupt: gzip says "${(cause as Error).message}"`;
    throw formatError(source, problem, place, "whole gzip data", size, { hint: again, cause });
  }
  if (gunzip.bytesWritten < bytes.length) {
    const rest = bytes.length - gunzip.bytesWritten;
    const end = grouped(gunzip.bytesWritten);
    const more = `${grouped(rest)} more`;
    throw formatError(source, "goes on after its gzip data", `${end}, compressed`, `${end} bytes`, more);
  }
  return joined(pieces);
}
