/** `adjoint evaluate MODEL`: loss and metrics of a trained model, and how each class comes off. */
import { type EngineName, engineNames } from "@adjoint/compiler";
import type { LossName } from "@adjoint/nn";
import { renderTable, right } from "@adjoint/nn/internal";
import type { Samples } from "@adjoint/optim";
import { SpecError } from "@adjoint/tensor";
import { Command } from "commander";
import { addDataOptions, chosenData, type DataOptions } from "../arguments/data-options.ts";
import { wholeNumber } from "../arguments/numbers.ts";
import {
  type MeasuredFile,
  measuredFile,
  noteUntrained,
  onnxLossOption,
  openMeasured,
} from "../arguments/open-measured.ts";
import { type CommonOptions, checkHasEffect, choiceOption, useOption } from "../arguments/options.ts";
import { dataSettings } from "../arguments/train-options.ts";
import type { Terminal } from "../terminal/output.ts";
import { shownMeasure, wordsOf } from "../training/describe-result.ts";
import { type Evaluation, evaluateModel } from "../training/evaluation.ts";
import { fittedSamples } from "../training/fit-data.ts";
import { loadData, loadSamples } from "../training/load-data.ts";

interface EvaluateOptions extends DataOptions, CommonOptions {
  readonly part?: "train" | "test";
  readonly topK?: number;
  readonly batchSize: number;
  readonly engine: "auto" | EngineName | "none";
  readonly loss?: LossName;
}

/** The most classes whose confusions fit a terminal. */
const mostInTable = 20;

export function evaluateCommand(terminal: Terminal): Command {
  const command = new Command("evaluate").description(
    "measure a trained model: loss, metrics, and how each class comes off",
  );
  return addDataOptions(command.argument("<model>", measuredFile))
    .addOption(
      choiceOption(
        "--part <part>",
        "samples as train splits the data (default: test where the data, the run or the spec say which those are, else all)",
        ["test", "train"],
      ),
    )
    .option("--top-k <n>", "also the share of samples whose class is among the n most likely", wholeNumber(1))
    .option("--batch-size <n>", "samples that run at a time", wholeNumber(1), 100)
    .addOption(choiceOption("--engine <name>", "what runs the model", [...engineNames, "none"]).default("auto"))
    .addOption(onnxLossOption("the loss of an ONNX file, which has none"))
    .option("--json", "print the numbers as JSON")
    .addOption(useOption())
    .action((path: string, options: EvaluateOptions) => evaluate(path, options, terminal));
}

/** How data are read, which a run says of its own. */
const readingOptions = {
  "--data-dir": "dataDir",
  "--target": "target",
  "--ignore": "ignore",
  "--categories": "categories",
  "--missing": "missing",
  "--split": "split",
  "--test-data": "testData",
} as const satisfies Record<string, keyof DataOptions>;

interface ChosenSamples {
  readonly name: string;
  /** Which part of the data they are; null for all of them. */
  readonly part: "train" | "test" | null;
  readonly samples: Samples;
  readonly classes: readonly string[] | null;
}

/**
 * The samples: those of the run, or of the spec, unless others are named. Other files are read as the data of the training
 * were: with the same columns and classes.
 */
async function samplesFor(
  path: string,
  { spec, encoding, data }: MeasuredFile,
  given: EvaluateOptions,
): Promise<ChosenSamples> {
  if (given.data === undefined && data !== null) {
    for (const [option, name] of Object.entries(readingOptions)) checkHasEffect(option, given[name], false, "--data");
    checkHasEffect("--no-standardize", given.standardize ? undefined : false, false, "--data");
  }
  const { options, reading } = chosenData(given, spec, path);
  const ofSpec = spec.training?.data === undefined ? null : dataSettings(options);
  const own = given.data === undefined ? (data ?? ofSpec) : null;
  if (own !== null || options.part !== undefined) {
    const { part = "test" } = options;
    const { data: name, reading: how } = own ?? dataSettings(options);
    const loaded = await loadData(name, spec, how);
    return { name, part, samples: loaded[part], classes: (encoding ?? loaded.encoding).classes };
  }
  checkHasEffect("--split", given.split, false, "--part");
  checkHasEffect("--test-data", given.testData, false, "--part");
  const known = encoding === null ? {} : { encoding };
  const { x, t, encoding: found, part } = await loadSamples(options.data, spec, { ...reading, ...known });
  if (t === null) {
    throw SpecError.of("evaluate", "--data", options.data, "samples with targets", {
      problem: `${options.data} has no targets`,
      hint: "Name their column by --target; predict needs none.",
    });
  }
  return { name: options.data, part, samples: { x, t }, classes: (encoding ?? found).classes };
}

async function evaluate(path: string, options: EvaluateOptions, terminal: Terminal): Promise<void> {
  const { topK, batchSize, engine, json } = options;
  const measuring = await openMeasured("evaluate", path, options);
  const { model } = measuring;
  if (model.losses.length === 0) {
    throw SpecError.of("evaluate", "model", path, "a model with a loss", {
      problem: "the model has no loss to measure by",
      hint: 'Add one to the spec, such as "loss": "crossEntropy".',
    });
  }
  const { name, part, samples, classes } = await samplesFor(path, measuring, options);
  const result = evaluateModel(model, fittedSamples(model, samples), {
    batchSize,
    engine,
    ...(topK === undefined ? {} : { topK }),
    ...(classes === null ? {} : { classes }),
  });
  noteUntrained("evaluate", path, measuring, terminal);
  if (json) terminal.print(`${JSON.stringify({ model: path, data: name, part, ...result })}\n`);
  else {
    const count = result.samples.toLocaleString("en-US");
    terminal.print(`${path} on ${name}, ${count} ${part === null ? "" : `${part} `}samples\n`, render(result));
  }
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
    const columns = ["class", ...["samples", "precision", "recall", "F1"].map(right)];
    const rows = classes.map(({ name, samples: n, precision, recall, f1 }) => [
      name,
      n.toLocaleString("en-US"),
      ...[precision, recall, f1].map(percent),
    ]);
    tables.push(renderTable(columns, rows));
  }
  if (confusion !== null && classes !== null && classes.length <= mostInTable) {
    const columns = ["right ↓ taken for →", ...classes.map(({ name }) => right(name))];
    const rows = confusion.map((row, i) => [classes[i].name, ...row.map((n) => (n === 0 ? "" : String(n)))]);
    tables.push(renderTable(columns, rows));
  }
  return [...lines, ...tables, ""].join("\n");
}
