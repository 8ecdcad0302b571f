/**
 * A Python with onnx, onnxruntime, jax, numpy and safetensors, for tests that hold files and programs against them. It is
 * the one that `ADJOINT_PYTHON` names, or a virtual environment in the cache folder, which `make-python.ts` makes.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { defaultCacheDir } from "@adjoint/data/internal";

/** What is installed, one package and version a line. */
export const requirementsPath = fileURLToPath(new URL("./requirements.txt", import.meta.url));

const hash = createHash("sha256").update(readFileSync(requirementsPath)).digest("hex").slice(0, 12);

/** The folder of the environment with just these packages. */
export const environmentPath = join(defaultCacheDir("python"), `python-${hash}`);

/** The interpreter of an environment. */
export const interpreterOf = (environment: string): string =>
  process.platform === "win32" ? join(environment, "Scripts", "python.exe") : join(environment, "bin", "python");

const given = process.env.ADJOINT_PYTHON;
const made = interpreterOf(environmentPath);

/** The interpreter; null where there is none, or `ADJOINT_PYTHON` is empty. */
export const pythonPath: string | null = given === undefined ? (existsSync(made) ? made : null) : given || null;

if (pythonPath === null) {
  console.warn(
    "No Python with onnx and jax found: tests that need it are skipped. " +
      "Make one (npx -y pnpm@12 --filter @adjoint/exchange build:python) to run them.",
  );
}

/** Options of {@link runPython}. */
export interface PythonOptions {
  /** The folder it runs in. Default: this process's. */
  readonly cwd?: string;
  /** Variables of its environment, besides this process's. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs Python, and returns what it printed.
 *
 * @param args  as after `python`: `["-c", "print(1)"]`, `["step.py", "--steps", "3"]`
 * @throws Error with what it printed to stderr when it fails
 */
export async function runPython(args: readonly string[], options: PythonOptions = {}): Promise<string> {
  const { cwd, env = {} } = options;
  const { stdout } = await promisify(execFile)(pythonPath as string, args, {
    cwd,
    env: { ...process.env, ...env },
    maxBuffer: 1 << 28,
  });
  return stdout;
}
