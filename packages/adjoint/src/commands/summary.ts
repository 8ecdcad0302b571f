/** `adjoint summary MODEL`: the layers of a model as a table; the tensors of a file that is none. */
import { extname } from "node:path";
import { layerRows, summary } from "@adjoint/nn";
import { Command } from "commander";
import {
  convertedEndings,
  holdsTensors,
  refuseOtherFile,
  tableOfTensors,
  tensorsOf,
} from "../arguments/list-tensors.ts";
import { openModel } from "../arguments/load-spec.ts";
import { type CommonOptions, modelFile, useOption } from "../arguments/options.ts";
import { onnxEnding, openOnnx } from "../onnx/open-onnx.ts";
import { nodeRows, onnxSummary } from "../onnx/summary.ts";
import type { Terminal } from "../terminal/output.ts";

export function summaryCommand(terminal: Terminal): Command {
  return new Command("summary")
    .description("print the layers of a model with their shapes, parameters, multiply-adds and activation memory")
    .argument(
      "<model>",
      `${modelFile}, a saved model (.safetensors), an ONNX file (.onnx), or a file of tensors (.safetensors, .npz, .npy, .pkl)`,
    )
    .option("--json", "print the layers, nodes or tensors as JSON")
    .addOption(useOption())
    .action(async (path: string, options: CommonOptions) => {
      terminal.print(`${await summaryOf(path, options)}\n`);
    });
}

async function summaryOf(path: string, { json, use }: CommonOptions): Promise<string> {
  const asJson = (rows: object): string => JSON.stringify({ model: path, ...rows });
  if (extname(path) === onnxEnding) {
    const net = await openOnnx(path);
    return json ? asJson({ nodes: nodeRows(net) }) : onnxSummary(net);
  }
  if (convertedEndings.includes(extname(path).toLowerCase())) return await refuseOtherFile(path);
  if (await holdsTensors(path)) return json ? asJson({ tensors: await tensorsOf(path) }) : await tableOfTensors(path);
  const model = await openModel(path, { used: use });
  return json ? asJson({ layers: layerRows(model) }) : summary(model);
}
