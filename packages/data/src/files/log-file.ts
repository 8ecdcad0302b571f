/** A file of lines that grows. Half a line that a writer left who died is cut off: to a flushed length. */
import { DataError } from "@adjoint/tensor";
import { nodeModule } from "../node.ts";
import { fileError } from "./system-error.ts";

/** A file that lines are added to. */
export interface LogFile {
  /** Adds a line, which is in the file after the next flush. */
  add(line: string): void;
  /**
   * Writes what was added. @returns the length of the file in bytes, all of it on the disk with `sync`
   * @throws DataError when it cannot be written
   */
  flush(options?: { readonly sync?: boolean }): Promise<number>;
  /** Closes the file without a flush. */
  close(): Promise<void>;
}

/**
 * Opens a file of lines, cut to its first `length` bytes; it is made when it is not there.
 *
 * @throws DataError when it is shorter than that, or cannot be opened or cut
 */
export async function openLog(op: string, path: string, length: number): Promise<LogFile> {
  const { open } = nodeModule(op, "fs/promises");
  const failed = (cause: unknown): unknown => fileError(op, "write", path, cause, "path");
  try {
    const { O_CREAT, O_RDWR } = nodeModule(op, "fs").constants;
    const handle = await open(path, O_RDWR | O_CREAT);
    let end = length;
    let pending: string[] = [];
    try {
      const { size } = await handle.stat();
      if (size < length) {
        throw DataError.of(op, "path", `${size} bytes`, `${length} bytes or more`, {
          problem: `${path} has ${size} bytes, and had ${length} when it was saved`,
          hint: "Put the file back that was there.",
        });
      }
      await handle.truncate(length);
    } catch (error) {
      await handle.close();
      throw error;
    }
    return {
      add(line) {
        pending.push(`${line}\n`);
      },
      async flush({ sync = false } = {}) {
        const bytes = new TextEncoder().encode(pending.join(""));
        try {
          for (let done = 0; done < bytes.length; ) {
            done += (await handle.write(bytes, done, bytes.length - done, end + done)).bytesWritten;
          }
          if (sync) await handle.datasync();
        } catch (cause) {
          throw failed(cause);
        }
        pending = [];
        end += bytes.length;
        return end;
      },
      close: () => handle.close(),
    };
  } catch (cause) {
    throw failed(cause);
  }
}
