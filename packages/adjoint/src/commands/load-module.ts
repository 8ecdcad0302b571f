/** Files that a command is given: read as JSON, or imported as modules; every failure says which file and what to do. */
import { readFile } from "node:fs/promises";
import { extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { AdjointError, SpecError } from "@adjoint/tensor";

/** The endings of modules that can be imported. */
export const moduleEndings: readonly string[] = [".ts", ".mts", ".js", ".mjs"];

/** The exports of a module, by name. */
export type Exports = Readonly<Record<string, unknown>>;

/** What is in a .json file. @throws SpecError when it cannot be read or is no JSON */
export async function readJsonFile(op: string, path: string): Promise<unknown> {
  const text = await readFile(path, "utf8").catch((cause) => {
    throw unreadable(op, path, cause);
  });
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SpecError(
      {
        op,
        problem: `${path} is not JSON (${(cause as Error).message})`,
        argument: "FILE",
        expected: "JSON",
        hint: "JSON.stringify(spec) writes a spec that can be read here.",
      },
      { cause },
    );
  }
}

/**
 * The exports of a module. Where Node.js does not run TypeScript by itself (before 22.18), jiti strips the types.
 * @throws SpecError when it cannot be read, has another ending, or fails as it is loaded
 */
export async function importFile(op: string, path: string): Promise<Exports> {
  if (!moduleEndings.includes(extname(path))) throw wrongEnding(op, path);
  await readFile(path).catch((cause) => {
    throw unreadable(op, path, cause);
  });
  const url = pathToFileURL(resolve(path)).href;
  try {
    return await import(url).catch(async (cause: NodeJS.ErrnoException) => {
      if (cause.code !== "ERR_UNKNOWN_FILE_EXTENSION") throw cause;
      const { createJiti } = await import("jiti");
      return createJiti(import.meta.url, { fsCache: false }).import<Exports>(url);
    });
  } catch (cause) {
    if (cause instanceof AdjointError) throw cause;
    throw new SpecError(
      {
        op,
        problem: `${path} cannot be loaded: ${problemOf(cause)}`,
        argument: "FILE",
        expected: "a module that loads",
        received: path,
        hint: "Run it by itself to see where it fails.",
      },
      { cause },
    );
  }
}

/** Refuses a file whose ending says neither JSON nor module. */
export function wrongEnding(op: string, path: string): SpecError {
  const endings = [".json", ...moduleEndings].join(", ");
  return new SpecError({
    op,
    problem: `${path} is neither a JSON file nor a module`,
    argument: "FILE",
    expected: `a name that ends in ${endings}`,
    received: path,
    hint: `Name a file that ends in ${endings}.`,
  });
}

function unreadable(op: string, path: string, cause: unknown): SpecError {
  const { code, message } = cause as NodeJS.ErrnoException;
  return new SpecError(
    {
      op,
      problem: code === "ENOENT" ? `there is no file ${path}` : `${path} cannot be read (${message})`,
      argument: "FILE",
      expected: "a file that can be read",
      received: path,
      hint: "Paths count from the current folder.",
    },
    { cause },
  );
}

/** What went wrong, in one line: the message, and where an error that is not ours was thrown. */
export function problemOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const line = error.message.trim().replaceAll(/\s*\n\s*/g, " ");
  if (error instanceof AdjointError) return line;
  const place = /^\s*at (.*)$/m.exec(error.stack ?? "")?.[1];
  return `${error.name}: ${line}${place === undefined || error instanceof SyntaxError ? "" : `, at ${place}`}`;
}
