/**
 * A tensor in the panel: the number, or a heat map, a histogram, the sums and the numbers.
 */
import { useEffect, useRef } from "preact/hooks";
import { shapeText } from "../../drawing/labels.ts";
import { numberText } from "../../drawing/painting/appearance.ts";
import type { Histogram, Picture, TensorView } from "../../engine/tensor-view.ts";
import { text, theme } from "../../state/settings.ts";
import { heatMap } from "../canvas/heat.ts";

function HeatMap({ picture, label }: { readonly picture: Picture; readonly label: string }) {
  const element = useRef<HTMLCanvasElement>(null);
  const colours = theme.value;
  useEffect(() => {
    const canvas = element.current as HTMLCanvasElement;
    const image = heatMap(picture, colours);
    canvas.width = image.width;
    canvas.height = image.height;
    canvas.getContext("2d")?.drawImage(image, 0, 0);
  }, [picture, colours]);
  const scale = Math.max(1, Math.min(22, Math.floor(150 / picture.rows), Math.floor(300 / picture.columns)));
  const [width, height] = [picture.columns * scale, picture.rows * scale];
  return (
    <canvas
      class="heat"
      ref={element}
      role="img"
      aria-label={label}
      style={{ width: `${width}px`, height: `${height}px` }}
    />
  );
}

function Bars({ histogram, label }: { readonly histogram: Histogram; readonly label: string }) {
  const most = Math.max(...histogram.counts);
  return (
    <svg class="bars" viewBox="0 0 120 36" role="img" aria-label={label} preserveAspectRatio="none">
      {histogram.counts.map((count, i) => (
        <rect x={i * 5} y={36 - (34 * count) / most} width={4.4} height={(34 * count) / most} />
      ))}
    </svg>
  );
}

/** A tensor; `name` is what it is called where a picture is described. */
export function TensorFigure({
  tensor,
  name,
  small = false,
}: {
  readonly tensor: TensorView;
  readonly name: string;
  readonly small?: boolean;
}) {
  const { summary, picture, histogram, shape, dtype } = tensor;
  const words = text.value;
  if (summary.value !== null) return <output class="number">{numberText(summary.value)}</output>;
  if (summary.size === 0) return <output class="number">[ ]</output>;
  const [low, high, mean] = [summary.min, summary.max, summary.mean].map(numberText);
  return (
    <div class={small ? "tensor small" : "tensor"}>
      <div class="pictures">
        {picture !== null && <HeatMap picture={picture} label={words.picture(name)} />}
        {histogram !== null && !small && <Bars histogram={histogram} label={words.histogram(name, low, high)} />}
      </div>
      <p class="facts">
        {small ? "" : `${dtype} `}
        {shapeText(shape)}
        {small ? ` · ${numberText(summary.min)} … ${numberText(summary.max)}` : ` · ${words.summary(low, high, mean)}`}
        {summary.notFinite > 0 && <strong> · {words.notFinite(summary.notFinite)}</strong>}
      </p>
      {!small && (
        <details>
          <summary>{words.numbers}</summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
          <pre tabIndex={0}>{tensor.text}</pre>
        </details>
      )}
    </div>
  );
}
