/** What a training or a measurement came to, in a line. */
import type { Measured } from "@adjoint/optim";
import { koreanName, type Language } from "./korean.ts";
import type { TrainedModel } from "./train-model.ts";

/** `rootMeanSquaredError` as words: `root mean squared error`. */
export function wordsOf(metric: string): string {
  return metric.replaceAll(/(?<=[a-z0-9])[A-Z]|(?<=[a-z])\d+/g, (part) => ` ${part.toLowerCase()}`);
}

/** A number as people read it: `97.22 %` for shares, else four significant digits. */
export function shownMeasure(metric: string, value: number): string {
  if (/accuracy$/i.test(metric)) return `${(100 * value).toFixed(2)} %`;
  return value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e6)
    ? value.toExponential(3)
    : String(Number(value.toPrecision(4)));
}

/** What was measured, the most telling first: accuracies, then errors; the loss where there is nothing else. */
export function mainMeasures(measured: Measured): [metric: string, value: number][] {
  const metrics = Object.entries(measured).filter(([name]) => name !== "loss");
  return metrics.length > 0 ? metrics : Object.entries(measured);
}

/**
 * `test accuracy 98.61 % (355 of 360) after 20 epochs in 12.3 s`, or the same in Korean.
 *
 * @param language  "en", the default, or "ko"
 */
export function describeResult(
  {
    data,
    measured,
    best,
    seconds,
    keptBest = false,
  }: Pick<TrainedModel, "data" | "measured" | "best" | "seconds"> & { readonly keptBest?: boolean },
  language: Language = "en",
): string {
  const samples = data.test.x.shape[0];
  const epochs = measured.length;
  const shownEpoch = keptBest && best !== null ? best.epoch : epochs;
  const inKorean = language === "ko";
  const parts = mainMeasures(measured[shownEpoch - 1]?.test ?? {}).map(([name, value]) => {
    const right = Math.round(value * samples);
    const of = inKorean ? ` (${samples}개 중 ${right}개)` : ` (${right} of ${samples})`;
    const count = name === "accuracy" ? of : "";
    const called = inKorean ? `${koreanName("test")} ${koreanName(name)}` : `test ${wordsOf(name)}`;
    return `${called} ${shownMeasure(name, value)}${count}`;
  });
  if (inKorean) {
    const kept = keptBest && best !== null ? `, 가장 좋았던 ${best.epoch}번째 에폭` : "";
    return `${parts.join(", ") || "아직 잰 것이 없음"}${kept}, ${epochs} 에폭을 ${seconds.toFixed(1)}초 동안 학습`;
  }
  const kept = keptBest && best !== null ? ` at epoch ${best.epoch}, the best,` : "";
  const after = `after ${epochs} epoch${epochs === 1 ? "" : "s"} in ${seconds.toFixed(1)} s`;
  return `${parts.join(", ") || "nothing measured yet"}${kept} ${after}`;
}
