/**
 * `adjoint summary MODEL`: the layers of a model as a table; the tensors of a file that is none.
 */
import { extname } from "node:path";
import { summary } from "@adjoint/nn";
import { Command } from "commander";
import { openModel } from "../arguments/load-spec.ts";
import { modelFile, useOption } from "../arguments/options.ts";
import { onnxEnding, openOnnx } from "../onnx/open-onnx.ts";
import { onnxSummary } from "../onnx/summary.ts";
import type { Terminal } from "../terminal/output.ts";
import { convertedEndings, holdsTensors, refuseOtherFile, tableOfTensors } from "./list-tensors.ts";

/** The command, printing to `terminal`. */
export function summaryCommand(terminal: Terminal): Command {
  return new Command("summary")
    .description("print the layers of a model with their shapes, parameters, multiply-adds and activation memory")
    .argument(
      "<model>",
      `${modelFile}, a saved model (.safetensors), an ONNX file (.onnx), or a file of tensors (.safetensors, .npz, .npy, .pkl)`,
    )
    .addOption(useOption())
    .action(async (path: string, { use }: { readonly use: readonly string[] }) => {
      terminal.print(`${await summaryOf(path, use)}\n`);
    });
}

async function summaryOf(path: string, use: readonly string[]): Promise<string> {
  if (extname(path) === onnxEnding) return onnxSummary(await openOnnx(path));
  if (convertedEndings.includes(extname(path).toLowerCase())) return await refuseOtherFile(path);
  if (await holdsTensors(path)) return await tableOfTensors(path);
  return summary(await openModel(path, { used: use }));
}
