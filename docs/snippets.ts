/** The TypeScript snippets of a page, and running them as a reader would. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { programOptions } from "../testing/program.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

export function readPage(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

export function snippetsOf(page: string): string[] {
  return [...page.matchAll(/```ts\n(.*?)```/gs)].map((match) => match[1]);
}

/** The JavaScript programs of a page by the file name in their first line, as in `// first.js`. */
export function programsOf(page: string): Map<string, string> {
  return new Map([...page.matchAll(/```js\n(\/\/ (\S+)\n.*?)```/gs)].map(([, program, name]) => [name, program]));
}

/** Runs `use` with a new folder inside the repository, where imports are found, and removes it afterwards. */
export async function inFolder<Result>(use: (folder: string) => Promise<Result>): Promise<Result> {
  mkdirSync(join(root, "output"), { recursive: true });
  const folder = mkdtempSync(join(root, "output", "snippet-"));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Runs a file as a program in the folder `cwd`, bundled first; what it printed. */
export async function runFile(file: string, cwd: string): Promise<string> {
  const outfile = `${resolve(cwd, file)}.bundle.mjs`;
  try {
    await build({ ...programOptions, absWorkingDir: cwd, entryPoints: [file], outfile });
    return (await promisify(execFile)(process.execPath, [outfile], { cwd })).stdout;
  } finally {
    rmSync(outfile, { force: true });
  }
}

/** Runs a snippet as a program; what it printed. */
export async function runSnippet(snippet: string): Promise<string> {
  return inFolder(async (folder) => {
    const file = join(folder, "snippet.mts");
    writeFileSync(file, snippet);
    return runFile(file, root);
  });
}

/** What the type checker says of snippets; empty when all of them compile. */
export async function typeErrorsOf(snippets: readonly string[]): Promise<string> {
  return inFolder(async (folder) => {
    const files = snippets.map((snippet, i) => {
      const file = `snippet${i}.mts`;
      writeFileSync(join(folder, file), snippet);
      return file;
    });
    const config = {
      extends: join(root, "tsconfig.check.json"),
      include: files,
      compilerOptions: { noUnusedLocals: false },
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
    const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
    try {
      await promisify(execFile)(process.execPath, [compiler, "-p", folder], { cwd: root });
      return "";
    } catch (error) {
      return (error as { readonly stdout: string }).stdout;
    }
  });
}
