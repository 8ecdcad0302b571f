/** Options and words that commands share. */
import { Option } from "commander";

/** What a file with a spec may be, for the help. */
export const modelFile = "a spec as .json or .yaml, or a module whose default export (or export named spec) is one";

/** `--use FILE...`: modules with layers and ops of one's own. */
export function useOption(): Option {
  return new Option("--use <file...>", "modules that export layers and ops of your own which the spec names").default(
    [] as string[],
    "none",
  );
}
