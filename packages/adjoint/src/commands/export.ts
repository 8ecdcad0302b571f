/** `adjoint export MODEL -o FILE`: a model, or a step of its training, as a file for other programs. */
import { basename, dirname, extname, join } from "node:path";
import { type Program, programState, trace } from "@adjoint/compiler";
import { encodeSafetensors } from "@adjoint/data";
import { type NewFile, writeTogether } from "@adjoint/data/files";
import { type Opset, toJax, toOnnx } from "@adjoint/exchange";
import { type Model, type ModelInputs, type ModelTargets, randomSamples, statesMetadata } from "@adjoint/nn";
import { defaultRate, type OptimizerName, optimizerByName, optimizerNames, type Samples } from "@adjoint/optim";
import { kernels, SpecError } from "@adjoint/tensor";
import { Command } from "commander";
import { openModel } from "../arguments/load-spec.ts";
import { positiveNumber, wholeNumber } from "../arguments/numbers.ts";
import { type CommonOptions, checkHasEffect, choiceOption, modelFile, useOption } from "../arguments/options.ts";
import { checkOutputFile } from "../arguments/output-files.ts";
import { printWritten, type Terminal } from "../terminal/output.ts";
import { dataSets, loadData } from "../training/load-data.ts";
import { checkTargets, named, trainingStep } from "../training/step-graph.ts";

interface ExportOptions extends CommonOptions {
  readonly output: string;
  readonly training: boolean;
  readonly batchSize?: number;
  readonly optimizer?: OptimizerName;
  readonly lr?: number;
  readonly opset?: string;
  readonly withData?: string;
  readonly seed: number;
}

/** A batch, or all samples: tensors, or records of them by name. */
type Batch = Parameters<typeof named>[0];

interface Request {
  readonly model: Model;
  /** The samples that go with it; null for samples of noise. */
  readonly samples: Samples | null;
  /** The file of the model, for errors. */
  readonly path: string;
  readonly options: ExportOptions;
}

type WrittenFile = NewFile & { readonly path: string };

/** How a model becomes files, by the ending of the first. */
const formats: Readonly<Record<string, (request: Request) => readonly WrittenFile[]>> = {
  ".onnx": (request) => {
    const { model, options } = request;
    const { output, training, batchSize, opset } = options;
    const version = opset === undefined ? {} : { opset: Number(opset) as Opset };
    if (!training) {
      const content = toOnnx(model, { ...(batchSize === undefined ? {} : { batch: batchSize }), ...version });
      return [{ path: output, content }];
    }
    const step = stepOf(request);
    return [
      { path: output, content: toOnnx(step, { inputs: ["x", "t"], outputs: ["loss"], ...version }) },
      { path: statesBeside(output), content: encodeSafetensors(programState(step)) },
    ];
  },
  ".py": (request) => {
    const { model, path, options } = request;
    const { output } = options;
    const program = options.training ? stepOf(request) : predictionOf(request);
    const name = model.toSpec().name ?? basename(path);
    const { source, weights } = toJax(program, { name, file: basename(output), metadata: statesMetadata(model) });
    return [
      { path: output, content: source },
      { path: statesBeside(output), content: weights },
    ];
  },
};

const hasStates = ({ output, training }: ExportOptions): boolean => training || extname(output) === ".py";

/** The file with the states that a program starts from, beside the program. */
const statesBeside = (output: string): string => `${output.slice(0, -extname(output).length)}.safetensors`;

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
      choiceOption("--optimizer <name>", "how parameters move, with --training (default: adam)", optimizerNames),
    )
    .option("--lr <rate>", "learning rate, with --training (default: the optimizer's own)", positiveNumber)
    .addOption(choiceOption("--opset <n>", "version of ONNX's operators", ["17", "18", "19", "20", "21"]))
    .option(
      "--with-data <name or path>",
      `write the samples to train with, x and t, into a .safetensors file beside it: ${dataSets.join(", ")}, a table, …`,
    )
    .option("--seed <n>", "seed of the weights of a model that is not saved", wholeNumber(0), 0)
    .option("--json", "print the files as JSON, and nothing else")
    .addOption(useOption())
    .action((path: string, options: ExportOptions) => exportModel(path, options, terminal));
}

async function exportModel(path: string, options: ExportOptions, terminal: Terminal): Promise<void> {
  const { output, seed, use, withData } = options;
  const inputs = [path, ...use];
  await checkOutputFile("--output", output, Object.keys(formats), inputs);
  checkHasEffect("--optimizer", options.optimizer, options.training, "--training");
  checkHasEffect("--lr", options.lr, options.training, "--training");
  checkHasEffect("--opset", options.opset, extname(output) === ".onnx", "--output FILE.onnx");
  const beside = hasStates(options) ? [statesBeside(output)] : [];
  const dataFile = withData === undefined ? null : join(dirname(output), `${nameOfData(withData)}.safetensors`);
  for (const file of beside) await checkOutputFile("--output", file, [".safetensors"], inputs);
  if (dataFile !== null) {
    await checkOutputFile("--with-data", dataFile, [".safetensors"], inputs);
    if (beside.includes(dataFile)) {
      throw SpecError.of("--with-data", "--output", output, "another name", {
        problem: `${dataFile} would be the file of the states and that of the data`,
        hint: "Give the program another name than the data.",
      });
    }
  }
  const model = await openModel(path, { seed, used: use });
  const samples = withData === undefined ? null : (await loadData(withData, model.toSpec())).train;
  const files = [...formats[extname(output)]({ model, samples, path, options })];
  if (dataFile !== null && samples !== null) files.push({ path: dataFile, content: encodeSafetensors({ ...samples }) });
  await writeTogether("export", files);
  const written = files.map((file) => file.path);
  printWritten(terminal, written, { json: options.json });
}

/** The name of data: of a path without its folder and ending. */
const nameOfData = (data: string): string => basename(data, extname(data));

/** The first samples of those that go with a model, or noise. */
function batchOf({ model, samples, options: { batchSize = 100 } }: Request): { x: Batch; t: Batch | null } {
  const size = Math.max(batchSize, model.minBatchSize);
  if (samples === null) return randomSamples(model, size) as { x: Batch; t: Batch | null };
  const [x, t] = [samples.x, samples.t].map((all) => {
    if (all.shape[0] >= size) return kernels.slice(all, [{ start: 0, step: 1, length: size }]);
    throw SpecError.of("export", "--batch-size", size, `at most ${all.shape[0]}, the number of samples`);
  });
  return { x, t };
}

function predictionOf(request: Request): Program {
  const { model } = request;
  return trace((x: ModelInputs) => model.predict(x), named(batchOf(request).x, "x") as ModelInputs);
}

function stepOf(request: Request): Program {
  const { model, path, options } = request;
  const { optimizer: name = "adam", lr = defaultRate(name) } = options;
  const { x, t } = batchOf(request);
  checkTargets("export", basename(path), t);
  const step = trainingStep(model, optimizerByName(name, model.params, { lr }));
  return trace(step, named(x, "x") as ModelInputs, named(t, "t") as ModelTargets);
}
