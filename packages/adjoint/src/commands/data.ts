/** `adjoint data info` and `adjoint data fetch`: what data look like, and data sets from their publishers. */
import type { MnistName } from "@adjoint/data";
import { fetchMnist } from "@adjoint/data/internal";
import { renderTable, right } from "@adjoint/nn/internal";
import { formatShape } from "@adjoint/tensor";
import { defined } from "@adjoint/tensor/internal";
import { Command } from "commander";
import {
  addReadingOptions,
  dataName,
  dataWords,
  loadOptionsOf,
  type ReadingOptions,
} from "../arguments/data-options.ts";
import { choiceArgument } from "../arguments/options.ts";
import { type Interruptible, untilStopped } from "../terminal/interrupts.ts";
import type { Terminal } from "../terminal/output.ts";
import { megabytesASecond, noProgress, showCount } from "../terminal/progress.ts";
import { type CountInfo, type DataInfo, dataInfo } from "../training/data/data-info.ts";
import { checkDataOptions, dataSets, downloadError } from "../training/load-data.ts";

interface InfoOptions extends ReadingOptions {
  readonly json?: boolean;
}

interface FetchOptions {
  readonly to?: string;
  readonly mirror?: readonly string[];
  readonly json?: boolean;
}

/** The data sets that are not part of the package. */
const remoteSets = dataSets.filter((name) => name !== "digits");

/** The command, printing to `terminal`; `fail` is called with the exit code when it is stopped. */
export function dataCommand(terminal: Terminal, fail: (code: number) => void): Command {
  const info = new Command("info")
    .description("say what data look like: shapes, types, ranges, classes with their samples, missing values")
    .argument("<data>", dataWords, dataName);
  addReadingOptions(info)
    .option("--json", "print all of it as JSON")
    .action(async (data: string, options: InfoOptions) => {
      const reading = loadOptionsOf(options);
      checkDataOptions(data, reading);
      const found = await dataInfo(data, reading);
      terminal.print(options.json ? `${JSON.stringify(found)}\n` : render(found));
    });
  const fetch = new Command("fetch")
    .description("download a data set, unless it is there, and check its sums")
    .addArgument(choiceArgument("<name>", "the data set", remoteSets))
    .option("--to <dir>", "keep it in a folder of its name in this one (default: the cache folder of the system)")
    .option("--mirror <url...>", "addresses of folders to download from (default: the publishers')")
    .option("--json", "print the folder and the files as JSON, and nothing else")
    .action((name: MnistName, options: FetchOptions) => download(name, options, { terminal, fail }));
  return new Command("data").description("look at data, and download data sets").addCommand(info).addCommand(fetch);
}

async function download(name: MnistName, { to, mirror, json }: FetchOptions, context: Interruptible): Promise<void> {
  const { print, stdout } = context.terminal;
  const progress = json ? noProgress : showCount(stdout, megabytesASecond);
  await untilStopped(context, "Stopping: nothing half-written stays.", progress, async (signal) => {
    const { dir, files } = await fetchMnist("data fetch", name, {
      ...defined({ cacheDir: to, mirrors: mirror }),
      signal,
      onProgress: ({ file, received, total }) => progress.onProgress({ done: received, total, text: file }),
    }).catch((error) => {
      throw downloadError(error, name);
    });
    progress.stop();
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    const words = `${files.length} files, ${(bytes / 1e6).toFixed(1)} MB, their sums are right, in ${dir}`;
    print(json ? `${JSON.stringify({ data: name, dir, files })}\n` : `${name}: ${words}\n`);
  });
}

const shown = (x: number | null): string => (x === null ? "" : String(Number(x.toPrecision(6))));

const counted = (n: number): string => n.toLocaleString("en-US");

/** The most classes and categories that are listed. */
const mostListed = 20;

/** A line of what there is, then tables of arrays, columns and classes. */
function render({ data, kind, samples, arrays, columns, classes }: DataInfo): string {
  const parts = Object.entries(samples).map(([part, n]) => {
    return `${counted(n)} ${part === "all" ? "" : `${part} `}sample${n === 1 ? "" : "s"}`;
  });
  const words = kind === "arrays" ? `${counted(arrays.length)} arrays` : parts.join(", ");
  const tables = [arrays.length > 0 ? tableOfArrays(arrays) : "", columns.length > 0 ? tableOfColumns(columns) : ""];
  if (classes !== null) tables.push(tableOfClasses(classes));
  return `${[`${data}: ${words}`, ...tables.filter((table) => table !== "")].join("\n")}\n`;
}

function tableOfArrays(arrays: DataInfo["arrays"]): string {
  const titles = ["array", "type", "shape", ...["min", "max", "not finite"].map(right)];
  const rows = arrays.map(({ name, type, shape, min, max, notFinite }) => {
    return [name, type, formatShape(shape), shown(min), shown(max), notFinite === 0 ? "" : counted(notFinite)];
  });
  return renderTable(titles, rows);
}

function tableOfColumns(columns: DataInfo["columns"]): string {
  const numbers = ["missing", "distinct", "min", "max", "mean"].map(right);
  const rows = columns.map(({ name, type, missing, distinct, min, max, mean, categories }) => {
    const commonest = (categories ?? []).slice(0, 3).map((one) => `${one.name} (${counted(one.samples)})`);
    const counts = [missing === 0 ? "" : counted(missing), counted(distinct)];
    return [name, type, ...counts, ...[min, max, mean].map(shown), commonest.join(", ")];
  });
  return renderTable(["column", "type", ...numbers, "commonest"], rows);
}

/** A row for each class, a column for each part. */
function tableOfClasses(classes: Readonly<Record<string, readonly CountInfo[]>>): string {
  const parts = Object.entries(classes);
  const names = [...new Set(parts.flatMap(([, counts]) => counts.map(({ name }) => name)))];
  const countIn = (counts: readonly CountInfo[], name: string): string =>
    counted(counts.find((one) => one.name === name)?.samples ?? 0);
  const rows = names.slice(0, mostListed).map((name) => [name, ...parts.map(([, counts]) => countIn(counts, name))]);
  const more = names.length > mostListed ? `\n… and ${counted(names.length - mostListed)} more classes` : "";
  const titles = parts.map(([part]) => right(part === "all" ? "samples" : part));
  return `${renderTable(["class", ...titles], rows)}${more}`;
}
