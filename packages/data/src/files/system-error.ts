/** Turns an operating system's refusal of a file into an error that names the file and the fix. */
import { DataError, kindOf } from "@adjoint/tensor";
import { codeOf } from "../node.ts";

/** By the code of the system's error: what is wrong, and what to do about it. */
const words: ReadonlyMap<string, readonly [problem: string, hint: string]> = new Map([
  ["ENOSPC", ["the disk is full", "Free some space, or name a file on another disk."]],
  ["EDQUOT", ["the disk quota is used up", "Free some space, or name a file on another disk."]],
  ["EFBIG", ["the file is larger than the file system or a limit allows", "Name a file on another disk."]],
  ["EISDIR", ["it is a folder", "Name a file."]],
  ["EEXIST", ["a file of that name is in the way", "Name another folder."]],
  ["ENOTDIR", ["a part of the path is a file, not a folder", "Name a file in a folder that exists."]],
  ["ENOENT", ["the folder does not exist", "Make the folder first, or name a file in one that exists."]],
  ["EACCES", ["permission denied", "Change its permissions, or name another file."]],
  ["EPERM", ["the operation is not permitted", "Change its permissions, or name another file."]],
  ["EROFS", ["the file system is read-only", "Name a file on another file system."]],
  ["ENAMETOOLONG", ["the name is too long", "Choose a shorter name."]],
  ["ELOOP", ["its symbolic links lead in a circle", "Name the file itself."]],
  ["EMFILE", ["too many files are open", "Close some, or raise the limit (ulimit -n)."]],
]);

/** @throws DataError for a path that is neither a string nor a URL */
export function checkPath(op: string, path: unknown, argument: string): void {
  if (typeof path === "string" || path instanceof URL) return;
  const received = kindOf(path);
  throw DataError.of(op, argument, path, "a string or a URL", {
    problem: `the path is ${received}`,
    received,
    hint: 'Name a file, for example "model.safetensors".',
  });
}

/**
 * The error for a file that the system does not let us read or write; `cause` itself when it is not the system's.
 *
 * @param argument the argument that names the file, for the error
 */
export function fileError(
  op: string,
  action: "read" | "write",
  path: string | URL,
  cause: unknown,
  argument: string,
): unknown {
  const code = codeOf(cause);
  if (code === undefined || cause instanceof DataError) return cause;
  const expected = action === "read" ? "a file" : "a place that may be written to";
  const fields = { op, argument, expected, received: code };
  if (action === "read" && (code === "ENOENT" || code === "ENOTDIR")) {
    return new DataError({ ...fields, problem: `there is no file ${path}` }, { cause });
  }
  const [problem, hint] = words.get(code) ?? [(cause as Error).message.replace(`${code}: `, ""), undefined];
  return new DataError({ ...fields, problem: `cannot ${action} ${path}: ${code}, ${problem}`, hint }, { cause });
}

/** The error for what is neither a file nor a folder: reading a device or a pipe may never end. */
export function notAFile(op: string, action: "read" | "write", path: string | URL, argument: string): DataError {
  return DataError.of(op, argument, "a special file", "a regular file", {
    problem: `cannot ${action} ${path}: it is a device, a pipe or a socket`,
  });
}
