/**
 * The one door to Node's own modules. They are fetched when a function runs, and not imported, neither statically nor by
 * `import()`: bundlers for browsers stop at the name of a module they cannot resolve even where it is never reached,
 * and everything here that needs no files works in a browser.
 */
import { SpecError } from "@adjoint/tensor";

/** The modules in use, under their names without `node:`. */
interface NodeModules {
  readonly "fs/promises": typeof import("node:fs/promises");
  readonly fs: typeof import("node:fs");
  readonly crypto: typeof import("node:crypto");
  readonly os: typeof import("node:os");
  readonly path: typeof import("node:path");
  readonly "timers/promises": typeof import("node:timers/promises");
  readonly url: typeof import("node:url");
  readonly zlib: typeof import("node:zlib");
}

/** Node's process; undefined in a browser. */
function nodeProcess(): NodeJS.Process | undefined {
  return (globalThis as { readonly process?: NodeJS.Process }).process;
}

/** One of Node's modules. @throws SpecError outside Node (and what is compatible with it) */
export function nodeModule<N extends keyof NodeModules>(op: string, name: N): NodeModules[N] {
  const found = nodeProcess()?.getBuiltinModule?.(`node:${name}`);
  if (found === undefined) {
    throw SpecError.of(op, "runtime", "a runtime without process.getBuiltinModule", "Node 20.19 or later", {
      problem: "there are no files here",
      hint: "In a browser fetch the bytes and use decodeIdx or decodeSafetensors, or use loadDigits, which needs no file.",
    });
  }
  return found as NodeModules[N];
}

/** The environment variables, none outside Node. */
export function environment(): { readonly [name: string]: string | undefined } {
  return nodeProcess()?.env ?? {};
}

/** The operating system as Node names it, `""` outside Node. */
export function platform(): string {
  return nodeProcess()?.platform ?? "";
}

/** What a call of the file system gives; null where there is no file. */
export function ifThere<T>(found: Promise<T>): Promise<T | null> {
  return found.catch((error) => {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  });
}

/** The `code` of a system error, for example `"ENOENT"`. */
export function codeOf(error: unknown): string | undefined {
  const code = (error as { readonly code?: unknown } | null)?.code;
  return typeof code === "string" ? code : undefined;
}
