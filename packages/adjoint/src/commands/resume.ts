/** `adjoint resume DIR`: goes on with a run from its checkpoint, as if it had never been stopped. */
import { lockFolder } from "@adjoint/data/files";
import type { TrainingData } from "@adjoint/optim";
import { SpecError } from "@adjoint/tensor";
import { Command } from "commander";
import { loadSpec } from "../arguments/load-spec.ts";
import { wholeNumber } from "../arguments/numbers.ts";
import { threadsOption } from "../arguments/options.ts";
import type { Terminal } from "../terminal/output.ts";
import { type RunContext, runTraining } from "../terminal/run-training.ts";
import { loadData } from "../training/load-data.ts";
import { type Checkpoint, readCheckpoint } from "../training/run/checkpoint.ts";
import { runFile } from "../training/run/files.ts";
import { hashOf, type RunSettings, readSettings, writeSettings } from "../training/run/settings.ts";
import { type PreparedTraining, prepareTraining } from "../training/train-model.ts";
import { ownVersion } from "../version.ts";

interface ResumeOptions {
  readonly epochs?: number;
  readonly threads?: number;
  readonly json?: boolean;
}

/** The command, printing to `terminal`; `fail` is called with the exit code when it is stopped. */
export function resumeCommand(terminal: Terminal, fail: (code: number) => void): Command {
  return new Command("resume")
    .description("go on with a run that was stopped or killed, to the same numbers as if it had not been")
    .argument("<dir>", "the folder of the run, made by train --run")
    .option("--epochs <n>", "train for so many epochs in all (default: as many as it was begun with)", wholeNumber(1))
    .addOption(threadsOption())
    .option("--json", "print the result as JSON, and nothing else")
    .action((folder: string, options: ResumeOptions) =>
      resume(folder, options, { terminal, fail, isJson: options.json === true }),
    );
}

function changed(settings: RunSettings, { epochs, threads }: ResumeOptions): RunSettings {
  return { ...settings, ...(epochs === undefined ? {} : { epochs }), ...(threads === undefined ? {} : { threads }) };
}

function checkSameData(folder: string, settings: RunSettings, data: TrainingData): void {
  if (hashOf(data) === settings.dataHash) return;
  throw SpecError.of("data", "data", settings.data.data, "the samples that the run began with", {
    problem: `${settings.data.data} has other samples than when ${folder} began`,
    hint: "Put the data back, or start another run: adjoint train SPEC --run DIR.",
  });
}

/** @throws SpecError for fewer epochs than the run has trained */
function checkGoesOn(folder: string, { trainer }: PreparedTraining): void {
  const { length } = trainer.trainLossList;
  if (length <= trainer.iterations) return;
  throw SpecError.of("--epochs", "--epochs", `${trainer.iterations} mini-batches`, `${length} or more`, {
    problem: `${folder} has trained for ${length.toLocaleString("en-US")} mini-batches already`,
    hint: "Name more epochs.",
  });
}

async function resume(folder: string, options: ResumeOptions, context: RunContext): Promise<void> {
  const { terminal, isJson } = context;
  const print: Terminal["print"] = isJson ? () => {} : terminal.print;
  const before = await readSettings("resume", folder);
  const settings = changed(before, options);
  const lock = await lockFolder("resume", folder);
  try {
    const { spec, use } = await loadSpec(runFile(folder, "spec"), settings.use);
    const data = await loadData(settings.data.data, spec, settings.data.reading);
    checkSameData(folder, settings, data);
    const checkpoint: Checkpoint | null = await readCheckpoint("resume", folder);
    const training = prepareTraining({ ...settings, spec, data, use, resume: checkpoint?.state ?? null });
    checkGoesOn(folder, training);
    const { adjoint } = settings.versions;
    if (adjoint !== ownVersion()) {
      terminal.complain(`note: the run began with adjoint ${adjoint}, this is ${ownVersion()}: losses may differ\n`);
    }
    if (settings.epochs !== before.epochs) await writeSettings("resume", folder, settings);
    const { trainer } = training;
    const done = trainer.trainLossList.length.toLocaleString("en-US");
    print(`going on after ${done} of ${trainer.iterations.toLocaleString("en-US")} mini-batches\n`);
    await runTraining(folder, settings, training, checkpoint, context);
  } finally {
    lock.release();
  }
}
