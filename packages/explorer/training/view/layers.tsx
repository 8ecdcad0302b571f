/** The layers: how activations, gradients and weights are spread, over time and now. */
import { computed, useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";
import { theme } from "../../page/state/preferences.ts";
import { powerOfTen } from "../../src/power-of-ten.ts";
import { medianSize, type SizeDistribution, type ValueHistogram } from "../../src/training/distribution.ts";
import { quantities, type RecordedQuantity } from "../../src/training/record.ts";
import { chartColors } from "../drawing/colors.ts";
import { about, percent, roughly } from "../drawing/numbers.ts";
import { columnOf, type Decades, decadesOf, marksOf, rowsOf, zerosAt } from "../drawing/strip.ts";
import { prepared } from "../drawing/surface.ts";
import { verdictOf } from "../drawing/verdict.ts";
import { latest, recorded, report, revision } from "../state/training.ts";
import { words } from "../state/words.ts";
import { Canvas } from "./canvas.tsx";

/** A distribution of the last step that was kept. */
function lastDistribution(layer: number, quantity: RecordedQuantity): SizeDistribution | null {
  return recorded.value?.snapshots.kept.at(-1)?.layers[layer]?.[quantity] ?? null;
}

let decadesBefore = decadesOf([]);
/** The powers of ten that all strips show; the same object while they stay. */
const decades = computed((): Decades => {
  revision.value;
  const now = decadesOf(recorded.value?.snapshots.kept ?? []);
  if (now.low !== decadesBefore.low || now.high !== decadesBefore.high) decadesBefore = now;
  return decadesBefore;
});

/** Columns of a live strip: as many as snapshots are kept. */
const liveColumns = 200;

/** A distribution over time. */
function Strip({
  layer,
  quantity,
  label,
}: {
  readonly layer: number;
  readonly quantity: RecordedQuantity;
  readonly label: string;
}) {
  const element = useRef<HTMLCanvasElement>(null);
  /** How many columns are painted, and what of: the first two, the powers of ten, and the colours. */
  const painted = useRef<{ count: number; of: readonly unknown[] }>({ count: 0, of: [] });
  useSignalEffect(() => {
    revision.value;
    const canvas = element.current;
    const kept = recorded.value?.snapshots.kept ?? [];
    if (canvas === null) return;
    const columns = report.value === null ? liveColumns : Math.max(1, kept.length);
    // Thinned out, started over, over other powers of ten, or in other colours: all is painted again.
    const of = [kept[0], kept[1], decades.value, theme.value];
    let { count } = painted.current;
    const isOther = of.some((one, i) => one !== painted.current.of[i]);
    const rows = rowsOf(decades.value);
    if (canvas.width !== columns || isOther || count > kept.length) {
      canvas.width = columns;
      canvas.height = rows;
      count = 0;
    }
    const colors = chartColors[theme.value];
    const context = canvas.getContext("2d") as CanvasRenderingContext2D;
    for (let at = count; at < kept.length; at++) {
      const distribution = kept[at].layers[layer]?.[quantity] ?? null;
      const pixels = columnOf(distribution, decades.value, colors.quantity[quantity], colors.median);
      context.putImageData(new ImageData(pixels as Uint8ClampedArray<ArrayBuffer>, 1, rows), at, 0);
    }
    painted.current = { count: kept.length, of };
  });
  return <canvas ref={element} class="strip" role="img" aria-label={label} />;
}

/** Pixels above the bars, for their range. */
const labelHeight = 12;

/** The numbers of the last step in their range. */
function Bars({ histogram, quantity }: { readonly histogram: ValueHistogram; readonly quantity: RecordedQuantity }) {
  const label = words.value.histogram(about(histogram.low, 2), about(histogram.high, 2));
  return (
    <Canvas
      class="bars"
      label={label}
      draw={(canvas, colors) => {
        const { context, width, height } = prepared(canvas);
        const { counts, low, high } = histogram;
        const most = Math.max(1, ...counts);
        const each = width / counts.length;
        // How far it is from 0 to the farthest number: all histograms are as wide.
        context.font = '11px system-ui, "Noto Sans", sans-serif';
        context.textAlign = "right";
        context.textBaseline = "top";
        context.fillStyle = colors.faint;
        context.fillText(`≤ ${roughly(Math.max(-low, high))}`, width, 0);
        context.fillStyle = colors.quantity[quantity];
        counts.forEach((count, i) => {
          const tall = count === 0 ? 0 : Math.max(1, (count / most) * (height - labelHeight));
          context.fillRect(i * each, height - tall, Math.max(1, each - 0.5), tall);
        });
        // Where zero is.
        if (low >= 0 || high <= 0) return;
        context.fillStyle = colors.median;
        context.fillRect((-low / (high - low)) * width, labelHeight, 1, height - labelHeight);
      }}
    />
  );
}

/** Lines behind a strip, at the powers of ten that are written beside it. */
function Lines() {
  return (
    <>
      {marksOf(decades.value).map(({ exponent, at }) => (
        <i key={exponent} class="line" style={{ top: `${100 * at}%` }} />
      ))}
    </>
  );
}

function Cell({
  layer,
  name,
  quantity,
}: {
  readonly layer: number;
  readonly name: string;
  readonly quantity: RecordedQuantity;
}) {
  const text = words.value;
  // Words and bars follow pictures, not every step.
  const histogram = latest.value?.histograms[layer]?.[quantity] ?? null;
  const hasFinite = histogram?.counts.some((count) => count > 0) === true;
  const distribution = lastDistribution(layer, quantity);
  const median = distribution === null ? "–" : roughly(medianSize(distribution));
  const zeros = distribution === null ? 0 : distribution.zeros / distribution.count;
  return (
    <td class={quantity}>
      <div class="over-time">
        <Lines />
        <Strip layer={layer} quantity={quantity} label={text.strip(text.quantities[quantity], name, median)} />
      </div>
      <div class="now">{hasFinite && <Bars histogram={histogram} quantity={quantity} />}</div>
      <p class="numbers">
        {zeros === 1 ? text.allZero : text.median(median)}
        {zeros > 0 && zeros < 1 && <span class="zeros"> · {text.zeros(percent(zeros))}</span>}
      </p>
    </td>
  );
}

/** What the gradients of the layers say. */
export function VerdictLine() {
  const text = words.value;
  latest.value;
  const distributions = (recorded.value?.layers ?? []).map((_, layer) => lastDistribution(layer, "gradients"));
  const medians = distributions.flatMap((of) => (of === null ? [] : [medianSize(of)]));
  const { kind, size } = verdictOf(medians);
  return <p class={kind === "steady" || kind === "notYet" ? "verdict" : "verdict bad"}>{text.verdicts[kind](size)}</p>;
}

export function Layers() {
  const text = words.value;
  const layers = recorded.value?.layers ?? [];
  const marks = marksOf(decades.value);
  return (
    <section class="layers">
      <h2>{text.layers}</h2>
      <VerdictLine />
      <p class="hint">
        {text.layersHint} <span class="of-histograms">{text.histogramHint}</span>
      </p>
      <table class={layers.length > 6 ? "many" : ""}>
        <thead>
          <tr>
            <th scope="col" class="name">
              {text.layer}
            </th>
            <td class="axis" />
            {quantities.map((quantity) => (
              <th scope="col" key={quantity} class={quantity}>
                {text.quantities[quantity]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {layers.map((name, layer) => (
            <tr key={name}>
              <th scope="row" class="name">
                {name}
              </th>
              <td class="axis" aria-hidden="true">
                {marks.map(({ exponent, at }) => (
                  <span key={exponent} class="mark" style={{ top: `max(6px, ${at} * var(--strip))` }}>
                    {powerOfTen(exponent)}
                  </span>
                ))}
                <span class="mark" style={{ top: `calc(${zerosAt(decades.value)} * var(--strip))` }}>
                  0
                </span>
              </td>
              {quantities.map((quantity) => (
                <Cell key={quantity} layer={layer} name={name} quantity={quantity} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
