/** Runs the command line in this process, for tests. */
import { run } from "../commands/run.ts";

/** What a command printed, and its exit code. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `adjoint` with these arguments; nothing that it writes is a terminal. */
export async function runCommand(...args: string[]): Promise<CommandResult> {
  let stdout = "";
  let stderr = "";
  const code = await run(args, {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    env: {},
  });
  return { code, stdout, stderr };
}
