/** `adjoint completion SHELL`: a script by which a shell completes commands, options and their values. */
import { Command } from "commander";
import { choiceArgument } from "../arguments/options.ts";
import { completionScripts, type Shell } from "../completion/scripts.ts";
import { wordsOf } from "../completion/words.ts";
import type { Terminal } from "../terminal/output.ts";

const installation = `
bash: add eval "$(adjoint completion bash)" to ~/.bashrc
zsh:  add eval "$(adjoint completion zsh)" to ~/.zshrc, after compinit
fish: adjoint completion fish > ~/.config/fish/completions/adjoint.fish`;

/** The command, printing to `terminal`; `program` has all commands by the time that it runs. */
export function completionCommand({ print }: Terminal, program: Command): Command {
  return new Command("completion")
    .description("print a script by which a shell completes commands, options and their values")
    .addArgument(choiceArgument("<shell>", "the shell", Object.keys(completionScripts)))
    .addHelpText("after", installation)
    .action((shell: Shell) => print(completionScripts[shell](wordsOf(program))));
}
