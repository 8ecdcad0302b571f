/** `adjoint playground -o FILE`: a page in which networks are trained. */
import { writeWhole } from "@adjoint/data/files";
import { trainingPage } from "@adjoint/explorer";
import { Command } from "commander";
import { checkOutputFile } from "../arguments/output-files.ts";
import { printWritten, type Terminal } from "../terminal/output.ts";

interface PlaygroundOptions {
  readonly output: string;
  readonly settings: string;
  readonly title?: string;
  readonly json?: boolean;
}

export function playgroundCommand(terminal: Terminal): Command {
  return new Command("playground")
    .description("write a page in which networks are trained before your eyes: digits, two spirals, a sine")
    .requiredOption("-o, --output <file>", "where to write it: a name that ends in .html")
    .option("--settings <text>", 'what it begins with, as in its address: "lesson=he", "task=spirals&depth=3"', "")
    .option("--title <text>", "the title. Default: the page's own")
    .option("--json", "print the file as JSON, and nothing else")
    .action(async ({ output, settings, title, json }: PlaygroundOptions) => {
      await checkOutputFile("--output", output, [".html"], []);
      await writeWhole("playground", output, trainingPage({ settings, ...(title === undefined ? {} : { title }) }));
      printWritten(terminal, [output], { json });
    });
}
