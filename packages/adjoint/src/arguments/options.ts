/** Options and words that commands share. */
import { SpecError } from "@adjoint/tensor";
import { Argument, Option } from "commander";
import { wholeNumber } from "./numbers.ts";

/** One of a list, in upper or lower case, as the names of the library are taken. */
const named = (text: string, choices: readonly string[]): string =>
  choices.find((one) => one.toLowerCase() === text.toLowerCase()) ?? text;

export function choiceOption(flags: string, description: string, choices: readonly string[]): Option {
  const option = new Option(flags, description).choices(choices);
  const { parseArg } = option;
  return option.argParser((text, before) => parseArg?.(named(text, choices), before));
}

export function choiceArgument(name: string, description: string, choices: readonly string[]): Argument {
  const argument = new Argument(name, description).choices(choices);
  const { parseArg } = argument;
  return argument.argParser((text: string, before: string) => parseArg?.(named(text, choices), before) as string);
}

/** What a file with a spec may be, for the help. */
export const modelFile = "a spec as .json or .yaml, or a module whose default export (or export named spec) is one";

/** What most commands take. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly use: readonly string[];
}

/** `--use FILE...`: modules with layers and ops of one's own. */
export function useOption(): Option {
  const words = "modules that export layers and ops of your own which the spec names";
  return new Option("--use <file...>", words).default([] as string[], "none");
}

/**
 * Refuses an option that would change nothing: whoever gives it believes that it does.
 *
 * @param needed  what it needs, as it is typed
 * @throws SpecError where it is given without that
 */
export function checkHasEffect(option: string, value: unknown, hasEffect: boolean, needed: string): void {
  if (value === undefined || hasEffect) return;
  throw new SpecError({
    op: option,
    problem: `it has no effect without ${needed}`,
    argument: option,
    expected: needed,
    received: String(value),
    hint: "Leave it out otherwise.",
  });
}

/** Engines with threads, for {@link checkHasEffect}. */
const threadedEngines: readonly string[] = ["auto", "wasm", "onnxruntime"];

/** @throws SpecError for threads of an engine that has none */
export function checkThreads(threads: number | undefined, engine: string): void {
  checkHasEffect("--threads", threads, threadedEngines.includes(engine), `--engine ${threadedEngines.join(" or ")}`);
}

/** `--threads N`: how many threads run compiled steps. */
export function threadsOption(): Option {
  const words = "threads that run compiled steps (default: one for each core, up to 8)";
  return new Option("--threads <n>", words).argParser(wholeNumber(1));
}
