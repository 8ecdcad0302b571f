/**
 * `adjoint summary MODEL`: the layers of a model as a table.
 */
import { extname } from "node:path";
import { summary } from "@adjoint/nn";
import { Command } from "commander";
import { openModel } from "../arguments/load-spec.ts";
import { modelFile, useOption } from "../arguments/options.ts";
import { onnxEnding, openOnnx } from "../onnx/open-onnx.ts";
import { onnxSummary } from "../onnx/summary.ts";
import type { Terminal } from "../terminal/output.ts";

/** The command, printing to `terminal`. */
export function summaryCommand(terminal: Terminal): Command {
  return new Command("summary")
    .description("print the layers of a model with their shapes, parameters, multiply-adds and activation memory")
    .argument("<model>", `${modelFile}, a saved model (.safetensors), or an ONNX file (.onnx)`)
    .addOption(useOption())
    .action(async (path: string, { use }: { readonly use: readonly string[] }) => {
      if (extname(path) === onnxEnding) terminal.print(`${onnxSummary(await openOnnx(path))}\n`);
      else terminal.print(`${summary(await openModel(path, { used: use }))}\n`);
    });
}
