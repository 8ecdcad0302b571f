/** Files that a command is given: read as text, or imported as modules; every failure says which file and what to do. */
import { extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { readWhole } from "@adjoint/data/files";
import { AdjointError, SpecError } from "@adjoint/tensor";

export const moduleEndings: readonly string[] = [".ts", ".mts", ".js", ".mjs"];

export type Exports = Readonly<Record<string, unknown>>;

/** Longest file that is read as text, in bytes: graphs hold values, and JavaScript's strings end at twice as much. */
const longestText = 2 ** 28;
/** Longest spec, in bytes: four for each character that a spec may have. */
export const longestSpec: number = 2 ** 24;

/** The text of a file. @throws SpecError when it cannot be read, is no regular file, or has more than `most` bytes */
export async function readTextFile(op: string, path: string, most: number = longestText): Promise<string> {
  const bytes = await readWhole(op, path, most).catch((cause) => {
    throw unreadable(op, path, cause);
  });
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

/**
 * The exports of a module. Where Node.js does not run TypeScript by itself (before 22.18), jiti strips the types.
 * @throws SpecError when it cannot be read, has another ending, or fails as it is loaded
 */
export async function importFile(op: string, path: string): Promise<Exports> {
  if (!moduleEndings.includes(extname(path))) throw wrongEnding(op, path, moduleEndings);
  await readTextFile(op, path);
  const url = pathToFileURL(resolve(path)).href;
  try {
    return await import(url).catch(async (cause: NodeJS.ErrnoException) => {
      if (cause.code !== "ERR_UNKNOWN_FILE_EXTENSION") throw cause;
      const { createJiti } = await import("jiti");
      return createJiti(import.meta.url, { fsCache: false }).import<Exports>(url);
    });
  } catch (cause) {
    if (cause instanceof AdjointError) throw cause;
    throw SpecError.of(op, "FILE", path, "a module that loads", {
      problem: `${path} cannot be loaded: ${problemOf(cause)}`,
      hint: "Run it by itself to see where it fails.",
      cause,
    });
  }
}

/** Refuses a file whose ending says that it is none of what could be read. */
export function wrongEnding(op: string, path: string, endings: readonly string[]): SpecError {
  const saved = ".safetensors";
  const hint =
    extname(path) === saved
      ? "That is a saved model: load it in a program by loadModel, and train it with a Trainer."
      : endings.includes(saved)
        ? `Rename a saved model so that its name ends in ${saved}.`
        : undefined;
  return SpecError.of(op, "FILE", path, `a name that ends in ${endings.join(", ")}`, {
    problem: `${path} has an unknown file extension`,
    hint,
  });
}

function unreadable(op: string, path: string, cause: unknown): unknown {
  if (!(cause instanceof AdjointError)) return cause;
  const isMissing = cause.received === "ENOENT" || cause.received === "ENOTDIR";
  const hint = isMissing ? "Paths count from the current folder." : (cause.hint ?? "");
  const fields = { op, problem: cause.problem, argument: "FILE", expected: "a file that can be read", received: path };
  return new SpecError({ ...fields, hint }, { cause });
}

/** What went wrong, in one line: the message, and where an error that is not ours was thrown. */
export function problemOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const line = error.message.trim().replaceAll(/\s*\n\s*/g, " ");
  if (error instanceof AdjointError) return line;
  const place = /^\s*at (.*)$/m.exec(error.stack ?? "")?.[1];
  return `${error.name}: ${line}${place === undefined || error instanceof SyntaxError ? "" : `, at ${place}`}`;
}
