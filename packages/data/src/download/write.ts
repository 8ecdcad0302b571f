/**
 * Writes files so that nobody ever sees half of one.
 */
import { DataError } from "@adjoint/tensor";
import { codeOf, nodeModule, threadName } from "../node.ts";

/** How many files this thread has begun to write: makes the temporary names differ. */
let written = 0;

/**
 * Writes a file under a name of its own beside `path`, then renames it into place; leaves nothing behind on failure.
 * @throws DataError when it cannot be written
 */
export async function writeWhole(op: string, path: string, bytes: Uint8Array): Promise<void> {
  const { rename, rm, writeFile } = nodeModule(op, "fs/promises");
  const temporary = `${path}.${threadName(op)}-${written++}.tmp`;
  try {
    await writeFile(temporary, bytes, { flush: true });
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    const code = codeOf(cause);
    if (code === undefined) throw cause;
    throw new DataError(
      {
        op,
        problem: `cannot write ${path}: ${(cause as Error).message}`,
        expected: "a folder that exists and may be written to",
        received: code,
      },
      { cause },
    );
  }
}
