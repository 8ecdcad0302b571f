/** What a run leaves for people and for other programs: the model, its curves and a report. */
import { basename } from "node:path";
import { writeWhole } from "@adjoint/data/files";
import { runReport } from "@adjoint/explorer";
import { saveModel, summary } from "@adjoint/nn";
import { chartOfTraining } from "../chart.ts";
import { describeResult } from "../describe-result.ts";
import { evaluateModel } from "../evaluation.ts";
import { koreanName, type Language } from "../korean.ts";
import { runFile } from "./files.ts";
import type { RunSettings } from "./settings.ts";
import type { RunResult } from "./train-run.ts";

type Shown = string | number | boolean;

/** A way of reading data in words; nothing for what is always so. */
function readingInWords([name, value]: readonly [string, unknown], language: Language): string[] {
  if (name === "standardize" && value !== false) return [];
  if (name === "standardize") return [language === "en" ? "numbers as they are" : "숫자를 그대로 사용"];
  return [`${name} ${Array.isArray(value) ? value.join(language === "en" ? " and " : ", ") : value}`];
}

function shownSettings(settings: RunSettings, language: Language): Record<string, Shown> {
  const { model, data, epochs, batchSize, optimizer, lr, seed, engine, threads, validation, made, versions } = settings;
  const { earlyStop, keepBest, bestBy, schedule, warmup } = settings;
  const chosen = earlyStop !== null || keepBest;
  const say = (english: string, korean: string): string => (language === "en" ? english : korean);
  const share = Number((100 * validation).toPrecision(6));
  return {
    model,
    data: [data.data, ...Object.entries(data.reading).flatMap((way) => readingInWords(way, language))].join(", "),
    epochs,
    "batch size": batchSize,
    optimizer: [
      optimizer,
      say(`learning rate ${lr}`, `학습률 ${lr}`),
      ...(schedule === null ? [] : [schedule]),
      ...(warmup === 0 ? [] : [say(`warm-up over ${warmup} mini-batches`, `미니배치 ${warmup}개 동안 워밍업`)]),
    ].join(", "),
    seed,
    engine: `${engine}, ${say("threads", "스레드")} ${threads}`,
    ...(validation > 0 ? { validation: say(`${share} % of the training samples`, `훈련 데이터의 ${share} %`) } : {}),
    ...(chosen ? { "best epoch by": say(bestBy, koreanName(bestBy)) } : {}),
    ...(earlyStop === null ? {} : { patience: say(`${earlyStop} epochs`, `${earlyStop} 에폭 동안 나아지지 않을 때`) }),
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
  const names = [basename(settings.model), basename(settings.data.data)];
  const curves = { losses, measured, perEpoch };
  const chart = {
    en: await chartOfTraining(curves, "loss and measures"),
    ko: await chartOfTraining(curves, "손실과 측정값", "ko"),
  };
  await writeWhole(op, runFile(folder, "curves"), chart.en);
  const { classes, confusion } = isStopped
    ? { classes: null, confusion: null }
    : evaluateModel(model, data.test, {
        engine: settings.engine,
        batchSize: settings.batchSize,
        ...(settings.encoding.classes === null ? {} : { classes: settings.encoding.classes }),
      });
  const described = { ...result, keptBest: settings.keepBest };
  const shown = { en: shownSettings(settings, "en"), ko: shownSettings(settings, "ko") };
  const called = [...Object.keys(last ?? {}), ...Object.keys(last?.test ?? {}), ...Object.keys(shown.ko)];
  const page = runReport({
    title: { en: `${names[0]} on ${names[1]}`, ko: `${names[0]}, 데이터 ${names[1]}` },
    result: {
      en: `${isStopped ? "Stopped: " : ""}${describeResult(described)}`,
      ko: `${isStopped ? "중단됨: " : ""}${describeResult(described, "ko")}`,
    },
    chart,
    korean: Object.fromEntries(called.map((name) => [name, koreanName(name)])),
    ...(last === undefined ? {} : { measured: { ...last } }),
    ...(classes === null ? {} : { classes }),
    ...(confusion === null ? {} : { confusion }),
    summary: summary(model),
    settings: Object.fromEntries(
      Object.entries(shown.en).map(([name, en]) => [name, { en: String(en), ko: String(shown.ko[name]) }]),
    ),
  });
  await writeWhole(op, runFile(folder, "report"), page);
  return [...written, runFile(folder, "curves"), runFile(folder, "report")];
}

function numbersOf(measured: Readonly<Record<string, number>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(measured).map(([name, value]) => [`test${name[0].toUpperCase()}${name.slice(1)}`, String(value)]),
  );
}
