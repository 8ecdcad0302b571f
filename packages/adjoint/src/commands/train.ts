/**
 * `adjoint train SPEC`: trains a model and, with --out, writes its curves and the graph of a step.
 */
import { build, saveModel, summary } from "@adjoint/nn";
import { defaultRate, type OptimizerName, optimizerNames } from "@adjoint/optim";
import { Command, Option } from "commander";
import { colorsFor, type Output } from "../terminal/output.ts";
import { showProgress } from "../terminal/progress.ts";
import { dataSets, loadData } from "../training/load-data.ts";
import { saveTraining } from "../training/save-training.ts";
import { describeResult, trainModel } from "../training/train-model.ts";
import { loadSpec } from "./load-spec.ts";
import { positiveNumber, wholeNumber } from "./numbers.ts";
import { modelFile, useOption } from "./options.ts";
import { checkOutputFile, makeFolder } from "./output-files.ts";

interface TrainOptions {
  readonly data: (typeof dataSets)[number];
  readonly dataDir?: string;
  readonly epochs: number;
  readonly batchSize: number;
  readonly optimizer: OptimizerName;
  readonly lr?: number;
  readonly seed: number;
  readonly out?: string;
  readonly save?: string;
  readonly use: readonly string[];
}

/** The command, writing to `output`. */
export function trainCommand(output: Output): Command {
  return new Command("train")
    .description("train a model and report its accuracy on held-out data")
    .argument("<spec>", modelFile)
    .addOption(new Option("--data <name>", "data set").choices(dataSets).default("digits"))
    .option("--data-dir <dir>", "folder with the four files of MNIST (default: download them once)")
    .option("--epochs <n>", "passes over the training data", wholeNumber(1), 20)
    .option("--batch-size <n>", "samples in a mini-batch", wholeNumber(1), 100)
    .addOption(new Option("--optimizer <name>", "how parameters move").choices(optimizerNames).default("adam"))
    .option("--lr <rate>", `learning rate (default: the optimizer's own, ${ratesInWords()})`, positiveNumber)
    .option("--seed <n>", "seed of everything random", wholeNumber(0), 0)
    .option("--out <dir>", "folder for training-curve.svg, and the graph of a step as .html, .svg and .dot")
    .option("--save <file>", "write the trained model into a .safetensors file")
    .addOption(useOption())
    .action(async (path: string, options: TrainOptions) => {
      await train(path, options, output);
    });
}

async function train(path: string, options: TrainOptions, { stdout, env }: Output): Promise<void> {
  const { epochs, batchSize, optimizer, lr = defaultRate(optimizer), seed } = options;
  if (options.save !== undefined) await checkOutputFile("--save", options.save, ".safetensors", [path]);
  if (options.out !== undefined) await makeFolder("--out", options.out);
  const { spec, use } = await loadSpec(path, options.use);
  const model = build(spec, { seed, use });
  stdout.write(`${summary(model)}\n`);
  const data = await loadData(options.data, spec, options.dataDir === undefined ? {} : { dir: options.dataDir });
  const progress = showProgress(stdout);
  const result = await trainModel({
    spec,
    data,
    epochs,
    batchSize,
    optimizer,
    lr,
    seed,
    use,
    onProgress: progress.onProgress,
  }).finally(progress.stop);
  const colors = colorsFor(stdout, env);
  stdout.write(`${colors.bold(describeResult(result))}\n`);
  if (options.save !== undefined) {
    const accuracy = String(result.testAccuracies.at(-1));
    await saveModel(result.model, options.save, { metadata: { data: options.data, testAccuracy: accuracy } });
    stdout.write(`wrote ${options.save}\n`);
  }
  if (options.out === undefined) return;
  const title = `${options.data}: ${epochs} epochs, ${optimizer}, learning rate ${lr}`;
  for (const file of await saveTraining(result, options.out, title)) stdout.write(`wrote ${file}\n`);
}

/** Each default rate with the optimizers that have it: `0.01 for sgd, momentum; 0.001 for adam`. */
function ratesInWords(): string {
  const rates = [...new Set(optimizerNames.map(defaultRate))];
  const named = (rate: number): string => optimizerNames.filter((name) => defaultRate(name) === rate).join(", ");
  return rates.map((rate) => `${rate} for ${named(rate)}`).join("; ");
}
