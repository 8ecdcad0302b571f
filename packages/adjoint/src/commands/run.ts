/** The command line: arguments in, exit code out. Each of the user's mistakes is reported in one line, without a stack. */
import { AdjointError } from "@adjoint/tensor";
import { Command, CommanderError } from "commander";
import "../engines.node.ts";
import { type Output, terminalOf } from "../terminal/output.ts";
import { ownVersion } from "../version.ts";
import { checkCommand } from "./check.ts";
import { compareCommand } from "./compare.ts";
import { completionCommand } from "./completion.ts";
import { dataCommand } from "./data.ts";
import { diffCommand } from "./diff.ts";
import { evaluateCommand } from "./evaluate.ts";
import { exitCodes } from "./exit-codes.ts";
import { explainCommand } from "./explain.ts";
import { exportCommand } from "./export.ts";
import { findLrCommand } from "./find-lr.ts";
import { graphCommand } from "./graph.ts";
import { migrateCommand } from "./migrate.ts";
import { newCommand } from "./new.ts";
import { playgroundCommand } from "./playground.ts";
import { predictCommand } from "./predict.ts";
import { resumeCommand } from "./resume.ts";
import { summaryCommand } from "./summary.ts";
import { trainCommand } from "./train.ts";

/**
 * Runs `adjoint` with these arguments (without the names of node and of the program).
 *
 * @returns the exit code: see `exitCodes`; after an error it is on stderr
 */
export async function run(args: readonly string[], output: Output): Promise<number> {
  const terminal = terminalOf(output);
  const program = new Command("adjoint")
    .description("Build, inspect and train networks whose backward pass is a graph you can see.")
    .version(ownVersion(), "-V, --version", "print the version")
    .showHelpAfterError("(adjoint --help lists commands and options)")
    .exitOverride()
    .configureOutput({ writeOut: terminal.print, writeErr: terminal.complain });
  let code: number = exitCodes.ok;
  const fail = (as: number): void => {
    code = as;
  };
  for (const command of [
    trainCommand(terminal, fail),
    resumeCommand(terminal, fail),
    findLrCommand(terminal, fail),
    evaluateCommand(terminal),
    predictCommand(terminal),
    compareCommand(terminal),
    diffCommand(terminal, fail),
    newCommand(terminal),
    dataCommand(terminal, fail),
    checkCommand(terminal, fail),
    explainCommand(terminal),
    exportCommand(terminal),
    graphCommand(terminal),
    playgroundCommand(terminal),
    summaryCommand(terminal),
    migrateCommand(terminal),
    completionCommand(terminal, program),
  ]) {
    for (const inner of command.commands) inner.copyInheritedSettings(program);
    program.addCommand(
      command
        .copyInheritedSettings(program)
        .showHelpAfterError(`(adjoint ${command.name()} --help lists arguments and options)`),
    );
  }
  try {
    await program.parseAsync(helpAsked(program, args), { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.mistake;
    terminal.complain({ paint: "red", text: "error:" }, ` ${messageFor(error, program.args[0])}\n`);
    return exitCodes.mistake;
  }
}

/**
 * The arguments with `help COMMAND` as `COMMAND --help`, for commands in others, too; without the wish for help where it is
 * for a command that is not there, which is then what is said.
 */
function helpAsked(program: Command, args: readonly string[]): string[] {
  const [first, ...rest] = args;
  const words = first === "help" && rest.length > 0 ? [...rest, "--help"] : [...args];
  let command = program;
  for (const word of words) {
    if (command.commands.length === 0 || word.startsWith("-") || word === "help") break;
    const inner = command.commands.find((one) => one.name() === word);
    if (inner === undefined) return words.filter((one) => one !== "--help" && one !== "-h");
    command = inner;
  }
  return words;
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
