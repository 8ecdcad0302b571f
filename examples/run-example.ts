/** Runs an example in tests as a user does: as a program of its own. */
import { execFile } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export interface ExampleRun {
  readonly stdout: string;
  readonly folder: string;
}

/** Runs `examples/<name>/main.ts` with an output folder of its own. Rejects with what it printed when it fails. */
export async function runExample(name: string, args: readonly string[] = []): Promise<ExampleRun> {
  const folder = mkdtempSync(join(tmpdir(), "adjoint-example-"));
  const main = fileURLToPath(new URL(`${name}/main.ts`, import.meta.url));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--conditions=@adjoint/source", "--import", "tsx", main, "--out", folder, ...args],
    { cwd: fileURLToPath(new URL(".", import.meta.url)), env: { ...process.env, NO_COLOR: "1" } },
  );
  return { stdout, folder };
}
