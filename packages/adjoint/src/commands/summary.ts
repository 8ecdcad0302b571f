/**
 * `adjoint summary SPEC`: the layers of a model as a table.
 */
import { build, summary } from "@adjoint/nn";
import { Command } from "commander";
import type { Output } from "../terminal/output.ts";
import { loadSpec } from "./load-spec.ts";

/** The command, writing to `output`. */
export function summaryCommand(output: Output): Command {
  return new Command("summary")
    .description("print the layers of a model with their shapes and numbers of parameters")
    .argument("<spec>", "model spec: a .json file, or a module whose default export (or export named spec) is one")
    .action(async (path: string) => {
      output.stdout.write(`${summary(build(await loadSpec(path), { seed: 0 }))}\n`);
    });
}
