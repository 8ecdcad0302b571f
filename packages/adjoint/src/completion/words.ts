/** The words that a shell completes, as data: taken from the commands themselves, so that there is no second list. */
import type { Command } from "commander";

export interface OptionWords {
  /** Its names, such as `--output` and `-o`. */
  readonly flags: readonly string[];
  readonly description: string;
  /** What follows it: one of some words, anything (files are offered), or nothing (null). */
  readonly value: readonly string[] | "any" | null;
}

export interface CommandWords {
  /** The words that lead to it: none for the program, `data info` for one inside another. */
  readonly path: string;
  readonly description: string;
  readonly options: readonly OptionWords[];
  /** The words that follow: commands inside, with their descriptions, or the choices of its argument. */
  readonly words: readonly { readonly word: string; readonly description: string }[];
  readonly takesFiles: boolean;
}

const short = (description: string): string => description.replaceAll(/\s+/g, " ");

function optionsOf(command: Command): OptionWords[] {
  const help: OptionWords = { flags: ["-h", "--help"], description: "display help for command", value: null };
  const own = command.options
    .filter(({ hidden }) => !hidden)
    .map((option): OptionWords => {
      const takes = option.required || option.optional;
      return {
        flags: [option.short, option.long].filter((flag) => flag !== undefined),
        description: short(option.description),
        value: takes ? (option.argChoices ?? "any") : null,
      };
    });
  return [...own, help];
}

export function wordsOf(program: Command): CommandWords[] {
  const within = (command: Command, path: readonly string[]): CommandWords[] => {
    const inner = command.commands.map((one) => ({ word: one.name(), description: short(one.description()) }));
    const choices = command.registeredArguments.flatMap(({ argChoices = [], description }) =>
      argChoices.map((word) => ({ word, description })),
    );
    const own: CommandWords = {
      path: path.join(" "),
      description: short(command.description()),
      options: optionsOf(command),
      words: [...inner, ...choices],
      takesFiles: command.registeredArguments.some(({ argChoices }) => argChoices === undefined),
    };
    return [own, ...command.commands.flatMap((one) => within(one, [...path, one.name()]))];
  };
  const all = within(program, []);
  const [whole, ...rest] = all;
  const helped = whole.words.map(({ word, description }) => ({ word, description }));
  const help = { path: "help", description: "display help for command", options: [], words: helped, takesFiles: false };
  return [{ ...whole, words: [...helped, { word: "help", description: help.description }] }, ...rest, help];
}
