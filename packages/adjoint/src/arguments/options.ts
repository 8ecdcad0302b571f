/** Options and words that commands share. */
import { Option } from "commander";
import { wholeNumber } from "./numbers.ts";

/** An option that takes one of a list, in upper or lower case, as the names of the library do. */
export function choiceOption(flags: string, description: string, choices: readonly string[]): Option {
  const option = new Option(flags, description).choices(choices);
  const { parseArg } = option;
  const named = (text: string): string => choices.find((one) => one.toLowerCase() === text.toLowerCase()) ?? text;
  return option.argParser((text, before) => parseArg?.(named(text), before));
}

/** What a file with a spec may be, for the help. */
export const modelFile = "a spec as .json or .yaml, or a module whose default export (or export named spec) is one";

/** `--use FILE...`: modules with layers and ops of one's own. */
export function useOption(): Option {
  return new Option("--use <file...>", "modules that export layers and ops of your own which the spec names").default(
    [] as string[],
    "none",
  );
}

/** `--threads N`: how many threads run compiled steps. */
export function threadsOption(): Option {
  return new Option("--threads <n>", "threads that run compiled steps (default: one for each core, up to 8)").argParser(
    wholeNumber(1),
  );
}
