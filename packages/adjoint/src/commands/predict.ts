/** `adjoint predict MODEL INPUT`: what a trained model makes of samples. */
import { noGrad } from "@adjoint/autograd";
import type { LossName } from "@adjoint/nn";
import { renderTable } from "@adjoint/nn/internal";
import { SpecError, type Tensor } from "@adjoint/tensor";
import { Command } from "commander";
import { wholeNumber } from "../arguments/numbers.ts";
import {
  type MeasuredFile,
  measuredFile,
  noteUntrained,
  onnxLossOption,
  openMeasured,
} from "../arguments/open-measured.ts";
import { type CommonOptions, checkHasEffect, useOption } from "../arguments/options.ts";
import { inputEndings, type PredictInput, readInput } from "../arguments/read-input.ts";
import type { Terminal } from "../terminal/output.ts";
import { shownMeasure } from "../training/describe-result.ts";
import { classNames, largestOf, probabilitiesOf } from "../training/evaluation.ts";

interface PredictOptions extends CommonOptions {
  readonly top?: number;
  readonly loss?: LossName;
}

interface Prediction {
  readonly input: string;
  readonly class?: string;
  /** All classes, the most likely first. */
  readonly probabilities?: readonly { readonly class: string; readonly probability: number }[];
  readonly output?: unknown;
}

export function predictCommand(terminal: Terminal): Command {
  return new Command("predict")
    .description("say what a trained model makes of samples: classes with their probabilities, or numbers")
    .argument("<model>", measuredFile)
    .argument(
      "<input...>",
      `the values of a sample, such as 5.1,3.5 (-- -1,2 for a minus at first), or files of samples (${inputEndings.join(", ")})`,
    )
    .option("--top <n>", "classes that are printed for each sample (default: 3)", wholeNumber(1))
    .addOption(
      onnxLossOption("the loss that an ONNX file was trained with: its outputs are scores of classes, or numbers"),
    )
    .option("--json", "print all of it as JSON")
    .addOption(useOption())
    .action((path: string, inputs: readonly string[], options: PredictOptions) =>
      predict(path, inputs, options, terminal),
    );
}

async function predict(
  path: string,
  inputs: readonly string[],
  { top, json, ...options }: PredictOptions,
  terminal: Terminal,
): Promise<void> {
  const measured = await openMeasured("predict", path, options);
  const { model, spec, encoding } = measured;
  if (model.outputLayers.length !== 1) {
    throw SpecError.of("predict", "model", `${model.outputLayers.length} outputs`, "a model with one output", {
      problem: `the model has ${model.outputLayers.length} outputs`,
      hint: "Call net.outputs(x) in a program.",
    });
  }
  const predictions = predictionsOf(measured, await readInput(inputs, spec, encoding));
  checkHasEffect("--top", top, predictions[0].probabilities !== undefined, "a model with classes");
  noteUntrained("predict", path, measured, terminal);
  if (json) terminal.print(`${JSON.stringify(predictions)}\n`);
  else terminal.print(`${render(predictions, top ?? 3)}\n`);
}

function predictionsOf(
  { model, encoding, givesProbabilities }: MeasuredFile,
  { x, names }: PredictInput,
): Prediction[] {
  const y: Tensor = noGrad(() => Object.values(model.outputs(x, { train: false }))[0].value);
  const probabilities = givesProbabilities && y.ndim === 2 ? y : probabilitiesOf(model, y);
  if (probabilities === null) {
    const outputs = y.toArray() as unknown[];
    return names.map((input, i) => ({ input, output: outputs[i] }));
  }
  const known = classNames(probabilities.shape[1], encoding?.classes ?? undefined);
  const best = largestOf(probabilities);
  const rows = probabilities.toArray() as number[][];
  return names.map((input, i) => ({
    input,
    class: known[best[i]],
    // The order of equal ones is that of the classes.
    probabilities: rows[i]
      .map((probability, k) => ({ class: known[k], probability }))
      .toSorted((a, b) => b.probability - a.probability),
  }));
}

function render(predictions: readonly Prediction[], top: number): string {
  const rows = predictions.map(({ input, class: name, probabilities, output }) => {
    if (probabilities === undefined) return [input, shownOutput(output)];
    const shown = probabilities.slice(0, top).map((one) => `${one.class} ${shownMeasure("accuracy", one.probability)}`);
    return [input, name ?? "", shown.join(", ")];
  });
  const titles = predictions[0].probabilities === undefined ? ["input", "output"] : ["input", "class", "probabilities"];
  return renderTable(titles, rows);
}

/** An output as people read it: a number alone, or lists. */
function shownOutput(output: unknown): string {
  const rounded = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(rounded) : Number((value as number).toPrecision(6));
  const value = rounded(output);
  return Array.isArray(value) && value.length === 1 ? String(value[0]) : JSON.stringify(value);
}
