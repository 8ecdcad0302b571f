/** How far a training or a check is: a bar that moves in a terminal, a line now and then in a file. */
import { printableLine } from "@adjoint/tensor";
import cliProgress from "cli-progress";
import { mainMeasures, shownMeasure, wordsOf } from "../training/describe-result.ts";
import type { TrainingProgress } from "../training/train-model.ts";
import type { OutputStream } from "./output.ts";

/** Shows progress reports as they come; `stop` ends the bar, also when what it shows failed. */
export interface ProgressDisplay<Progress = TrainingProgress> {
  /** Shows a report. */
  readonly onProgress: (progress: Progress) => void;
  /** Ends the bar. */
  stop(): void;
}

/** `epoch 3/20  loss 0.1234  train accuracy 97.22 %  test accuracy 96.94 %`; `narrow`: without the training samples. */
function describe({ epoch, epochs, loss, measured }: TrainingProgress, narrow = false): string {
  const width = String(epochs).length;
  const shown = Object.entries(measured ?? {}).filter(([part]) => part !== "train" || !narrow);
  const parts = shown.map(([part, values]) => {
    const [name, value] = mainMeasures(values)[0];
    return `  ${part} ${name === "accuracy" ? "" : `${wordsOf(name)} `}${shownMeasure(name, value)}`;
  });
  return `epoch ${String(epoch).padStart(width)}/${epochs}  loss ${loss.toFixed(4)}${parts.join("")}`;
}

/** What was done a second, such as mini-batches, and the seconds left. */
interface Pace {
  readonly rate: number;
  readonly left: number;
}

/**
 * Measures the pace from the first report on, since a training that was resumed did the mini-batches before in another time,
 * and anew where it begins again from less.
 */
function pace(): (done: number, total: number) => Pace | null {
  let first: { readonly done: number; readonly time: number } | null = null;
  return (done, total) => {
    const time = performance.now() / 1000;
    if (first === null || done < first.done) first = { done, time };
    if (done === first.done) return null;
    const rate = (done - first.done) / Math.max(time - first.time, 1e-6);
    return { rate, left: (total - done) / rate };
  };
}

/** `4 s`, `3 min 20 s`, `2 h 5 min` */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const [h, min, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  if (h > 0) return `${h} h ${min} min`;
  return min > 0 ? `${min} min ${s} s` : `${s} s`;
}

/** `120`, `1.5` */
function rounded(rate: number): string {
  return rate >= 100 ? Math.round(rate).toLocaleString("en-US") : rate.toPrecision(2);
}

/** `120 steps/s` */
const stepsASecond = (rate: number): string => `${rounded(rate)} steps/s`;

/** `1.5 MB/s` */
export const megabytesASecond = (rate: number): string => `${rounded(rate / 1e6)} MB/s`;

/** `120 steps/s  4 s left` */
function describePace({ rate, left }: Pace, rateWords = stepsASecond): string {
  return `${rateWords(rate)}  ${duration(left)} left`;
}

/** Shows nothing: in a file, and beside a result as JSON. */
export const noProgress: ProgressDisplay<unknown> = { onProgress() {}, stop() {} };

/** A bar when the stream is a terminal; otherwise a line for every epoch, or for every tenth of many. */
export function showProgress(stream: OutputStream): ProgressDisplay {
  if (stream.isTTY !== true) return lines(stream);
  return bar(stream, (progress) => ({
    done: progress.iteration,
    total: progress.iterations,
    text: describe(progress, columnsOf(stream) < narrowBelow),
  }));
}

/** From so many seconds left on a file is told of the pace, too. */
const longWait = 5;

function lines(stream: OutputStream): ProgressDisplay {
  const paceOf = pace();
  return {
    onProgress(progress) {
      const { epoch, epochs, epochEnded, iteration, iterations } = progress;
      const now = paceOf(iteration, iterations);
      const every = Math.max(1, Math.ceil(epochs / 10));
      if (epochEnded && (epoch % every === 0 || epoch === epochs)) {
        const words = now === null || now.left < longWait ? "" : `  ${describePace(now)}`;
        stream.write(`${describe(progress)}${words}\n`);
      }
    },
    stop() {},
  };
}

/** Columns that are left for words beside a bar, and the bounds of its own length. */
const [wordColumns, shortestBar, longestBar] = [68, 8, 40];
/** Below so many columns not all words fit. */
const narrowBelow = 110;

const columnsOf = (stream: OutputStream): number => (stream as NodeJS.WriteStream).columns ?? 80;

interface Count {
  readonly done: number;
  readonly total: number;
  readonly text: string;
}

/**
 * A bar in a terminal that appears with the first report; nothing in a file. After its end, which leaves it as it is, reports
 * are passed over.
 */
function bar<Progress>(
  stream: OutputStream,
  countOf: (progress: Progress) => Count,
  { format = "{bar} {percentage}%  {pace}{text}", rateWords = stepsASecond } = {},
): ProgressDisplay<Progress> {
  if (stream.isTTY !== true) return noProgress;
  const barsize = Math.min(longestBar, Math.max(shortestBar, columnsOf(stream) - wordColumns));
  const display = new cliProgress.SingleBar(
    { format, stream: stream as NodeJS.WriteStream, fps: 20, barsize, stopOnComplete: false },
    cliProgress.Presets.shades_classic,
  );
  const paceOf = pace();
  let state: "new" | "moving" | "ended" = "new";
  return {
    onProgress(progress) {
      if (state === "ended") return;
      const { done, total, text } = countOf(progress);
      const now = paceOf(done, total);
      // Before other words, since a narrow terminal cuts the last ones off.
      const words = { text: printableLine(text), pace: now === null ? "" : `${describePace(now, rateWords)}  ` };
      if (state === "new") display.start(total, done, words);
      state = "moving";
      display.setTotal(total);
      display.update(done, words);
    },
    stop() {
      if (state === "moving") display.stop();
      state = "ended";
    },
  };
}

/** How far anything is that is counted: a bar with the rate and the time left in a terminal, nothing in a file. */
export function showCount(stream: OutputStream, rateWords = stepsASecond): ProgressDisplay<Count> {
  return bar(stream, (count) => count, { rateWords });
}

/** How far a check of a model's layers is: a bar in a terminal, nothing in a file. */
export function showLayers(
  stream: OutputStream,
): ProgressDisplay<{ readonly done: number; readonly total: number; readonly layer: string | null }> {
  const format = "{bar} {value}/{total} layers  {text}";
  return bar(stream, ({ layer, ...count }) => ({ ...count, text: layer ?? "" }), { format });
}
