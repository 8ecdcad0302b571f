/**
 * The command line: arguments in, exit code out. Mistakes of the user are told in a line each, never a stack.
 */
import { readFileSync } from "node:fs";
import { AdjointError } from "@adjoint/tensor";
import { Command, CommanderError } from "commander";
import { colorsFor, type Output } from "../terminal/output.ts";
import { checkCommand } from "./check.ts";
import { graphCommand } from "./graph.ts";
import { summaryCommand } from "./summary.ts";
import { trainCommand } from "./train.ts";

/** The version of this package. */
function version(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
}

/**
 * Runs `adjoint` with these arguments (without the names of node and of the program).
 *
 * @returns the exit code: 0; or 1 after an error, which is then on stderr, and for a check that failed
 */
export async function run(args: readonly string[], output: Output): Promise<number> {
  const program = new Command("adjoint")
    .description("Build, inspect and train networks whose backward pass is a graph you can see.")
    .version(version(), "-v, --version")
    .showHelpAfterError("(adjoint --help lists commands and options)")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => output.stdout.write(text),
      writeErr: (text) => output.stderr.write(text),
    });
  let code = 0;
  const fail = (): void => {
    code = 1;
  };
  for (const command of [
    trainCommand(output),
    checkCommand(output, fail),
    graphCommand(output),
    summaryCommand(output),
  ]) {
    program.addCommand(command.copyInheritedSettings(program));
  }
  try {
    await program.parseAsync([...args], { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    const message = messageFor(error);
    if (message === null) throw error;
    const colors = colorsFor(output.stderr, output.env);
    output.stderr.write(`${colors.red("error:")} ${message}\n`);
    return 1;
  }
}

/** What to tell of an error: ours, or one of the operating system (a full disk, a folder without permission); else null. */
function messageFor(error: unknown): string | null {
  if (error instanceof AdjointError) return error.message;
  const { syscall, message } = error as Partial<NodeJS.ErrnoException>;
  return syscall === undefined || message === undefined ? null : message;
}
