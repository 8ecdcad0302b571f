/** Safetensors files on disk. The format itself is in header.ts. */
import { calledAs, checkOptions, type Shape, type Tensor } from "@adjoint/tensor";
import { openFile } from "../../files/read-whole.ts";
import { checkPath, fileError } from "../../files/system-error.ts";
import { writeWhole } from "../../files/write-whole.ts";
import type { Bytes } from "../bytes.ts";
import { type FormatSource, formatError, grouped } from "../format-error.ts";
import { checkNames, reserve, type Safetensors, tensorOf } from "./decode.ts";
import { type EncodeSafetensorsOptions, encodeSafetensors } from "./encode.ts";
import { chosenEntries, prefix, readHeader, readHeaderLength, type SafetensorsHeader } from "./header.ts";

type FileHandle = Awaited<ReturnType<typeof import("node:fs/promises").open>>;

/** Bytes to read at a time: Node takes less than 2³¹. */
const step = 2 ** 30;

/** Fills `target` from byte `at` of the file on. @throws DataError when the file has become shorter meanwhile */
async function fill(handle: FileHandle, target: Bytes, at: number, source: FormatSource): Promise<Bytes> {
  for (let done = 0; done < target.length; ) {
    const { bytesRead } = await handle.read(target, done, Math.min(step, target.length - done), at + done);
    if (bytesRead === 0) {
      const [wanted, found] = [`${grouped(at + target.length)} bytes`, `${grouped(at + done)} bytes`];
      throw formatError(source, "became shorter while it was read", at + done, wanted, found);
    }
    done += bytesRead;
  }
  return target;
}

/** Options of {@link readSafetensors}. */
export interface ReadSafetensorsOptions {
  /** The tensors to read. Default: all. */
  readonly names?: readonly string[];
}

/** Opens a file, and gives `use` its header. */
async function withHeader<Result>(
  source: FormatSource,
  path: string | URL,
  use: (header: SafetensorsHeader, handle: FileHandle) => Result | Promise<Result>,
): Promise<Result> {
  let handle: FileHandle | undefined;
  try {
    const opened = await openFile(source.op, path);
    const size = opened.bytes;
    handle = opened.handle;
    const first = await fill(handle, new Uint8Array(Math.min(prefix, size)), 0, source);
    const length = readHeaderLength(first, size, source);
    const header = await fill(handle, new Uint8Array(length), prefix, source);
    return await use(readHeader(header, size, source), handle);
  } catch (cause) {
    throw fileError(source.op, "read", path, cause, "source");
  } finally {
    await handle?.close();
  }
}

/**
 * Reads a safetensors file. The header is checked against the size of the file first; then the bytes of each tensor go
 * from the file straight into storage of its own. Types become those that `decodeSafetensors` lists.
 *
 * @param path     path or URL of the file
 * @param options  `names`: the tensors to read, all by default; the others may have types that no tensor here holds
 * @returns        tensors and metadata by name
 * @throws DataError when there is no such file, or it is not safetensors, ends early, goes on too long, or its header
 *                   lies; when there is no tensor of a name; when a type or a value is none that a tensor holds
 * Inverse: {@link writeSafetensors}. Without files, at once: `decodeSafetensors`.
 */
export async function readSafetensors(path: string | URL, options: ReadSafetensorsOptions = {}): Promise<Safetensors> {
  const op = "readSafetensors";
  checkOptions(op, options, ["names"]);
  checkNames(op, options.names);
  checkPath(op, path, "source");
  const source = { op, name: String(path) };
  return await withHeader(source, path, async (header, handle) => {
    const tensors: Record<string, Tensor> = Object.create(null);
    for (const entry of chosenEntries(header, options.names, source)) {
      tensors[entry.name] = tensorOf(entry, await fill(handle, reserve(entry, source), entry.begin, source), source);
    }
    return { tensors, metadata: header.metadata };
  });
}

/** A tensor of a safetensors file, as its header describes it. */
export interface ListedTensor {
  readonly name: string;
  /** The element type as the file names it: `"F32"`, and `"F8_E4M3"`, which no tensor here holds. */
  readonly type: string;
  readonly shape: Shape;
  readonly bytes: number;
}

/**
 * Lists the tensors of a safetensors file by its header, whatever their types; their elements are not read.
 *
 * @param path  path or URL of the file
 * @returns     the tensors in the order of the header, and the metadata
 * @throws DataError when there is no such file, or it is not safetensors, ends early, goes on too long, or its header lies
 */
export async function listSafetensors(
  path: string | URL,
): Promise<{ readonly tensors: readonly ListedTensor[]; readonly metadata: Readonly<Record<string, string>> }> {
  checkPath("listSafetensors", path, "source");
  return await withHeader({ op: "listSafetensors", name: String(path) }, path, ({ entries, metadata }) => ({
    tensors: entries.map(({ name, type, shape, begin, end }) => ({ name, type, shape, bytes: end - begin })),
    metadata,
  }));
}

/**
 * Writes named tensors to a safetensors file, the bytes of `encodeSafetensors`. The file appears whole or not at all:
 * it is written under another name, then renamed.
 *
 * @param path     where to; an existing file is replaced
 * @param tensors  by name; any name but `__metadata__`
 * @param options  `metadata`: texts by name
 * @throws SpecError when a value is not a Tensor, a metadata not a string, a name not whole Unicode, or the header
 *                   would be longer than the format's 100 MB
 * @throws DataError when the file cannot be written
 * Inverse: {@link readSafetensors}. Without files, at once: `encodeSafetensors`.
 */
export async function writeSafetensors(
  path: string | URL,
  tensors: Readonly<Record<string, Tensor>>,
  options: EncodeSafetensorsOptions = {},
): Promise<void> {
  const op = "writeSafetensors";
  const bytes = calledAs(op, () => encodeSafetensors(tensors, options));
  await writeWhole(op, path, bytes);
}
