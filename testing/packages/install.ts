/** The packages as a stranger gets them: built, packed, and installed by npm in an empty folder. */
import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { command } from "./command.ts";

export const root = fileURLToPath(new URL("../../", import.meta.url));

/** A program of the repository's own dependencies, such as a compiler. */
export const tool = (path: string): string => join(root, "node_modules", path);

/** Where the packages are installed, and the tarballs that they came from. */
export interface Installation {
  readonly folder: string;
  readonly tarballs: readonly string[];
}

export async function pack(): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "adjoint-tarballs-"));
  await command(root, process.execPath, tool("typescript/bin/tsc"), "-b");
  await command(root, "npx", "-y", "pnpm@12", "-r", "--filter", "./packages/*", "pack", "--pack-destination", folder);
  return readdirSync(folder).map((name) => join(folder, name));
}

/** Installs tarballs, and what they depend on, in a new folder. */
export async function install(tarballs: readonly string[]): Promise<Installation> {
  const folder = mkdtempSync(join(tmpdir(), "adjoint-installed-"));
  mkdirSync(join(folder, "src"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  await command(folder, "npm", "install", "--no-audit", "--no-fund", "--prefer-offline", ...tarballs);
  return { folder, tarballs };
}

/** Whether npm finds versions of everything beside other versions of what is optional; it installs nothing. */
export async function resolvesBeside(tarballs: readonly string[], ...others: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "adjoint-beside-"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  const quietly = ["--no-audit", "--no-fund", "--prefer-offline", "--package-lock-only"];
  await command(folder, "npm", "install", ...quietly, "-D", ...others);
  await command(folder, "npm", "install", ...quietly, ...tarballs);
}
