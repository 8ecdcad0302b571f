/** The files of a run, which is a folder. */
import { join } from "node:path";

export const runFiles = {
  /** The spec in full, as JSON. */
  spec: "spec.json",
  /** How it is trained, on what, and by which versions. */
  settings: "settings.json",
  /** A line for each mini-batch: its loss, and after an epoch what was measured. */
  metrics: "metrics.jsonl",
  /** All that the next mini-batches depend on. */
  checkpoint: "checkpoint.safetensors",
  /** The trained model, as `loadModel` reads it. */
  model: "model.safetensors",
  curves: "curves.svg",
  report: "report.html",
} as const;

export function runFile(folder: string, file: keyof typeof runFiles): string {
  return join(folder, runFiles[file]);
}

/** The name of the spec as it was given, with the ending that it had. */
export const givenSpec = "given";
