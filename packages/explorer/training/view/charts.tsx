/** Loss and accuracy over steps. */
import { computed } from "@preact/signals";
import { theme } from "../../page/state/preferences.ts";
import type { TrainingMetrics } from "../../src/training/record.ts";
import { chartColors } from "../drawing/colors.ts";
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

/** How the curves of each kind are drawn, so that they differ by more than their colour. */
const strokes = { batch: { width: 1 }, training: { width: 2 }, heldOut: { width: 2, dash: [6, 3] } } as const;

/** A curve, and what it is called in the key; null: nothing. */
interface Line {
  readonly kind: keyof typeof strokes;
  readonly name: string | null;
  readonly points: () => Curve["points"];
}

/** A chart of curves, and a key to them. */
function Chart({
  title,
  hint,
  label,
  scale,
  lines,
}: {
  readonly title: string;
  readonly hint?: string;
  readonly label: string;
  readonly scale: "log" | "share";
  readonly lines: readonly Line[];
}) {
  return (
    <section class="chart">
      <h2>{title}</h2>
      {hint !== undefined && <p class="hint">{hint}</p>}
      <Canvas
        class="curves"
        label={label}
        draw={(canvas, colors) => {
          const curves = lines.map(({ kind, points }) => ({ points: points(), color: colors[kind], ...strokes[kind] }));
          drawCurves(canvas, { curves, span: span.value, scale, colors, xLabel: words.value.axisSteps });
        }}
      />
      <ul class="key">
        {lines.map(
          ({ kind, name }) =>
            name !== null && (
              <li key={kind} class={kind} style={`--curve: ${chartColors[theme.value][kind]}`}>
                {name}
              </li>
            ),
        )}
      </ul>
    </section>
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
  const ofBatches = (): [number, number][] => {
    revision.value;
    return thinned(recorded.value?.losses ?? [], mostPoints);
  };
  return (
    <Chart
      title={text.loss}
      hint={text.lossHint}
      label={text.lossSummary(about(loss), about(lastOf("testLoss")))}
      scale="log"
      lines={[
        { kind: "batch", name: text.ofBatch, points: ofBatches },
        {
          kind: "training",
          name: has("trainLoss") ? text.onTraining : text.ofBatchSmoothed,
          // Where nothing is measured, the mini-batches' mean shows the way.
          points: () => (has("trainLoss") ? pointsOf("trainLoss") : smoothed(ofBatches())),
        },
        { kind: "heldOut", name: has("testLoss") ? text.onHeldOut : null, points: () => pointsOf("testLoss") },
      ]}
    />
  );
}

/** Accuracies; nothing where the network has no classes. */
export function AccuracyChart() {
  const text = words.value;
  latest.value;
  if (!has("testAccuracy")) return null;
  const points = (measure: Measure) => (): [number, number][] => {
    measures.value;
    return pointsOf(measure);
  };
  return (
    <Chart
      title={text.accuracy}
      label={text.accuracySummary(percent(lastOf("trainAccuracy")), percent(lastOf("testAccuracy")))}
      scale="share"
      lines={[
        { kind: "training", name: has("trainAccuracy") ? text.onTraining : null, points: points("trainAccuracy") },
        { kind: "heldOut", name: text.onHeldOut, points: points("testAccuracy") },
      ]}
    />
  );
}
