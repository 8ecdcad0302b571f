import { PassThrough } from "node:stream";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { TrainingProgress } from "../training/train-model.ts";
import { showProgress } from "./progress.ts";

// A clock that advances a millisecond each step: which lines are printed depends on the rate, not on the machine.
beforeEach(() => {
  let now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => now++);
});
afterEach(() => vi.restoreAllMocks());

/** The reports of a training of so many epochs with ten mini-batches each. */
function reports(epochs: number): TrainingProgress[] {
  return Array.from({ length: 10 * epochs }, (_, i): TrainingProgress => {
    const epochEnded = i % 10 === 9;
    const ended = Math.floor((i + 1) / 10);
    return {
      iteration: i + 1,
      iterations: 10 * epochs,
      epoch: Math.floor(i / 10) + 1,
      epochs,
      epochEnded,
      loss: 1 / (i + 1),
      measured: ended === 0 ? null : { train: { loss: 1, accuracy: 0.9 }, test: { loss: 1, accuracy: 0.85 } },
    };
  });
}

/** What is written to a stream that is no terminal. */
function written(epochs: number): string {
  let text = "";
  const display = showProgress({ write: (more) => (text += more), isTTY: false });
  reports(epochs).forEach(display.onProgress);
  display.stop();
  return text;
}

it("writes a line for each epoch into a file", () => {
  expect(written(3)).toMatchInlineSnapshot(`
    "epoch 1/3  loss 0.1000  train 90.00 %  test 85.00 %
    epoch 2/3  loss 0.0500  train 90.00 %  test 85.00 %
    epoch 3/3  loss 0.0333  train 90.00 %  test 85.00 %
    "
  `);
});

it("writes a line for each tenth of many epochs, the last one included", () => {
  const epochs = [...written(25).matchAll(/epoch +(\d+)/g)].map((match) => Number(match[1]));
  expect(epochs).toEqual([3, 6, 9, 12, 15, 18, 21, 24, 25]);
});

it("moves a bar in a terminal and leaves it full", () => {
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 120, cursorTo() {}, clearLine() {} });
  let text = "";
  stream.on("data", (chunk) => (text += chunk));
  const terminal = stream as unknown as NodeJS.WriteStream;
  const display = showProgress(terminal);
  reports(2).forEach(display.onProgress);
  display.stop();
  expect(text).toContain("100%");
  expect(text).toContain("epoch 2/2  loss 0.0500  train 90.00 %  test 85.00 %");
});

it("leaves out what does not fit a narrow terminal, and the pace last", () => {
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 80, cursorTo() {}, clearLine() {} });
  let text = "";
  stream.on("data", (chunk) => (text += chunk));
  const display = showProgress(stream as unknown as NodeJS.WriteStream);
  reports(2).forEach(display.onProgress);
  display.stop();
  const length = text.length;
  // A report that comes late, after Ctrl-C, does not draw it again.
  display.onProgress(reports(2)[0]);
  display.stop();
  expect(text).toHaveLength(length);
  const last = text.slice(text.lastIndexOf("100%") - 12).split("\n")[0];
  expect(last).toContain("100%  1,000 steps/s  0 s left  epoch 2/2  loss 0.0500  test 85.00 %");
});
