/** `adjoint export MODEL -o FILE`: a model, or a step of its training, as a file for other programs. */
import { basename, extname } from "node:path";
import { programState, trace } from "@adjoint/compiler";
import { encodeSafetensors } from "@adjoint/data";
import { writeWhole } from "@adjoint/data/files";
import { type Opset, toOnnx } from "@adjoint/exchange";
import { type Model, type ModelTargets, randomSamples } from "@adjoint/nn";
import { defaultRate, type OptimizerName, optimizerByName, optimizerNames } from "@adjoint/optim";
import { SpecError } from "@adjoint/tensor";
import { Command } from "commander";
import { openModel } from "../arguments/load-spec.ts";
import { positiveNumber, wholeNumber } from "../arguments/numbers.ts";
import { choiceOption, modelFile, useOption } from "../arguments/options.ts";
import { checkOutputFile } from "../arguments/output-files.ts";
import type { Terminal } from "../terminal/output.ts";

interface ExportOptions {
  readonly output: string;
  readonly training: boolean;
  readonly batchSize?: number;
  readonly optimizer: OptimizerName;
  readonly lr?: number;
  readonly opset?: string;
  readonly seed: number;
  readonly use: readonly string[];
}

/** What is written. */
interface Request {
  readonly model: Model;
  /** The file of the model, for errors. */
  readonly path: string;
  readonly options: ExportOptions;
}

/** A file that is written. */
interface WrittenFile {
  readonly path: string;
  readonly content: string | Uint8Array;
}

/** How a model becomes files, by the ending of the first. */
const formats: Readonly<Record<string, (request: Request) => readonly WrittenFile[]>> = {
  ".onnx": ({ model, path, options }) => {
    const { output, training, batchSize, opset } = options;
    const version = opset === undefined ? {} : { opset: Number(opset) as Opset };
    if (!training) {
      const content = toOnnx(model, { ...(batchSize === undefined ? {} : { batch: batchSize }), ...version });
      return [{ path: output, content }];
    }
    const step = stepOf(model, path, options);
    return [
      { path: output, content: toOnnx(step, { inputs: ["x", "t"], outputs: ["loss"], ...version }) },
      { path: statesBeside(output), content: encodeSafetensors(programState(step)) },
    ];
  },
};

/** The file with the states that a step of training starts from, beside the step. */
const statesBeside = (output: string): string => `${output.slice(0, -extname(output).length)}.safetensors`;

/** The command, printing to `terminal`. */
export function exportCommand(terminal: Terminal): Command {
  const endings = Object.keys(formats);
  return new Command("export")
    .description("write a model, or a step of its training, for other programs")
    .argument("<model>", `${modelFile}, or a saved model (.safetensors)`)
    .requiredOption("-o, --output <file>", `the file to write: ${endings.join(" or ")}`)
    .option(
      "--training",
      "write a step of training, and beside it a .safetensors file with the states to start from",
      false,
    )
    .option("--batch-size <n>", "samples in a batch (default: any number; 100 with --training)", wholeNumber(1))
    .addOption(
      choiceOption("--optimizer <name>", "how parameters move, with --training", optimizerNames).default("adam"),
    )
    .option("--lr <rate>", "learning rate, with --training (default: the optimizer's own)", positiveNumber)
    .addOption(choiceOption("--opset <n>", "version of ONNX's operators", ["17", "18", "19", "20", "21"]))
    .option("--seed <n>", "seed of the weights of a model that is not saved", wholeNumber(0), 0)
    .addOption(useOption())
    .action((path: string, options: ExportOptions) => exportModel(path, options, terminal));
}

async function exportModel(path: string, options: ExportOptions, { print }: Terminal): Promise<void> {
  const { output, seed, use, training } = options;
  await checkOutputFile("--output", output, Object.keys(formats), [path, ...use], { makesFolder: false });
  const beside = training ? [statesBeside(output)] : [];
  for (const file of beside)
    await checkOutputFile("--output", file, [".safetensors"], [path, ...use], { makesFolder: false });
  const model = await openModel(path, { seed, used: use });
  for (const file of formats[extname(output)]({ model, path, options })) {
    await writeWhole("export", file.path, file.content);
    print(`wrote ${file.path}\n`);
  }
}

/** A step of training as a program. */
function stepOf(
  model: Model,
  path: string,
  { batchSize = 100, optimizer: name, lr = defaultRate(name) }: ExportOptions,
) {
  const { x, t } = randomSamples(model, Math.max(batchSize, model.minBatchSize));
  if (t === null) {
    throw SpecError.of("export", "model", basename(path), "a model with a loss", {
      problem: "the model has no loss to train by",
    });
  }
  const optimizer = optimizerByName(name, model.params, { lr });
  return trace(
    (samples: typeof x, targets: ModelTargets) => {
      optimizer.zeroGrad();
      const loss = model.loss(samples, targets, { train: true });
      loss.backward();
      optimizer.step();
      return loss;
    },
    x,
    t,
  );
}
