/** Programs that the test of the packages runs. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

/**
 * Runs a program in a folder; what it printed.
 * @throws Error with all that it printed, when it fails
 */
export async function command(folder: string, program: string, ...args: readonly string[]): Promise<string> {
  // The package manager that runs this test must not configure those that the test runs.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm|pnpm)_/i.test(name)));
  try {
    const options = { cwd: folder, env, maxBuffer: 2 ** 26 };
    return (await promisify(execFile)(program, args, options)).stdout;
  } catch (error) {
    const { stdout = "", stderr = "", message } = error as { stdout?: string; stderr?: string } & Error;
    const lines = [message.split("\n")[0], ...stdout.split("\n"), ...stderr.split("\n")];
    // A line of minified code says nothing, and hides the error that follows it.
    throw new Error(
      lines
        .map((line) => line.slice(0, 300))
        .join("\n")
        .slice(0, 4000),
    );
  }
}
