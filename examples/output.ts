/** Where an example puts its files, and how it names them to people. */
import { mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Column } from "adjoint";

/** The folder given with `--out`, or else output/<example> of the repository. Made if it is not there. */
export function outputFolder(moduleUrl: string): string {
  const at = process.argv.indexOf("--out");
  const example = dirname(fileURLToPath(moduleUrl));
  const folder =
    at >= 0 && process.argv[at + 1] !== undefined
      ? resolve(process.argv[at + 1])
      : join(example, "..", "..", "output", basename(example));
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Writes a file and says so. */
export function save(folder: string, name: string, content: string | Uint8Array): void {
  const path = join(folder, name);
  writeFileSync(path, content);
  console.log(`wrote ${shownPath(path)}`);
}

/** A column of numbers in a table. */
export const right = (title: string): Column => ({ title, align: "right" });

/** The path as seen from where the user called: pnpm runs scripts in the folder of their package. */
export function shownPath(path: string): string {
  return relative(process.env.INIT_CWD ?? process.cwd(), path);
}
