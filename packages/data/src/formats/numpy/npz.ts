/** NPZ, NumPy's file format of named arrays, from and to bytes: a zip of NPY files, which fflate writes. */
import { calledAs, checkOptions, SpecError, type Tensor } from "@adjoint/tensor";
import { zipSync } from "fflate/browser";
import { type Bytes, checkBytes, dataName } from "../bytes.ts";
import { type FormatSource, formatError, grouped, hex } from "../format-error.ts";
import { checkMaxBytes, mostUnpacked } from "../limits.ts";
import { namedTensors } from "../named-tensors.ts";
import { otherFormat, otherZip } from "../other-formats.ts";
import { quoted } from "../safetensors/json-reader.ts";
import { readZipDirectory, unzipEntry, type ZipEntry } from "../zip.ts";
import { checkNpyDType, decodeNpy, encodeNpy } from "./npy.ts";

/** Options of {@link decodeNpz}. */
export interface DecodeNpzOptions {
  /** The arrays to read. Default: all. */
  readonly names?: readonly string[];
  /** As for `decodeNpy`, for every array. */
  readonly dtype?: "float64";
  /** How many bytes the compressed arrays may unpack to. Default 2²⁹ (512 MiB). */
  readonly maxBytes?: number;
  /** How errors name the bytes, for example the URL they came from. Default: "the data". */
  readonly name?: string;
}

/** The ending of an array's file in the archive, which its name leaves out. */
const ending = ".npy";
const nameOf = ({ name }: ZipEntry): string => (name.endsWith(ending) ? name.slice(0, -ending.length) : name);

/** @throws SpecError unless `names` is a list of strings, DataError when the file has no array of one of them */
function checkNames(
  names: readonly string[] | undefined,
  entries: ReadonlyMap<string, ZipEntry>,
  source: FormatSource,
): void {
  if (names === undefined) return;
  if (!Array.isArray(names)) throw SpecError.of(source.op, "names", names, "a list of names");
  const missing = names.find((name) => !entries.has(name));
  if (missing === undefined) return;
  const found = [...entries.keys()].map(quoted).join(", ");
  throw formatError(source, `has no array ${quoted(String(missing))}`, 0, found, quoted(String(missing)), {
    hint: `It has ${found || "none"}.`,
  });
}

/**
 * Reads an NPZ file, as `numpy.savez` and `numpy.savez_compressed` write it, that is already in memory.
 *
 * The sizes that the archive declares are checked before anything is unpacked, and each array by its checksum.
 *
 * @param bytes    the whole file
 * @param options  `names`: the arrays to read, all by default; `dtype`: `"float64"` also holds integers beyond 2³¹;
 *                 `maxBytes`: how many bytes compressed arrays may unpack to (2²⁹); `name`: how errors name the bytes
 * @returns        the arrays by name, without the ending .npy, in the order of the file or of `names`; the object has
 *                 no prototype
 * @throws DataError  when the file is not NPZ, is cut off or damaged, lacks one of `names`, would unpack to more than
 *                    `maxBytes`, or as `decodeNpy`
 * @throws DTypeError when `dtype` is another one
 * Inverse: {@link encodeNpz}. From a file: `readNpz`.
 */
export function decodeNpz(bytes: Uint8Array, options: DecodeNpzOptions = {}): Record<string, Tensor> {
  const op = "decodeNpz";
  checkOptions(op, options, ["names", "dtype", "maxBytes", "name"]);
  checkBytes(op, bytes);
  const { names, dtype, maxBytes = mostUnpacked } = options;
  checkNpyDType(op, dtype);
  checkMaxBytes(op, maxBytes);
  const source = { op, name: dataName(op, options.name) };
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) {
    const begins = hex(bytes.subarray(0, 4));
    const other = otherFormat(bytes.subarray(0, 16));
    const problem = `is not an NPZ file: it ${other === null ? `begins with ${begins}` : `is ${other.name}`}`;
    throw formatError(source, problem, 0, "50 4b, a zip", begins, other ?? {});
  }
  const directory = readZipDirectory(bytes, source);
  const entries = new Map(directory.map((entry) => [nameOf(entry), entry]));
  checkNames(names, entries, source);
  const wanted = names === undefined ? [...entries.keys()] : [...new Set(names)];
  const unpacked = wanted.reduce((sum, name) => {
    const { method, unpacked } = entries.get(name)!;
    return sum + (method === 0 ? 0 : unpacked);
  }, 0);
  if (unpacked > maxBytes) {
    const [found, limit] = [unpacked, maxBytes].map(grouped);
    const problem = `would unpack to ${found} bytes; the limit is ${limit}`;
    const hint = `If you trust the file, pass { maxBytes: ${unpacked} }; { names } reads some of its arrays.`;
    throw formatError(source, problem, 0, `at most ${limit} bytes`, `${found} bytes`, { hint });
  }
  const tensors: Record<string, Tensor> = Object.create(null);
  for (const name of wanted) {
    const entry = entries.get(name)!;
    if (!entry.name.endsWith(ending)) {
      const other = otherZip(directory.map((one) => one.name));
      const problem = `is not an NPZ file: it ${other === null ? `holds ${quoted(entry.name)}` : `is ${other.name}`}`;
      throw formatError(source, problem, entry.at, "a zip of .npy files", quoted(entry.name), other ?? {});
    }
    const content = unzipEntry(bytes, entry, source);
    const inside = { name: `${quoted(name)} in ${source.name}`, ...(dtype === undefined ? {} : { dtype }) };
    tensors[name] = calledAs(op, () => decodeNpy(content, inside));
  }
  return tensors;
}

/** Options of {@link encodeNpz}. */
export interface EncodeNpzOptions {
  /** Whether to compress by deflate, as `numpy.savez_compressed` does. Default false, as `numpy.savez`. */
  readonly compress?: boolean;
}

/** The date of every entry, so that the same tensors always give the same bytes: the first that a zip can say. */
const date = "1980-01-01T00:00:00";

/**
 * Writes named tensors as an NPZ file, into memory. `numpy.load` reads it.
 *
 * @param tensors  by name
 * @param options  `compress` (false): whether to compress by deflate
 * @returns        the bytes of the file; the same tensors give the same bytes
 * @throws SpecError when a value is not a Tensor, or a name is empty or not whole Unicode
 * Inverse: {@link decodeNpz}. To a file: `writeNpz`.
 */
export function encodeNpz(tensors: Readonly<Record<string, Tensor>>, options: EncodeNpzOptions = {}): Bytes {
  const op = "encodeNpz";
  checkOptions(op, options, ["compress"]);
  const level = options.compress ? 6 : 0;
  const files: Record<string, Uint8Array> = Object.create(null);
  for (const [name, tensor] of namedTensors(op, tensors)) {
    if (name === "" || new TextEncoder().encode(name).length > 65_000) {
      throw SpecError.of(op, "tensors", quoted(name), "a name of 1 to 65,000 bytes", {
        problem: `a tensor has the name ${quoted(name)}`,
      });
    }
    files[`${name}${ending}`] = encodeNpy(tensor);
  }
  return zipSync(files, { level, mtime: date });
}
