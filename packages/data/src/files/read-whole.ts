/** Reads files of other people: never a device or a pipe, which may have no end, and never more than was expected. */
import { DataError } from "@adjoint/tensor";
import { nodeModule } from "../node.ts";
import { checkPath, fileError, notAFile } from "./system-error.ts";

/**
 * Opens a file for reading, and gives its length.
 * @throws the system's error; DataError for what is no regular file, or longer than `most` bytes
 */
export async function openFile(
  op: string,
  path: string | URL,
  most = Number.POSITIVE_INFINITY,
): Promise<{ readonly handle: Awaited<ReturnType<typeof import("node:fs/promises").open>>; readonly bytes: number }> {
  const { open, stat } = nodeModule(op, "fs/promises");
  // Opening a pipe waits for somebody who writes, so it is looked at before.
  const found = await stat(path);
  if (found.isDirectory()) throw Object.assign(new Error("is a directory"), { code: "EISDIR" });
  if (!found.isFile()) throw notAFile(op, "read", path, "source");
  if (found.size > most) {
    const [bytes, limit] = [found.size, most].map((n) => n.toLocaleString("en-US"));
    throw DataError.of(op, "source", `${bytes} bytes`, `at most ${limit}`, {
      problem: `cannot read ${path}: it has ${bytes} bytes`,
      hint: "Name another file.",
    });
  }
  return { handle: await open(path), bytes: found.size };
}

/** The bytes of a file, or the bytes given, and what errors call them. @throws as {@link readWhole} */
export async function readSource(op: string, source: string | URL | Uint8Array) {
  if (source instanceof Uint8Array) return { bytes: source, name: "the data" };
  return { bytes: await readWhole(op, source), name: String(source) };
}

/**
 * The bytes of a file.
 * @param most the longest file that is read. Default: any that fits the memory
 * @throws DataError when it cannot be read, is no regular file, or is longer than `most` bytes
 */
export async function readWhole(op: string, path: string | URL, most?: number): Promise<Uint8Array> {
  checkPath(op, path, "source");
  try {
    const { handle } = await openFile(op, path, most);
    try {
      return await handle.readFile();
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw fileError(op, "read", path, cause, "source");
  }
}
