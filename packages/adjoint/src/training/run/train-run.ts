/**
 * Trains a run: a folder in which metrics grow and checkpoints replace each other, so that it can be stopped at any moment
 * and goes on to the last bit.
 */
import { readdir, rm } from "node:fs/promises";
import { extname, join } from "node:path";
import { type FolderLock, lockFolder, lockName, makeFolder, openLog, readWhole, writeWhole } from "@adjoint/data/files";
import type { ModelSpec } from "@adjoint/nn";
import type { MeasuredParts } from "@adjoint/optim";
import { SpecError } from "@adjoint/tensor";
import { goOn, type PreparedTraining, type TrainedModel, type TrainingProgress } from "../train-model.ts";
import { type Checkpoint, writeCheckpoint } from "./checkpoint.ts";
import { givenSpec, runFile, runFiles } from "./files.ts";
import { lineOf, readMetrics } from "./metrics.ts";
import { type RunSettings, writeSettings } from "./settings.ts";

/** Seconds between checkpoints, at least; and how many times longer than one takes, so that they cost 5 % at most. */
const checkpointSeconds = 10;
const checkpointShare = 20;

/** Seconds after which metrics are written, so that others can follow them. */
const flushSeconds = 1;

export interface RunOptions {
  /** The command or function, for errors. */
  readonly op: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: TrainingProgress) => void;
}

export interface RunResult extends TrainedModel {
  /** Mini-batches in an epoch. */
  readonly perEpoch: number;
  /** Whether it was stopped before its end. */
  readonly isStopped: boolean;
}

/**
 * Makes the folder of a run, which must be empty or not there, and locks it. A folder whose run was killed while it was made
 * is made anew.
 *
 * @throws SpecError for a folder with other files, or with a run; DataError when it cannot be written
 */
export async function makeRun(op: string, folder: string): Promise<FolderLock> {
  await checkFree(folder);
  await makeFolder(op, folder);
  return await lockFolder(op, folder);
}

/** @throws SpecError unless a run can be made in a folder: for one with other files, or with a run */
export async function checkFree(folder: string): Promise<void> {
  const names = await readdir(folder).catch((): string[] => []);
  const isRun = names.includes(runFiles.settings);
  // The lock of a process that was killed, or what was to become it.
  const isHalfMade = names.some((name) => name === lockName || name.startsWith(`${lockName}.`)) && !isRun;
  if (names.length > 0 && !isHalfMade) {
    const problem = isRun ? `${folder} holds a run already` : `${folder} is not empty`;
    const hint = isRun
      ? `Go on with it: adjoint resume ${folder}. Or name another folder.`
      : "Name a folder that is empty, or not there.";
    throw SpecError.of("--run", "--run", folder, "an empty folder", { problem, hint });
  }
}

/**
 * Writes the spec, as it was given and in full, then the settings, which make the folder a run.
 * @throws DataError when they cannot be written; the folder is empty then, as it was
 */
export async function describeRun(op: string, folder: string, spec: ModelSpec, settings: RunSettings): Promise<void> {
  const given = join(folder, `${givenSpec}${extname(settings.model)}`);
  try {
    await writeWhole(op, runFile(folder, "spec"), `${JSON.stringify(spec, null, 2)}\n`);
    await writeWhole(op, given, await readWhole(op, settings.model));
    await writeSettings(op, folder, settings);
  } catch (error) {
    for (const file of [runFile(folder, "spec"), given]) await rm(file, { force: true }).catch(() => {});
    throw error;
  }
}

/** What was measured by a run so far, from its metrics. */
async function measuredSoFar(op: string, folder: string, from: Checkpoint | null): Promise<MeasuredParts[]> {
  if (from === null) return [];
  const lines = await readMetrics(op, folder, from.metricsBytes);
  return lines.flatMap(({ measured }) => measured ?? []);
}

/**
 * Trains until the end or until the signal aborts, and leaves a checkpoint either way. When something fails, the last
 * checkpoint stays.
 *
 * @param from  the checkpoint that the training was prepared from
 * @throws DataError when a file of the run cannot be written; GraphError when a loss is not finite
 */
export async function trainRun(
  folder: string,
  { checkpointEvery, epochs }: Pick<RunSettings, "checkpointEvery" | "epochs">,
  training: PreparedTraining,
  from: Checkpoint | null,
  { op, signal, onProgress }: RunOptions,
): Promise<RunResult> {
  const { trainer, model, data } = training;
  const measured = await measuredSoFar(op, folder, from);
  const log = await openLog(op, runFile(folder, "metrics"), from?.metricsBytes ?? 0);
  const start = performance.now();
  const seconds = (): number => (from?.seconds ?? 0) + (performance.now() - start) / 1000;
  let [saved, flushed, wait] = [performance.now(), performance.now(), checkpointSeconds * 1000];
  let savedIteration = from?.state.progress.iteration ?? 0;
  const save = async (): Promise<void> => {
    const begin = performance.now();
    const metricsBytes = await log.flush({ sync: true });
    const state = trainer.state();
    await writeCheckpoint(op, folder, { state, metricsBytes, seconds: seconds() });
    saved = flushed = performance.now();
    wait = Math.max(checkpointSeconds * 1000, checkpointShare * (saved - begin));
    savedIteration = state.progress.iteration;
  };
  try {
    await goOn(training, signal, async (step) => {
      log.add(lineOf(step));
      if (step.measured !== undefined) measured.push(step.measured);
      onProgress?.({ ...step, measured: measured.at(-1) ?? null });
      const now = performance.now();
      if (checkpointEvery === null ? now - saved >= wait : step.iteration % checkpointEvery === 0) await save();
      else if (now - flushed >= flushSeconds * 1000) {
        await log.flush();
        flushed = now;
      }
    });
    const { length } = trainer.trainLossList;
    if (length > savedIteration || length === 0) await save();
  } catch (error) {
    // What was measured before is worth a look; the checkpoint does not know of it.
    await log.flush().catch(() => {});
    throw error;
  } finally {
    await log.close();
  }
  const losses = [...trainer.trainLossList];
  const isStopped = signal?.aborted === true && losses.length < trainer.iterations;
  const perEpoch = trainer.iterations / epochs;
  const record = training.recorder?.record() ?? null;
  return { model, data, losses, measured, best: trainer.best, seconds: seconds(), record, perEpoch, isStopped };
}
