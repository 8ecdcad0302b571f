/** What is measured or asked by a command: a trained model, or an ONNX file. */
import { extname } from "node:path";
import type { LossName, ModelSpec } from "@adjoint/nn";
import { losses } from "@adjoint/nn/internal";
import type { Option } from "commander";
import { openMeasuredOnnx } from "../onnx/measured.ts";
import { onnxEnding } from "../onnx/open-onnx.ts";
import type { Terminal } from "../terminal/output.ts";
import type { Measurable } from "../training/evaluation.ts";
import { openTrained, type TrainedFile } from "./load-spec.ts";
import { checkHasEffect, choiceOption, modelFile } from "./options.ts";

/** What the file may be, for the help. */
export const measuredFile = `a saved model (.safetensors), the folder of a run, ${modelFile}, or an ONNX file (.onnx)`;

/** `--loss NAME`: what the outputs of an ONNX file mean. */
export function onnxLossOption(words: string): Option {
  return choiceOption("--loss <name>", `${words} (default: crossEntropy)`, [...losses.keys()]);
}

/** A model, the form of its samples, and what is known of the data that it was trained on. */
export interface MeasuredFile extends Pick<TrainedFile, "encoding" | "data" | "isUntrained"> {
  readonly model: Measurable;
  readonly spec: Pick<ModelSpec, "input" | "inputs" | "training"> & { readonly loss?: unknown };
  /** Whether the outputs are probabilities already: those of an ONNX file that ends in a softmax. */
  readonly givesProbabilities: boolean;
}

/**
 * The model in a file.
 *
 * @param loss  the loss of an ONNX file, which has none
 * @throws as {@link openTrained}; SpecError for an ONNX file with several inputs or outputs, and for a loss of another file
 */
export async function openMeasured(
  op: string,
  path: string,
  { use, loss }: { readonly use: readonly string[]; readonly loss?: LossName },
): Promise<MeasuredFile> {
  const isOnnx = extname(path) === onnxEnding;
  checkHasEffect("--loss", loss, isOnnx, "an ONNX file");
  if (isOnnx) {
    return {
      ...(await openMeasuredOnnx(op, path, loss ?? "crossEntropy")),
      encoding: null,
      data: null,
      isUntrained: false,
    };
  }
  const trained = await openTrained(op, path, use);
  return { ...trained, spec: trained.model.toSpec(), givesProbabilities: false };
}

/** Says of a model that was not trained that what it gives means nothing. */
export function noteUntrained(op: string, path: string, { isUntrained }: MeasuredFile, { complain }: Terminal): void {
  if (!isUntrained) return;
  const words = `${path} is not trained: its weights are random. Name what adjoint train writes by --save or --run.`;
  complain({ paint: "bold", text: "note:" }, ` ${op}: ${words}\n`);
}
