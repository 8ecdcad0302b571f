/**
 * `adjoint predict MODEL INPUT`: what a trained model makes of samples.
 */
import { noGrad } from "@adjoint/autograd";
import type { Model } from "@adjoint/nn";
import { renderTable } from "@adjoint/nn/internal";
import { SpecError, type Tensor } from "@adjoint/tensor";
import { Command } from "commander";
import { openTrained } from "../arguments/load-spec.ts";
import { wholeNumber } from "../arguments/numbers.ts";
import { modelFile, useOption } from "../arguments/options.ts";
import { inputEndings, type PredictInput, readInput } from "../arguments/read-input.ts";
import type { Terminal } from "../terminal/output.ts";
import { shownMeasure } from "../training/describe-result.ts";
import { classNames, largestOf, probabilitiesOf } from "../training/evaluation.ts";

interface PredictOptions {
  readonly top: number;
  readonly json?: boolean;
  readonly use: readonly string[];
}

/** What a model makes of one sample. */
interface Prediction {
  readonly input: string;
  /** The most likely class. */
  readonly class?: string;
  /** All classes, the most likely first. */
  readonly probabilities?: readonly { readonly class: string; readonly probability: number }[];
  /** What the model gives, where it has no classes. */
  readonly output?: unknown;
}

/** The command, printing to `terminal`. */
export function predictCommand(terminal: Terminal): Command {
  return new Command("predict")
    .description("say what a trained model makes of samples: classes with their probabilities, or numbers")
    .argument("<model>", `a saved model (.safetensors), the folder of a run, ${modelFile}`)
    .argument(
      "<input...>",
      `the values of a sample, such as 5.1,3.5 (-- -1,2 for a minus at first), or files of samples (${inputEndings.join(", ")})`,
    )
    .option("--top <n>", "classes that are printed for each sample", wholeNumber(1), 3)
    .option("--json", "print all of it as JSON")
    .addOption(useOption())
    .action(async (path: string, inputs: readonly string[], options: PredictOptions) => {
      await predict(path, inputs, options, terminal);
    });
}

async function predict(
  path: string,
  inputs: readonly string[],
  { top, json, use }: PredictOptions,
  { print }: Terminal,
): Promise<void> {
  const { model, encoding } = await openTrained("predict", path, use);
  if (model.outputLayers.length !== 1) {
    throw SpecError.of("predict", "model", `${model.outputLayers.length} outputs`, "a model with one output", {
      problem: `the model has ${model.outputLayers.length} outputs`,
      hint: "Call net.outputs(x) in a program.",
    });
  }
  const input = await readInput(inputs, model.toSpec(), encoding);
  const predictions = predictionsOf(model, input, encoding?.classes ?? undefined);
  if (json) print(`${JSON.stringify(predictions)}\n`);
  else print(`${render(predictions, top)}\n`);
}

function predictionsOf(model: Model, { x, names }: PredictInput, classes: readonly string[] | undefined): Prediction[] {
  const y: Tensor = noGrad(() => model.predict(x).value);
  const probabilities = probabilitiesOf(model, y);
  if (probabilities === null) {
    const outputs = y.toArray() as unknown[];
    return names.map((input, i) => ({ input, output: outputs[i] }));
  }
  const known = classNames(probabilities.shape[1], classes);
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
  const rows = predictions.map(({ input, class: name, probabilities, output }) =>
    probabilities === undefined
      ? [input, shownOutput(output)]
      : [
          input,
          name ?? "",
          probabilities
            .slice(0, top)
            .map(({ class: of, probability }) => `${of} ${shownMeasure("accuracy", probability)}`)
            .join(", "),
        ],
  );
  const titles = predictions[0].probabilities === undefined ? ["input", "output"] : ["input", "class", "probabilities"];
  return renderTable(
    titles.map((title) => ({ title })),
    rows,
  );
}

/** An output as people read it: a number alone, or lists. */
function shownOutput(output: unknown): string {
  const rounded = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(rounded) : Number((value as number).toPrecision(6));
  const value = rounded(output);
  return Array.isArray(value) && value.length === 1 ? String(value[0]) : JSON.stringify(value);
}
