/** The checkpoint of a run: one safetensors file with all that the next mini-batches depend on. */
import { stat } from "node:fs/promises";
import { readSafetensors, writeSafetensors } from "@adjoint/data";
import type { TrainerProgress, TrainerState } from "@adjoint/optim";
import { AdjointError, DataError, type Tensor } from "@adjoint/tensor";
import { runFile } from "./files.ts";

export interface Checkpoint {
  readonly state: TrainerState;
  /** How much of the metrics belongs to it, in bytes. */
  readonly metricsBytes: number;
  /** How long the run has trained, in seconds. */
  readonly seconds: number;
}

/** The name of what is JSON in the metadata. */
const entry = "adjoint.training";

/** Writes the checkpoint of a run in place of the last one. @throws DataError when it cannot be written */
export async function writeCheckpoint(op: string, folder: string, checkpoint: Checkpoint): Promise<void> {
  const { state, ...rest } = checkpoint;
  const metadata = { [entry]: JSON.stringify({ ...rest, progress: state.progress }) };
  try {
    await writeSafetensors(runFile(folder, "checkpoint"), state.tensors, { metadata });
  } catch (error) {
    throw error instanceof AdjointError ? error.calledAs(op) : error;
  }
}

/** The parameters and running statistics in a checkpoint: those of the best epoch where they are asked for and kept. */
export function modelState({ state }: Checkpoint, wantsBest: boolean): Record<string, Tensor> {
  const ofGroup = (group: string): [string, Tensor][] =>
    Object.entries(state.tensors)
      .filter(([name]) => name.startsWith(`${group}/`))
      .map(([name, x]) => [name.slice(group.length + 1), x]);
  const best = wantsBest ? ofGroup("best") : [];
  return Object.fromEntries(best.length > 0 ? best : ofGroup("network"));
}

/** The checkpoint of a run; null where there is none yet. @throws DataError for a file that is no checkpoint */
export async function readCheckpoint(op: string, folder: string): Promise<Checkpoint | null> {
  const path = runFile(folder, "checkpoint");
  if ((await stat(path).catch(() => null)) === null) return null;
  try {
    const { tensors, metadata } = await readSafetensors(path);
    const { progress, metricsBytes, seconds } = JSON.parse(metadata[entry] ?? "null") as Checkpoint & {
      readonly progress: TrainerProgress;
    };
    if (!Number.isSafeInteger(metricsBytes) || typeof seconds !== "number") throw new Error("numbers are missing");
    return { state: { progress, tensors }, metricsBytes, seconds };
  } catch (error) {
    if (error instanceof AdjointError) throw error.calledAs(op);
    throw DataError.of(op, "DIR", path, "a checkpoint as train --run wrote it", {
      problem: `${path} is no checkpoint of a run`,
      hint: "Train again, into another folder.",
      cause: error,
    });
  }
}
