/**
 * The command line: arguments in, exit code out. Mistakes of the user are told in a line each, never a stack.
 */
import { readFileSync } from "node:fs";
import { AdjointError } from "@adjoint/tensor";
import { Command, CommanderError } from "commander";
import { type Output, terminalOf } from "../terminal/output.ts";
import { checkCommand } from "./check.ts";
import { explainCommand } from "./explain.ts";
import { graphCommand } from "./graph.ts";
import { playgroundCommand } from "./playground.ts";
import { summaryCommand } from "./summary.ts";
import { trainCommand } from "./train.ts";

/** The version of this package. */
function version(): string {
  return JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")).version;
}

/**
 * Runs `adjoint` with these arguments (without the names of node and of the program).
 *
 * @returns the exit code: 0; or 1 after an error, which is then on stderr, and for a check that failed
 */
export async function run(args: readonly string[], output: Output): Promise<number> {
  const terminal = terminalOf(output);
  const program = new Command("adjoint")
    .description("Build, inspect and train networks whose backward pass is a graph you can see.")
    .version(version(), "-V, --version", "print the version")
    .showHelpAfterError("(adjoint --help lists commands and options)")
    .exitOverride()
    .configureOutput({ writeOut: terminal.print, writeErr: terminal.complain });
  let code = 0;
  const fail = (): void => {
    code = 1;
  };
  for (const command of [
    trainCommand(terminal),
    checkCommand(terminal, fail),
    explainCommand(terminal),
    graphCommand(terminal),
    playgroundCommand(terminal),
    summaryCommand(terminal),
  ]) {
    program.addCommand(command.copyInheritedSettings(program));
  }
  try {
    await program.parseAsync([...args], { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    terminal.complain({ paint: "red", text: "error:" }, ` ${messageFor(error, program.args[0])}\n`);
    return 1;
  }
}

/**
 * The message for an error: ours, or one of the operating system (a folder without permission), in a sentence; others,
 * which nobody expected, also say where they came from. Whoever runs a command need not know the function that refused:
 * errors name the command, unless they name an option, a file, standard output or a layer.
 */
function messageFor(error: unknown, command: string): string {
  if (error instanceof AdjointError) {
    const isFunction = /^[A-Za-z]+$/.test(error.op) && error.op !== "output" && error.where === undefined;
    return (isFunction ? error.calledAs(command) : error).message;
  }
  const { syscall, message, stack } = error as Partial<NodeJS.ErrnoException>;
  return (syscall === undefined ? stack : message) ?? String(error);
}
