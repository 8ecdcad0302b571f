/** `adjoint find-lr MODEL`: a learning rate for a model, its data and its optimizer, found by a range test. */
import { dirname } from "node:path";
import { setImmediate } from "node:timers/promises";
import { makeFolder, writeWhole } from "@adjoint/data/files";
import { lineChart } from "@adjoint/explorer";
import { type LearningRateCurve, learningRateSteps } from "@adjoint/optim";
import { SpecError } from "@adjoint/tensor";
import { Command } from "commander";
import { augmentOption, chosenData } from "../arguments/data-options.ts";
import { openModel } from "../arguments/load-spec.ts";
import { positiveNumber, wholeNumber } from "../arguments/numbers.ts";
import { checkThreads, modelFile } from "../arguments/options.ts";
import { checkOutputFile } from "../arguments/output-files.ts";
import { addStepOptions, givenStepSettings, type StepOptions } from "../arguments/train-options.ts";
import { type Interruptible, untilStopped } from "../terminal/interrupts.ts";
import type { Terminal } from "../terminal/output.ts";
import { noProgress, showCount } from "../terminal/progress.ts";
import { augmented } from "../training/data/augment.ts";
import { fittedData } from "../training/fit-data.ts";
import { loadData } from "../training/load-data.ts";
import { trainingSettings } from "../training/train-model.ts";

interface FindOptions extends StepOptions {
  readonly from: number;
  readonly to: number;
  readonly steps: number;
  readonly chart?: string;
  readonly json?: boolean;
}

/** The command, printing to `terminal`; `fail` is called with the exit code when it is stopped. */
export function findLrCommand(terminal: Terminal, fail: (code: number) => void): Command {
  const command = new Command("find-lr")
    .description("find a learning rate: train for a moment while it rises, and see where the loss falls")
    .argument("<model>", `${modelFile}, a saved model (.safetensors), or the folder of a run; none of them is changed`);
  return addStepOptions(command)
    .addOption(augmentOption())
    .option("--from <rate>", "the first rate", positiveNumber, 1e-7)
    .option("--to <rate>", "the last rate, unless the loss grows far beyond its least value before", positiveNumber, 10)
    .option("--steps <n>", "mini-batches from the first rate to the last", wholeNumber(20), 100)
    .option("--chart <file>", "draw the loss over the rate into an .svg file")
    .option("--json", "print rates, losses and the suggestion as JSON")
    .addHelpText(
      "after",
      "\nThe suggestion is the rate at which the smoothed loss falls most steeply over the logarithm of the rate.",
    )
    .action((path: string, options: FindOptions) => find(path, options, { terminal, fail }));
}

async function find(path: string, given: FindOptions, context: Interruptible): Promise<void> {
  const { from, to, steps, chart, json, engine, threads = "auto" } = given;
  if (from >= to) {
    throw SpecError.of("--to", "--to", to, `more than ${from}, the first rate`, {
      problem: `the last rate is ${to}`,
      hint: "The rate rises from --from to --to.",
    });
  }
  checkThreads(given.threads, engine);
  if (chart !== undefined) await checkOutputFile("--chart", chart, [".svg"], [path], { makesFolder: true });
  const model = await openModel(path, { seed: given.seed ?? 0, used: given.use });
  const spec = model.toSpec();
  const { options, reading } = chosenData(given, spec, path);
  const { optimizer, batchSize, seed } = trainingSettings(spec, givenStepSettings(options));
  const loaded = await loadData(options.data, spec, reading);
  const { train } = fittedData(model, loaded);
  const loader = augmented(train, loaded.augment ?? [], { batchSize, seed, minBatchSize: model.minBatchSize });
  const { print, stdout } = context.terminal;
  const progress = json ? noProgress : showCount(stdout);
  const curve = await untilStopped(context, "Stopped. Nothing has changed.", progress, async (signal) => {
    const search = learningRateSteps(
      model,
      { train: loader ?? train },
      {
        ...{ optimizer, from, to, steps },
        // A loader has its own batches.
        ...(loader === null && { miniBatchSize: batchSize, seed }),
        ...(engine === "none" ? { compile: false } : { engine, threads }),
      },
    );
    let next = search.next();
    for (; !next.done; next = search.next()) {
      const { step, rate, loss } = next.value;
      progress.onProgress({ done: step, total: steps, text: `lr ${rate.toExponential(1)}  loss ${loss.toFixed(4)}` });
      // Signals get their turn.
      await setImmediate();
      signal.throwIfAborted();
    }
    return next.value;
  });
  if (curve === null) return;
  const of = `${optimizer}, mini-batches of ${batchSize}, ${options.data}`;
  if (json) print(`${JSON.stringify({ model: path, optimizer, batchSize, ...curve })}\n`);
  else print({ paint: "bold", text: wordsOf(curve) }, ` (${of})\n`);
  if (chart === undefined) return;
  await makeFolder("--chart", dirname(chart));
  await writeWhole("find-lr", chart, await chartOf(curve, of));
  if (!json) print(`wrote ${chart}\n`);
}

/** The rate as it is written after --lr: two digits are more than it is sure of. */
const shownRate = (rate: number): string => String(Number(rate.toPrecision(2)));

function wordsOf({ suggestion, rates, diverged }: LearningRateCurve): string {
  if (suggestion !== null) return `learning rate ${shownRate(suggestion)}`;
  const [first, last] = [rates[0], rates[rates.length - 1]].map(shownRate);
  const hint = diverged ? "begin with a smaller one by --from" : "go further by --to, or look at the data";
  return `no learning rate found: the loss does not fall from ${first} to ${last}; ${hint}`;
}

/** The losses, pale and smoothed, and the suggestion. */
async function chartOf({ rates, losses, smoothed, suggestion }: LearningRateCurve, title: string): Promise<string> {
  const over = (values: readonly number[]) => values.map((y, i) => [rates[i], y] as const);
  // What follows after the loss left the chart says nothing.
  const start = smoothed[0];
  const least = Math.min(...losses);
  const top = start + (start - least) / 2;
  const bottom = least - (top - least) / 20;
  const marked = (rate: number) => ({
    name: `learning rate ${shownRate(rate)}`,
    points: [bottom, top].map((y) => [rate, y] as const),
    color: "#d55e00",
    markers: false,
  });
  return await lineChart({
    title: `loss over the learning rate: ${title}`,
    xLabel: "learning rate",
    yLabel: "loss",
    xScale: "log",
    ...(top > least ? { yRange: [bottom, top] as const } : {}),
    series: [
      { name: "loss of a mini-batch", points: over(losses), color: "#8fbbd9", faint: true, markers: false },
      { name: "loss, smoothed", points: over(smoothed), color: "#0072b2", markers: false },
      ...(suggestion === null ? [] : [marked(suggestion)]),
    ],
  });
}
