/** The numbers of a run as JSON lines: one for each mini-batch. */
import { readWhole } from "@adjoint/data/files";
import type { MeasuredParts, TrainingStep } from "@adjoint/optim";
import { DataError } from "@adjoint/tensor";
import { runFile } from "./files.ts";

/** A line: the loss of a mini-batch, and after the last one of an epoch what was measured. */
export interface MetricsLine {
  readonly iteration: number;
  readonly epoch: number;
  readonly loss: number;
  readonly measured?: MeasuredParts;
}

export function lineOf({ iteration, epoch, loss, measured }: TrainingStep): string {
  const line: MetricsLine = { iteration, epoch, loss, ...(measured && { measured }) };
  return JSON.stringify(line);
}

/**
 * The lines of a run, the first `length` bytes of them. Without a length the last one may be half there, of a run that goes
 * on or was killed: it is left out.
 *
 * @throws DataError for what is no such line
 */
export async function readMetrics(op: string, folder: string, length?: number): Promise<MetricsLine[]> {
  const path = runFile(folder, "metrics");
  const bytes = await readWhole(op, path);
  const text = new TextDecoder().decode(bytes.subarray(0, length));
  const lines = text.split("\n");
  // What follows the last line break is no whole line.
  lines.pop();
  return lines.map((line, i) => {
    try {
      const { iteration, epoch, loss, measured } = JSON.parse(line);
      if (iteration !== i + 1) throw new Error(`it is line ${i + 1}`);
      return { iteration, epoch, loss, ...(measured && { measured }) };
    } catch {
      throw DataError.of(op, "DIR", line.slice(0, 80), `{"iteration": ${i + 1}, "epoch": …, "loss": …}`, {
        problem: `${path}, line ${i + 1}, is no line of this run`,
      });
    }
  });
}
