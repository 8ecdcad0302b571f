/**
 * Times what the `*.bench.ts` files of the packages and of this folder list, and prints a table for every group.
 *
 * `pnpm bench` runs all groups, `pnpm bench matmul conv` those whose file or title has one of the words.
 */
import { readdirSync } from "node:fs";
import { cpus } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import Table from "cli-table3";
import { Bench } from "tinybench";
import type { BenchmarkCase, BenchmarkGroup } from "./groups.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Time spent on one case, at least three runs of it and one to warm up, in milliseconds. */
const timePerCase = 400;

interface Timing {
  readonly name: string;
  readonly baseline: boolean;
  readonly work: number;
  /** Milliseconds of the median run. */
  readonly median: number;
  /** Median distance of runs from the median, as a share of it. */
  readonly spread: number;
  readonly runs: number;
}

function benchmarkFiles(): string[] {
  return ["packages", "benchmarks"]
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((path) => join(root, folder, path)),
    )
    .filter((path) => path.endsWith(".bench.ts") && !path.includes("node_modules"))
    .sort();
}

async function time(one: BenchmarkCase): Promise<Timing> {
  one.run();
  const bench = new Bench({ time: timePerCase, iterations: 3, warmup: false, retainSamples: false, throws: true });
  bench.add(one.name, () => {
    one.run();
  });
  const [task] = await bench.run();
  const { result } = task;
  if (!("latency" in result)) throw new Error(`${one.name} did not finish`);
  const { p50, mad, samplesCount } = result.latency;
  const { name, baseline = false, work } = one;
  return { name, baseline, work, median: p50, spread: mad / p50, runs: samplesCount };
}

/** A time in the unit that gives it two or three digits before the point. */
function formatTime(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toPrecision(3)} s`;
  return ms >= 1 ? `${ms.toPrecision(3)} ms` : `${(ms * 1000).toPrecision(3)} µs`;
}

/** The column that the unit of a group adds. */
const units: Readonly<Record<BenchmarkGroup["unit"], readonly [title: string, value: (timing: Timing) => string]>> = {
  "GFLOP/s": ["GFLOP/s", ({ work, median }) => (work / median / 1e6).toPrecision(3)],
  ms: ["runs/s", ({ median }) => (1000 / median).toPrecision(3)],
  "µs/op": ["µs/op", ({ work, median }) => ((1000 * median) / work).toPrecision(3)],
};

function render({ unit }: BenchmarkGroup, timings: readonly Timing[]): string {
  const [title, value] = units[unit];
  const baseline = timings.find((timing) => timing.baseline);
  const table = new Table({
    head: ["case", "median", "spread", "runs", title, ...(baseline ? ["speed / baseline"] : [])],
    colAligns: ["left", "right", "right", "right", "right", "right"],
    style: { head: [], border: [], compact: true },
  });
  for (const timing of timings) {
    const ratio =
      baseline === undefined
        ? []
        : [timing === baseline ? "baseline" : `${(baseline.median / timing.median).toPrecision(3)} ×`];
    table.push([
      timing.name,
      formatTime(timing.median),
      `± ${(100 * timing.spread).toFixed(0)} %`,
      String(timing.runs),
      value(timing),
      ...ratio,
    ]);
  }
  return table.toString();
}

const words = process.argv.slice(2).map((word) => word.toLowerCase());
const wanted = (text: string): boolean => words.length === 0 || words.some((word) => text.toLowerCase().includes(word));

console.log(`Node.js ${process.version}, ${cpus()[0]?.model ?? "unknown processor"}, ${cpus().length} cores`);
let count = 0;
for (const file of benchmarkFiles()) {
  const { groups } = (await import(pathToFileURL(file).href)) as { groups: readonly BenchmarkGroup[] };
  const isWantedFile = wanted(basename(file, ".bench.ts"));
  for (const group of groups) {
    if (!isWantedFile && !wanted(group.title)) continue;
    console.log(`\n${group.title}`);
    const timings: Timing[] = [];
    for (const one of group.cases) timings.push(await time(one));
    console.log(render(group, timings));
    count++;
  }
}
if (count === 0) {
  console.error(`no benchmark has "${words.join('" or "')}" in its file name or title`);
  process.exitCode = 1;
}
