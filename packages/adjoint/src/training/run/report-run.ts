/** What a run leaves for people and for other programs: the model, its curves and a report. */
import { basename } from "node:path";
import { writeWhole } from "@adjoint/data/files";
import { runReport } from "@adjoint/explorer";
import { saveModel, summary } from "@adjoint/nn";
import { chartOfTraining } from "../chart.ts";
import { describeResult } from "../describe-result.ts";
import { evaluateModel } from "../evaluation.ts";
import { runFile } from "./files.ts";
import type { RunSettings } from "./settings.ts";
import type { RunResult } from "./train-run.ts";

/** A way of reading data in words; nothing for what is always so. */
function readingInWords([name, value]: readonly [string, unknown]): string[] {
  if (name === "standardize") return value === false ? ["numbers as they are"] : [];
  return [`${name} ${Array.isArray(value) ? value.join(" and ") : value}`];
}

/** Settings as the report shows them. */
function shownSettings(settings: RunSettings): Record<string, string | number | boolean> {
  const { model, data, epochs, batchSize, optimizer, lr, seed, engine, threads, validation, made, versions } = settings;
  const { earlyStop, keepBest, bestBy, schedule, warmup } = settings;
  const chosen = earlyStop !== null || keepBest;
  return {
    model,
    data: [data.data, ...Object.entries(data.reading).flatMap(readingInWords)].join(", "),
    epochs,
    "batch size": batchSize,
    optimizer: `${optimizer}, learning rate ${lr}${schedule === null ? "" : `, ${schedule}`}${warmup === 0 ? "" : `, warm-up over ${warmup} mini-batches`}`,
    seed,
    engine: `${engine}, threads ${threads}`,
    ...(validation > 0 ? { validation: `${Number((100 * validation).toPrecision(6))} % of the training samples` } : {}),
    ...(chosen ? { "best epoch by": bestBy } : {}),
    ...(earlyStop === null ? {} : { patience: `${earlyStop} epochs` }),
    begun: `${made.slice(0, 16).replace("T", " ")} UTC`,
    versions: `adjoint ${versions.adjoint}, Node.js ${versions.node}, ${versions.system}`,
  };
}

/**
 * Writes the model, the curves and the report of a run into its folder; the model is that of the best epoch where it is
 * kept. What the test samples are taken for is left out where the run was stopped, since it takes time.
 *
 * @returns the paths of the files
 * @throws DataError when one cannot be written
 */
export async function reportRun(
  op: string,
  folder: string,
  settings: RunSettings,
  result: RunResult,
): Promise<string[]> {
  const { model, data, losses, measured, best, perEpoch, isStopped } = result;
  const last = settings.keepBest && best !== null ? measured[best.epoch - 1] : measured.at(-1);
  const dataEncoding = JSON.stringify(settings.encoding);
  const metadata = {
    data: basename(settings.data.data),
    dataEncoding,
    ...(isStopped ? {} : numbersOf(last?.test ?? {})),
  };
  await saveModel(model, runFile(folder, "model"), { metadata });
  const written = [runFile(folder, "model")];
  if (losses.length === 0) return written;
  const title = `${basename(settings.model)} on ${basename(settings.data.data)}`;
  const chart = await chartOfTraining({ losses, measured, perEpoch }, "loss and measures");
  await writeWhole(op, runFile(folder, "curves"), chart);
  const { classes, confusion } = isStopped
    ? { classes: null, confusion: null }
    : evaluateModel(model, data.test, {
        engine: settings.engine,
        batchSize: settings.batchSize,
        ...(settings.encoding.classes === null ? {} : { classes: settings.encoding.classes }),
      });
  const page = runReport({
    title,
    result: `${isStopped ? "Stopped: " : ""}${describeResult({ ...result, keptBest: settings.keepBest })}`,
    chart,
    ...(last === undefined ? {} : { measured: { ...last } }),
    ...(classes === null ? {} : { classes }),
    ...(confusion === null ? {} : { confusion }),
    summary: summary(model),
    settings: shownSettings(settings),
  });
  await writeWhole(op, runFile(folder, "report"), page);
  return [...written, runFile(folder, "curves"), runFile(folder, "report")];
}

function numbersOf(measured: Readonly<Record<string, number>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(measured).map(([name, value]) => [`test${name[0].toUpperCase()}${name.slice(1)}`, String(value)]),
  );
}
