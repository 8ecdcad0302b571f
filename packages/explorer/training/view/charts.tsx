/**
 * Loss and accuracy over steps.
 */
import { computed } from "@preact/signals";
import type { TrainingMetrics } from "../../src/training/record.ts";
import { type Curve, drawCurves, smoothed, thinned } from "../drawing/curves.ts";
import { about, percent } from "../drawing/numbers.ts";
import { latest, recorded, revision, span } from "../state/training.ts";
import { words } from "../state/words.ts";
import { Canvas } from "./canvas.tsx";

type Measure = Exclude<keyof TrainingMetrics, "iteration">;

/** The loss on the samples of an accuracy. */
const lossBeside: { readonly [M in Measure]?: Measure } = { trainAccuracy: "trainLoss", testAccuracy: "testLoss" };

/**
 * A measure as it is shown; NaN where there is none. An accuracy of outputs that are not finite, by their loss, is no
 * share of right answers. NaN is null in a record that was JSON.
 */
function shownOf(at: TrainingMetrics, measure: Measure): number {
  const beside = lossBeside[measure];
  const loss = beside === undefined ? undefined : at[beside];
  return loss === undefined || Number.isFinite(loss) ? (at[measure] ?? Number.NaN) : Number.NaN;
}

/** The last value of a measure; NaN before there is one. */
export function lastOf(measure: Measure): number {
  const last = recorded.value?.metrics.findLast((at) => at[measure] !== undefined);
  return last === undefined ? Number.NaN : shownOf(last, measure);
}

/** Whether a measure was taken at all. */
export function has(measure: Measure): boolean {
  return recorded.value?.metrics.some((at) => at[measure] !== undefined) ?? false;
}

/** The most points of a curve. */
const mostPoints = 300;

function pointsOf(measure: Measure): [number, number][] {
  const metrics = (recorded.value?.metrics ?? []).filter((at) => at[measure] !== undefined);
  return thinned(
    metrics.map((at) => shownOf(at, measure)),
    mostPoints,
    (i) => metrics[i].iteration,
  );
}

/** A key to the curves: a piece of the line and its name. */
function Legend({ entries }: { readonly entries: readonly (readonly [kind: string, name: string])[] }) {
  return (
    <ul class="key">
      {entries.map(([kind, name]) => (
        <li key={kind} class={kind}>
          {name}
        </li>
      ))}
    </ul>
  );
}

/** Counts measures: what shows them alone is not drawn with every step. */
const measures = computed((): number => {
  revision.value;
  return recorded.value?.metrics.length ?? 0;
});

export function LossChart() {
  const text = words.value;
  // The label follows pictures, not every step.
  latest.value;
  const loss = recorded.value?.losses.at(-1) ?? Number.NaN;
  const entries = [
    ["batch", text.ofBatch],
    ["training", has("trainLoss") ? text.onTraining : text.ofBatchSmoothed],
    ...(has("testLoss") ? [["held-out", text.onHeldOut]] : []),
  ] as [string, string][];
  return (
    <section class="chart">
      <h2>{text.loss}</h2>
      <p class="hint">{text.lossHint}</p>
      <Canvas
        class="curves"
        label={text.lossSummary(about(loss), about(lastOf("testLoss")))}
        draw={(canvas, colors) => {
          revision.value;
          const all = thinned(recorded.value?.losses ?? [], mostPoints);
          const curves: Curve[] = [
            { points: all, color: colors.batch, width: 1 },
            // Where nothing is measured, the mini-batches' mean shows the way.
            ...(has("trainLoss") ? [] : [{ points: smoothed(all), color: colors.training, width: 2 }]),
            { points: pointsOf("trainLoss"), color: colors.training, width: 2 },
            { points: pointsOf("testLoss"), color: colors.heldOut, width: 2, dash: [6, 3] },
          ];
          drawCurves(canvas, { curves, span: span.value, scale: "log", colors, xLabel: words.value.axisSteps });
        }}
      />
      <Legend entries={entries} />
    </section>
  );
}

/** Accuracies; nothing where the network has no classes. */
export function AccuracyChart() {
  const text = words.value;
  latest.value;
  if (!has("testAccuracy")) return null;
  const entries = [...(has("trainAccuracy") ? [["training", text.onTraining]] : []), ["held-out", text.onHeldOut]] as [
    string,
    string,
  ][];
  return (
    <section class="chart">
      <h2>{text.accuracy}</h2>
      <Canvas
        class="curves"
        label={text.accuracySummary(percent(lastOf("trainAccuracy")), percent(lastOf("testAccuracy")))}
        draw={(canvas, colors) => {
          measures.value;
          const curves: Curve[] = [
            { points: pointsOf("trainAccuracy"), color: colors.training, width: 2 },
            { points: pointsOf("testAccuracy"), color: colors.heldOut, width: 2, dash: [6, 3] },
          ];
          drawCurves(canvas, { curves, span: span.value, scale: "share", colors, xLabel: words.value.axisSteps });
        }}
      />
      <Legend entries={entries} />
    </section>
  );
}
