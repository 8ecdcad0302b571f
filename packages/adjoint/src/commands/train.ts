/**
 * `adjoint train SPEC`: trains a model and, with --out, writes its curves and the graph of a step.
 */
import { dirname } from "node:path";
import { type EngineName, engineNames } from "@adjoint/compiler";
import { makeFolder } from "@adjoint/data/files";
import { build, saveModel, summary } from "@adjoint/nn";
import { defaultRate, type OptimizerName, optimizerNames } from "@adjoint/optim";
import { Command } from "commander";
import type { Terminal } from "../terminal/output.ts";
import { showProgress } from "../terminal/progress.ts";
import { checkDataOptions, describeData, loadData } from "../training/load-data.ts";
import { saveTraining, trainingFiles } from "../training/save-training.ts";
import { describeResult, trainModel } from "../training/train-model.ts";
import { addDataOptions, type DataOptions, loadOptionsOf } from "./data-options.ts";
import { loadSpec } from "./load-spec.ts";
import { positiveNumber, wholeNumber } from "./numbers.ts";
import { choiceOption, modelFile, threadsOption, useOption } from "./options.ts";
import { checkApart, checkOutputFile, checkOutputFolder } from "./output-files.ts";

interface TrainOptions extends DataOptions {
  readonly epochs: number;
  readonly batchSize: number;
  readonly optimizer: OptimizerName;
  readonly lr?: number;
  readonly seed: number;
  readonly engine: "auto" | EngineName | "none";
  readonly threads?: number;
  readonly out?: string;
  readonly save?: string;
  readonly use: readonly string[];
}

/** The command, printing to `terminal`. */
export function trainCommand(terminal: Terminal): Command {
  const command = new Command("train")
    .description("train a model and report its accuracy on held-out data")
    .argument("<spec>", modelFile);
  return addDataOptions(command)
    .option("--epochs <n>", "passes over the training data", wholeNumber(1), 20)
    .option("--batch-size <n>", "samples in a mini-batch", wholeNumber(1), 100)
    .addOption(choiceOption("--optimizer <name>", "how parameters move", optimizerNames).default("adam"))
    .option("--lr <rate>", `learning rate (default: the optimizer's own, ${ratesInWords()})`, positiveNumber)
    .option("--seed <n>", "seed of everything random", wholeNumber(0), 0)
    .addOption(choiceOption("--engine <name>", "what runs the steps", [...engineNames, "none"]).default("auto"))
    .addOption(threadsOption())
    .option("--out <dir>", "folder for training-curve.svg, and the graph of a step as .html, .svg and .dot")
    .option("--save <file>", "write the trained model into a .safetensors file")
    .addOption(useOption())
    .action(async (path: string, options: TrainOptions) => {
      await train(path, options, terminal);
    });
}

async function train(path: string, options: TrainOptions, { print, stdout }: Terminal): Promise<void> {
  const { epochs, batchSize, optimizer, lr = defaultRate(optimizer), seed, engine, threads = "auto" } = options;
  const reading = loadOptionsOf(options);
  checkDataOptions(options.data, reading);
  const inputs = [path, ...options.use];
  if (options.save !== undefined)
    await checkOutputFile("--save", options.save, [".safetensors"], inputs, { makesFolder: true });
  if (options.out !== undefined) await checkOutputFolder("--out", options.out, trainingFiles, inputs);
  if (options.save !== undefined && options.out !== undefined) checkApart("--out", options.out, "--save", options.save);
  const { spec, use } = await loadSpec(path, options.use);
  const model = build(spec, { seed, use });
  print(`${summary(model)}\n`);
  const data = await loadData(options.data, spec, reading);
  print(`${describeData(options.data, data)}\n`);
  const progress = showProgress(stdout);
  const result = await trainModel({
    spec,
    data,
    epochs,
    batchSize,
    optimizer,
    lr,
    seed,
    engine,
    threads,
    use,
    onProgress: progress.onProgress,
  }).finally(progress.stop);
  print({ paint: "bold", text: describeResult(result) }, "\n");
  if (options.save !== undefined) {
    const accuracy = String(result.testAccuracies.at(-1));
    await makeFolder("--save", dirname(options.save));
    await saveModel(result.model, options.save, {
      metadata: { data: options.data, testAccuracy: accuracy, dataEncoding: JSON.stringify(data.encoding) },
    });
    print(`wrote ${options.save}\n`);
  }
  if (options.out === undefined) return;
  const title = `${options.data}: ${epochs} epochs, ${optimizer}, learning rate ${lr}`;
  for (const file of await saveTraining(result, options.out, title)) print(`wrote ${file}\n`);
}

/** Each default rate with the optimizers that have it: `0.01 for sgd, momentum; 0.001 for adam`. */
function ratesInWords(): string {
  const rates = [...new Set(optimizerNames.map(defaultRate))];
  const named = (rate: number): string => optimizerNames.filter((name) => defaultRate(name) === rate).join(", ");
  return rates.map((rate) => `${rate} for ${named(rate)}`).join("; ");
}
