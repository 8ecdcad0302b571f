/** The command as a program of its own, for tests that end its process: bundled, since that starts much sooner. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { programOptions } from "../../../../testing/program.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A program that was built. */
export interface BuiltCommand {
  /** Its file. */
  readonly file: string;
  /** Starts it with these arguments. */
  start(args: readonly string[], options?: { readonly cwd?: string }): RunningCommand;
  /** Removes it. */
  remove(): void;
}

/** A process of the command. */
export interface RunningCommand {
  readonly process: ChildProcess;
  /** What it ended with, and printed. */
  readonly done: Promise<{
    readonly code: number | null;
    readonly signal: NodeJS.Signals | null;
    readonly stdout: string;
    readonly stderr: string;
  }>;
}

/** Builds the command, or another program in TypeScript. */
export async function buildCommand(entry: string = join(root, "src", "cli.ts")): Promise<BuiltCommand> {
  // It finds the package's own package.json one folder up.
  const file = join(root, "output", `cli-${process.pid}-${Math.random().toString(36).slice(2)}.mjs`);
  mkdirSync(dirname(file), { recursive: true });
  await build({ ...programOptions, entryPoints: [entry], outfile: file });
  return {
    file,
    start(args, { cwd } = {}) {
      const child = spawn(process.execPath, [file, ...args], {
        stdio: ["ignore", "pipe", "pipe"],
        ...(cwd && { cwd }),
      });
      let [stdout, stderr] = ["", ""];
      child.stdout.on("data", (text) => (stdout += text));
      child.stderr.on("data", (text) => (stderr += text));
      const done = new Promise<Awaited<RunningCommand["done"]>>((ended) => {
        child.on("close", (code, signal) => ended({ code, signal, stdout, stderr }));
      });
      return { process: child, done };
    },
    remove: () => rmSync(file, { force: true }),
  };
}
