/**
 * `adjoint summary MODEL`: the layers of a model as a table.
 */
import { summary } from "@adjoint/nn";
import { Command } from "commander";
import type { Terminal } from "../terminal/output.ts";
import { openModel } from "./load-spec.ts";
import { modelFile, useOption } from "./options.ts";

/** The command, printing to `terminal`. */
export function summaryCommand(terminal: Terminal): Command {
  return new Command("summary")
    .description("print the layers of a model with their shapes, parameters, multiply-adds and activation memory")
    .argument("<model>", `${modelFile}, or a saved model (.safetensors)`)
    .addOption(useOption())
    .action(async (path: string, { use }: { readonly use: readonly string[] }) => {
      terminal.print(`${summary(await openModel(path, { used: use }))}\n`);
    });
}
