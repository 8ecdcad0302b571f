/**
 * `adjoint evaluate MODEL`: loss and metrics of a trained model, and how each class comes off.
 */
import { type EngineName, engineNames } from "@adjoint/compiler";
import type { Model } from "@adjoint/nn";
import { renderTable } from "@adjoint/nn/internal";
import type { TrainingData } from "@adjoint/optim";
import { SpecError } from "@adjoint/tensor";
import { Command, type OptionValueSource } from "commander";
import type { Terminal } from "../terminal/output.ts";
import { shownMeasure, wordsOf } from "../training/describe-result.ts";
import { type Evaluation, evaluateModel } from "../training/evaluation.ts";
import { fittedData } from "../training/fit-data.ts";
import type { DataSettings } from "../training/run/settings.ts";
import { loadNamedData } from "./load-named-data.ts";
import { isRun, openModel, openRun } from "./load-spec.ts";
import { wholeNumber } from "./numbers.ts";
import { choiceOption, modelFile, useOption } from "./options.ts";
import { addDataOptions, checkDataDir, type DataOptions, dataSettings } from "./train-options.ts";

interface EvaluateOptions extends DataOptions {
  readonly split: "train" | "test" | "validation";
  readonly topK?: number;
  readonly batchSize: number;
  readonly engine: "auto" | EngineName | "none";
  readonly json?: boolean;
  readonly use: readonly string[];
}

/** The most classes whose confusions fit a terminal. */
const mostInTable = 20;

/** The command, printing to `terminal`. */
export function evaluateCommand(terminal: Terminal): Command {
  const command = new Command("evaluate")
    .description("measure a trained model: loss, metrics, and how each class comes off")
    .argument("<model>", `a saved model (.safetensors), the folder of a run, ${modelFile}`);
  return addDataOptions(command)
    .addOption(choiceOption("--split <part>", "which samples of the data", ["test", "train"]).default("test"))
    .option("--top-k <n>", "also the share of samples whose class is among the n most likely", wholeNumber(1))
    .option("--batch-size <n>", "samples that run at a time", wholeNumber(1), 100)
    .addOption(choiceOption("--engine <name>", "what runs the model", [...engineNames, "none"]).default("auto"))
    .option("--json", "print the numbers as JSON")
    .addOption(useOption())
    .action(async (path: string, options: EvaluateOptions) => {
      await evaluate(path, options, command.getOptionValueSource("data"), terminal);
    });
}

/** What is measured: a model, on what, and how its classes are called. */
interface Measured {
  readonly model: Model;
  readonly data: DataSettings;
  readonly classes: readonly string[] | null;
}

/** The data are those of the run unless others are named; a saved model does not say what it is for. */
async function opened(
  path: string,
  options: EvaluateOptions,
  source: OptionValueSource | undefined,
): Promise<Measured> {
  const isNamed = source === "cli";
  if (await isRun(path)) {
    const { settings, model } = await openRun("evaluate", path, options.use);
    return isNamed
      ? { model, data: dataSettings(options), classes: null }
      : { model, data: settings.data, classes: settings.classes };
  }
  return { model: await openModel(path, { used: options.use }), data: dataSettings(options), classes: null };
}

async function evaluate(
  path: string,
  options: EvaluateOptions,
  source: OptionValueSource | undefined,
  { print }: Terminal,
): Promise<void> {
  const { split, topK, batchSize, engine, json } = options;
  checkDataDir(options);
  const { model, data: named, classes } = await opened(path, options, source);
  if (model.losses.length === 0) {
    throw SpecError.of("evaluate", "model", path, "a model with a loss", {
      problem: "the model has no loss to measure by",
      hint: 'Add one to the spec, such as "loss": "crossEntropy".',
    });
  }
  const data: TrainingData = fittedData(model, await loadNamedData(named, model.toSpec()));
  const { [split]: samples = data.test } = data;
  const result = evaluateModel(model, samples, {
    batchSize,
    engine,
    ...(topK === undefined ? {} : { topK }),
    ...(classes === null ? {} : { classes }),
  });
  if (json) print(`${JSON.stringify({ model: path, data: named.data, split, ...result })}\n`);
  else print(`${path} on ${named.data}, ${result.samples.toLocaleString("en-US")} ${split} samples\n`, render(result));
}

/** The measures, a line each, then the tables of the classes. */
function render({ measured, classes, confusion, samples }: Evaluation): string {
  const lines = Object.entries(measured).map(([name, value]) => {
    const count = name === "accuracy" && confusion !== null ? ` (${Math.round(value * samples)} of ${samples})` : "";
    return `${wordsOf(name)} ${shownMeasure(name, value)}${count}`;
  });
  const percent = (share: number | null): string => (share === null ? "–" : shownMeasure("accuracy", share));
  const tables: string[] = [];
  if (classes !== null) {
    const columns = ["class", "samples", "precision", "recall", "F1"].map((title, i) => ({
      title,
      align: i === 0 ? ("left" as const) : ("right" as const),
    }));
    const rows = classes.map(({ name, samples: n, precision, recall, f1 }) => [
      name,
      n.toLocaleString("en-US"),
      ...[precision, recall, f1].map(percent),
    ]);
    tables.push(renderTable(columns, rows));
  }
  if (confusion !== null && classes !== null && classes.length <= mostInTable) {
    const titles = ["right ↓ taken for →", ...classes.map(({ name }) => name)];
    const columns = titles.map((title, i) => ({ title, align: i === 0 ? ("left" as const) : ("right" as const) }));
    tables.push(
      renderTable(
        columns,
        confusion.map((row, i) => [classes[i].name, ...row.map((n) => (n === 0 ? "" : String(n)))]),
      ),
    );
  }
  return [...lines, ...tables, ""].join("\n");
}
