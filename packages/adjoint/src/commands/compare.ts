/** `adjoint compare DIR...`: runs side by side: in what they differ, and what came of it. */
import { basename } from "node:path";
import { smoothCurve } from "@adjoint/data";
import { writeWhole } from "@adjoint/data/files";
import { lineChart } from "@adjoint/explorer";
import { renderTable, right } from "@adjoint/nn/internal";
import { SpecError } from "@adjoint/tensor";
import { Command } from "commander";
import { checkOutputFile } from "../arguments/output-files.ts";
import type { Terminal } from "../terminal/output.ts";
import { duration } from "../terminal/progress.ts";
import { mainMeasures, shownMeasure, wordsOf } from "../training/describe-result.ts";
import { readCheckpoint } from "../training/run/checkpoint.ts";
import { type MetricsLine, readMetrics } from "../training/run/metrics.ts";
import { type RunSettings, readSettings } from "../training/run/settings.ts";

interface CompareOptions {
  readonly chart?: string;
  readonly json?: boolean;
}

interface ComparedRun {
  readonly run: string;
  readonly settings: RunSettings;
  readonly lines: readonly MetricsLine[];
  readonly seconds: number;
}

export function compareCommand(terminal: Terminal): Command {
  return new Command("compare")
    .description("print runs side by side: in which settings they differ, and what they reached")
    .argument("<dir...>", "the folders of runs")
    .option("--chart <file>", "draw their losses into an .svg file")
    .option("--json", "print the numbers as JSON")
    .action((folders: readonly string[], options: CompareOptions) => compare(folders, options, terminal));
}

async function read(folder: string): Promise<ComparedRun> {
  const settings = await readSettings("compare", folder);
  const checkpoint = await readCheckpoint("compare", folder);
  const lines = checkpoint === null ? [] : await readMetrics("compare", folder, checkpoint.metricsBytes);
  return { run: folder, settings, lines, seconds: checkpoint?.seconds ?? 0 };
}

/** What is measured after the last epoch, and at which epoch the loss on test samples was least. */
function reached({ lines }: ComparedRun) {
  const epochs = lines.flatMap(({ epoch, measured }) => (measured === undefined ? [] : [{ epoch, measured }]));
  const least = epochs.reduce<(typeof epochs)[number] | null>(
    (best, one) => (best === null || one.measured.test.loss < best.measured.test.loss ? one : best),
    null,
  );
  return { epochs: epochs.length, last: epochs.at(-1)?.measured.test ?? null, least: least?.epoch ?? null };
}

function shownSettings({ settings }: ComparedRun): Record<string, string> {
  const { model, data, batchSize, optimizer, lr, warmup, seed, engine, validation, keepBest } = settings;
  const schedule = settings.schedule ?? "none";
  const shown = { model, batchSize, optimizer, lr, schedule, warmup, seed, engine, validation, keepBest };
  const named = Object.entries({ data: basename(data.data), ...data.reading, ...shown });
  return Object.fromEntries(named.map(([name, value]) => [name, String(value)]));
}

async function compare(
  folders: readonly string[],
  { chart, json }: CompareOptions,
  { print }: Terminal,
): Promise<void> {
  if (chart !== undefined) await checkOutputFile("--chart", chart, [".svg"], []);
  const runs: ComparedRun[] = [];
  for (const folder of folders) runs.push(await read(folder));
  if (json) {
    const numbers = runs.map((one) => {
      const { run, settings, lines, seconds } = one;
      const { epochs, last, least } = reached(one);
      return { run, settings, iterations: lines.length, epochs, test: last, leastTestLossAt: least, seconds };
    });
    print(`${JSON.stringify(numbers)}\n`);
  } else print(`${tableOf(runs)}\n`);
  if (chart === undefined) return;
  await writeWhole("compare", chart, await chartOf(runs));
  if (!json) print(`wrote ${chart}\n`);
}

/** A row for each run: the settings that differ, and what was reached. */
function tableOf(runs: readonly ComparedRun[]): string {
  const settings = runs.map(shownSettings);
  const names = [...new Set(settings.flatMap((of) => Object.keys(of)))];
  const differing = names.filter((name) => new Set(settings.map((of) => of[name])).size > 1);
  const results = runs.map(reached);
  const measures = results.flatMap(({ last }) => (last === null ? [] : [...mainMeasures(last), ["loss"] as const]));
  const metrics = [...new Set(measures.map(([name]) => name))];
  const numbers = ["epochs", ...metrics.map((name) => `test ${wordsOf(name)}`), "least loss at", "time"];
  const rows = runs.map(({ run, seconds }, i) => {
    const { epochs, last, least } = results[i];
    return [
      run,
      ...differing.map((name) => settings[i][name] ?? ""),
      String(epochs),
      ...metrics.map((name) => (last?.[name] === undefined ? "" : shownMeasure(name, last[name]))),
      least === null ? "" : `epoch ${least}`,
      duration(seconds),
    ];
  });
  return renderTable(["run", ...differing, ...numbers.map(right)], rows);
}

/** The smoothed losses of all runs over their epochs. */
async function chartOf(runs: readonly ComparedRun[]): Promise<string> {
  const series = runs.flatMap(({ run, lines }) => {
    if (lines.length === 0) return [];
    const losses = lines.map(({ loss }) => loss);
    const perEpoch = lines.findIndex(({ measured }) => measured !== undefined) + 1 || lines.length;
    const smoothed = losses.length < 11 ? losses : smoothCurve(losses);
    return [{ name: run, points: smoothed.map((y, i) => [(i + 1) / perEpoch, y] as const), markers: false }];
  });
  if (series.length > 0) {
    return await lineChart({ title: "loss of a mini-batch, smoothed", xLabel: "epoch", yLabel: "loss", series });
  }
  throw SpecError.of("compare", "--chart", "runs without checkpoints", "a run that has trained", {
    problem: "none of the runs has trained yet",
    hint: "Leave --chart out, or resume them.",
  });
}
