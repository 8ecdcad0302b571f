/** Trains for a command: shows progress, listens for Ctrl-C, and says what came out. */
import { describeResult } from "../training/describe-result.ts";
import type { Checkpoint } from "../training/run/checkpoint.ts";
import { reportRun } from "../training/run/report-run.ts";
import type { RunSettings } from "../training/run/settings.ts";
import { type RunResult, trainRun } from "../training/run/train-run.ts";
import {
  type PreparedTraining,
  type TrainedModel,
  type TrainModelOptions,
  trainModel,
} from "../training/train-model.ts";
import { type Interruptible, untilStopped } from "./interrupts.ts";
import { noProgress, type ProgressDisplay, showProgress } from "./progress.ts";

export interface RunContext extends Interruptible {
  /** Whether nothing but the result is printed, as JSON. */
  readonly isJson: boolean;
}

function progressOf({ terminal, isJson }: RunContext): ProgressDisplay {
  return isJson ? noProgress : showProgress(terminal.stdout);
}

function resultJson(result: TrainedModel, more: object): string {
  const { losses, measured, best, seconds } = result;
  const chosen = best && { epoch: best.epoch, value: best.value };
  const numbers = { iterations: losses.length, epochs: measured.length, seconds, loss: losses.at(-1) ?? null };
  return `${JSON.stringify({ ...numbers, measured: measured.at(-1) ?? null, best: chosen, ...more })}\n`;
}

/**
 * Trains without a folder. Ctrl-C ends it, and nothing is kept.
 * @returns null when it was stopped
 */
export async function trainInMemory(options: TrainModelOptions, context: RunContext): Promise<TrainedModel | null> {
  const { terminal, isJson } = context;
  const words = "Stopped. Nothing is kept: a training with --run DIR can be stopped, and resumed.";
  const progress = progressOf(context);
  return await untilStopped(context, words, progress, async (signal) => {
    const result = await trainModel({ ...options, signal, onProgress: progress.onProgress });
    progress.stop();
    if (isJson) terminal.print(resultJson(result, {}));
    else {
      const text = describeResult({ ...result, keptBest: options.keepBest === true });
      terminal.print({ paint: "bold", text }, "\n");
    }
    return result;
  });
}

/**
 * Trains a run, from a checkpoint where there is one. Ctrl-C saves and ends it; what is in the folder then is said either
 * way.
 *
 * @returns null when it was stopped
 */
export async function runTraining(
  folder: string,
  settings: RunSettings,
  training: PreparedTraining,
  from: Checkpoint | null,
  context: RunContext,
): Promise<RunResult | null> {
  const { terminal, isJson } = context;
  const words = "Stopping: the checkpoint is written next. Ctrl-C again leaves at once.";
  const progress = progressOf(context);
  const op = from === null ? "train" : "resume";
  return await untilStopped(context, words, progress, async (signal) => {
    const options = { op, signal, onProgress: progress.onProgress };
    const result = await trainRun(folder, settings, training, from, options).finally(progress.stop);
    if (!result.isStopped && settings.keepBest) training.trainer.useBest();
    const files = await reportRun(op, folder, settings, result);
    if (isJson) terminal.print(resultJson(result, { run: folder, stopped: result.isStopped }));
    else if (result.isStopped) {
      const done = `${result.losses.length.toLocaleString("en-US")} of ${training.trainer.iterations.toLocaleString("en-US")}`;
      terminal.print(`stopped after ${done} mini-batches; go on with: adjoint resume ${folder}\n`);
    } else {
      const text = describeResult({ ...result, keptBest: settings.keepBest });
      terminal.print({ paint: "bold", text }, "\n", ...files.map((file) => `wrote ${file}\n`));
    }
    if (result.isStopped) signal.throwIfAborted();
    return result;
  });
}
