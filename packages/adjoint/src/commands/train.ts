/**
 * `adjoint train SPEC`: trains a model; with --run in a folder that `resume` goes on with, with --out and --save into files.
 */
import { dirname, extname } from "node:path";
import { makeFolder, writeWhole } from "@adjoint/data/files";
import { trainingReport } from "@adjoint/explorer";
import { build, saveModel, summary } from "@adjoint/nn";
import { Command } from "commander";
import { augmentOption, chosenData } from "../arguments/data-options.ts";
import { loadSpec } from "../arguments/load-spec.ts";
import { checkHasEffect, checkThreads, modelFile } from "../arguments/options.ts";
import { checkApart, checkOutputFile, checkOutputFolder } from "../arguments/output-files.ts";
import { addTrainingOptions, givenSettings, settingsOf, type TrainingOptions } from "../arguments/train-options.ts";
import type { Terminal } from "../terminal/output.ts";
import { type RunContext, runTraining, trainInMemory } from "../terminal/run-training.ts";
import { dataSets, describeData, loadData } from "../training/load-data.ts";
import { givenSpec, runFiles } from "../training/run/files.ts";
import { checkFree, describeRun, makeRun } from "../training/run/train-run.ts";
import { saveTraining, trainingFiles } from "../training/save-training.ts";
import { prepareTraining, type TrainedModel, trainingSettings } from "../training/train-model.ts";

interface TrainOptions extends TrainingOptions {
  readonly run?: string;
  readonly out?: string;
  readonly save?: string;
  readonly page?: string;
  readonly json?: boolean;
}

/** The command, printing to `terminal`; `fail` is called with the exit code when it is stopped. */
export function trainCommand(terminal: Terminal, fail: (code: number) => void): Command {
  const command = new Command("train")
    .description("train a model and report what it reaches on held-out data")
    .argument("<spec>", modelFile);
  return addTrainingOptions(command)
    .addOption(augmentOption())
    .option("--run <dir>", "new folder for checkpoints, metrics and a report; resume goes on with it")
    .option("--out <dir>", "folder for training-curve.svg, and the graph of a step as .html, .svg and .dot")
    .option("--save <file>", "write the trained model into a .safetensors file")
    .option("--page <file>", "write how it went, layer by layer, into an .html file")
    .option("--json", "print the result as JSON, and nothing else")
    .action((path: string, options: TrainOptions) =>
      train(path, options, { terminal, fail, isJson: options.json === true }),
    );
}

/** Whether all places can be written to, before anything is done. */
async function checkPlaces(path: string, { save, page, out, run, use }: TrainOptions): Promise<void> {
  const inputs = [path, ...use];
  if (save !== undefined) await checkOutputFile("--save", save, [".safetensors"], inputs, { makesFolder: true });
  if (page !== undefined) await checkOutputFile("--page", page, [".html"], inputs, { makesFolder: true });
  if (out !== undefined) await checkOutputFolder("--out", out, trainingFiles, inputs);
  if (run !== undefined) {
    await checkFree(run);
    await checkOutputFolder("--run", run, [...Object.values(runFiles), `${givenSpec}${extname(path)}`], inputs);
  }
  for (const [option, file] of Object.entries({ "--save": save, "--page": page })) {
    if (file === undefined) continue;
    if (out !== undefined) checkApart("--out", out, option, file);
    if (run !== undefined) checkApart("--run", run, option, file);
  }
}

async function train(path: string, given: TrainOptions, context: RunContext): Promise<void> {
  const { engine, threads = "auto" } = given;
  const { terminal, isJson } = context;
  const print: Terminal["print"] = isJson ? () => {} : terminal.print;
  checkThreads(given.threads, engine);
  checkHasEffect("--checkpoint-every", given.checkpointEvery, given.run !== undefined, "--run");
  await checkPlaces(path, given);
  const { spec, use, modules } = await loadSpec(path, given.use);
  const { options, reading } = chosenData(given, spec, path);
  const chosen = trainingSettings(spec, givenSettings(options));
  const { epochs, optimizer, lr, seed, keepBest, earlyStop } = chosen;
  checkHasEffect("--best-by", given.bestBy, keepBest || earlyStop !== null, "--keep-best or --patience");
  const model = build(spec, { seed, use });
  print(`${summary(model)}\n`);
  const data = await loadData(options.data, spec, reading);
  print(`${describeData(options.data, data)}\n`);
  const title = `${options.data}: ${epochs} epochs, ${optimizer}, learning rate ${lr}`;
  const record = options.page === undefined ? null : { title, ...imageShapeOf(options.data, data.train.x.shape) };
  let result: TrainedModel | null;
  if (options.run !== undefined) {
    const settings = settingsOf(path, modules, chosen, options, data);
    // What does not fit is told before a folder is made.
    const training = prepareTraining({ ...settings, spec, data, use, record });
    const lock = await makeRun("train", options.run);
    try {
      await describeRun("train", options.run, model.toSpec(), settings);
      result = await runTraining(options.run, settings, training, null, context);
    } finally {
      lock.release();
    }
  } else {
    result = await trainInMemory({ ...chosen, spec, data, engine, threads, use, record }, context);
  }
  if (result === null) return;
  if (options.save !== undefined) {
    const { accuracy, loss } = result.measured.at(-1)?.test ?? {};
    const reached = accuracy === undefined ? { testLoss: String(loss) } : { testAccuracy: String(accuracy) };
    await makeFolder("--save", dirname(options.save));
    await saveModel(result.model, options.save, {
      metadata: { data: options.data, dataEncoding: JSON.stringify(data.encoding), ...reached },
    });
    print(`wrote ${options.save}\n`);
  }
  if (options.page !== undefined && result.record !== null) {
    await makeFolder("--page", dirname(options.page));
    await writeWhole("train", options.page, trainingReport(result.record));
    print(`wrote ${options.page}\n`);
  }
  if (options.out === undefined) return;
  for (const file of await saveTraining(result, options.out, title)) print(`wrote ${file}\n`);
}

/** Height and width of the pictures of a data set that comes in rows: those of known sets are square. */
function imageShapeOf(data: string, shape: readonly number[]): { readonly imageShape?: readonly [number, number] } {
  const side = Math.sqrt(shape[1] ?? 0);
  const isKnown = (dataSets as readonly string[]).includes(data);
  return shape.length === 2 && isKnown && Number.isInteger(side) ? { imageShape: [side, side] } : {};
}
