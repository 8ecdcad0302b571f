/** The text of a file, from its bytes. */
import { checkKind, DataError } from "@adjoint/tensor";
import { formatError, hex } from "../formats/format-error.ts";
import { otherFormat } from "../formats/other-formats.ts";

const asUtf8 = "Save it as UTF-8.";

/**
 * The text itself, or that of bytes in UTF-8, without a byte order mark.
 * @throws DataError for the bytes of another format, of another encoding, or with a zero among them
 */
export function textOf(op: string, source: string | Uint8Array, name: string): string {
  checkKind(op, "source", source, typeof source === "string" || source instanceof Uint8Array, "a string or its bytes");
  if (typeof source === "string") return source.replace(/^\ufeff/, "");
  const other = otherFormat(source);
  if (other !== null && !other.name.startsWith("text")) {
    throw formatError({ op, name }, `is not text: it is ${other.name}`, 0, "text", other.name, other);
  }
  if ((source[0] === 0xff && source[1] === 0xfe) || (source[0] === 0xfe && source[1] === 0xff)) {
    throw formatError({ op, name }, "is in UTF-16", 0, "UTF-8", hex(source.subarray(0, 2)), { hint: asUtf8 });
  }
  const zero = source.indexOf(0);
  if (zero >= 0) throw formatError({ op, name }, "is not text: it has a zero byte", zero, "text", "00");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(source);
  } catch (cause) {
    const fields = { op, argument: "source", expected: "UTF-8", received: "other bytes", hint: asUtf8 };
    throw new DataError({ ...fields, problem: `${name} is not in UTF-8` }, { cause });
  }
}
