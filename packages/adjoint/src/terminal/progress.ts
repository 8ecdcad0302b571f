/**
 * How far a training or a check is: a bar that moves in a terminal, a line now and then in a file.
 */
import { printableLine } from "@adjoint/tensor";
import cliProgress from "cli-progress";
import type { TrainingProgress } from "../training/train-model.ts";
import type { OutputStream } from "./output.ts";

/** Shows progress reports as they come; `stop` ends the bar, also when the training failed. */
export interface ProgressDisplay {
  /** Shows a report. */
  readonly onProgress: (progress: TrainingProgress) => void;
  /** Ends the bar. */
  stop(): void;
}

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

/** `epoch 3/20  loss 0.1234  train 97.22 %  test 96.94 %` */
function describe({ epoch, epochs, loss, trainAccuracy, testAccuracy }: TrainingProgress): string {
  const width = String(epochs).length;
  const accuracies =
    trainAccuracy === null || testAccuracy === null
      ? ""
      : `  train ${percent(trainAccuracy)}  test ${percent(testAccuracy)}`;
  return `epoch ${String(epoch).padStart(width)}/${epochs}  loss ${loss.toFixed(4)}${accuracies}`;
}

/** A bar when the stream is a terminal; otherwise a line for every epoch, or for every tenth of many. */
export function showProgress(stream: OutputStream): ProgressDisplay {
  return stream.isTTY === true ? bar(stream as NodeJS.WriteStream) : lines(stream);
}

function lines(stream: OutputStream): ProgressDisplay {
  return {
    onProgress(progress) {
      const { epoch, epochs, epochEnded } = progress;
      const every = Math.max(1, Math.ceil(epochs / 10));
      if (epochEnded && (epoch % every === 0 || epoch === epochs)) stream.write(`${describe(progress)}\n`);
    },
    stop() {},
  };
}

function newBar(format: string, stream: NodeJS.WriteStream): cliProgress.SingleBar {
  return new cliProgress.SingleBar(
    { format, stream, fps: 20, stopOnComplete: false },
    cliProgress.Presets.shades_classic,
  );
}

/** How far a check of a model's layers is: a bar in a terminal, nothing in a file. */
export function showLayers(stream: OutputStream): {
  readonly onProgress: (progress: {
    readonly done: number;
    readonly total: number;
    readonly layer: string | null;
  }) => void;
  stop(): void;
} {
  if (stream.isTTY !== true) return { onProgress() {}, stop() {} };
  const display = newBar("{bar} {value}/{total} layers  {text}", stream as NodeJS.WriteStream);
  let started = false;
  return {
    onProgress({ done, total, layer }) {
      if (!started) display.start(total, done, { text: "" });
      started = true;
      display.update(done, { text: printableLine(layer ?? "") });
    },
    stop() {
      if (started) display.stop();
    },
  };
}

function bar(stream: NodeJS.WriteStream): ProgressDisplay {
  const display = newBar("{bar} {percentage}%  {text}  {eta_formatted} left", stream);
  let started = false;
  return {
    onProgress(progress) {
      const payload = { text: describe(progress) };
      if (!started) {
        display.start(progress.iterations, progress.iteration, payload);
        started = true;
      }
      display.update(progress.iteration, payload);
    },
    stop() {
      if (started) display.stop();
    },
  };
}
