/**
 * A tensor in the panel: the number, rows of numbers where there are few, or a heat map with a histogram and the sums.
 */
import { gridOf, shapeText } from "../../../../src/drawing/labels.ts";
import { largestOf } from "../../../../src/drawing/painting/appearance.ts";
import { cellText, numberText } from "../../../../src/drawing/painting/numbers.ts";
import type { ValueHistogram } from "../../../../src/training/distribution.ts";
import type { TensorView } from "../../../engine/tensor-view.ts";
import { text } from "../../../state/settings.ts";
import { scaleOf } from "../../../state/shown.ts";
import { Scroll } from "../../parts.tsx";
import { Cells } from "./cells.tsx";
import { HeatMap } from "./heat-map.tsx";

function Bars({ histogram, label }: { readonly histogram: ValueHistogram; readonly label: string }) {
  const most = Math.max(...histogram.counts);
  return (
    <svg class="bars" viewBox="0 0 120 36" role="img" aria-label={label} preserveAspectRatio="none">
      {histogram.counts.map((count, i) => (
        <rect x={i * 5} y={36 - (34 * count) / most} width={4.4} height={(34 * count) / most} />
      ))}
    </svg>
  );
}

/** The first elements, a row of the last axis a line, and an empty line between planes. */
function numbersText({ elements, shape, summary }: TensorView): string {
  const length = shape[shape.length - 1];
  const height = shape.length < 2 ? 1 : shape[shape.length - 2];
  const texts = elements.map(cellText);
  const width = texts.reduce((most, one) => Math.max(most, one.length), 0);
  const lines: string[] = [];
  for (let start = 0; start < texts.length; start += length) {
    if (start > 0 && (start / length) % height === 0) lines.push("");
    const row = texts.slice(start, start + length);
    lines.push(row.map((one) => one.padStart(width)).join("  "));
  }
  if (summary.size > elements.length) lines.push(`… ${summary.size - elements.length}`);
  return lines.join("\n");
}

/** The most rows, and columns, of numbers that have room in the panel. */
const mostInPanel = 9;

export interface FigureProps {
  readonly tensor: TensorView;
  /** What it is called where a picture is described. */
  readonly name: string;
  /** The node whose value it is, so that its elements can be pointed at. */
  readonly node?: number;
  readonly small?: boolean;
  /** Where the scale of colours ends; without it at the largest absolute value. */
  readonly scale?: number;
}

export function TensorFigure({ tensor, name, node, small = false, scale }: FigureProps) {
  const { summary, picture, histogram, shape, dtype } = tensor;
  const words = text.value;
  if (summary.value !== null) return <output class="number">{numberText(summary.value)}</output>;
  if (summary.size === 0) return <output class="number">[ ]</output>;
  const [low, high, mean] = [summary.min, summary.max, summary.mean].map((x) => numberText(x));
  const grid = gridOf(shape, mostInPanel);
  const largest = scale ?? (node === undefined ? largestOf(summary) : scaleOf(node));
  const common = { node: node ?? null, shape, largest };
  return (
    <div class={small ? "tensor small" : "tensor"}>
      {grid !== null ? (
        <Scroll>
          <Cells {...common} grid={grid} elements={tensor.elements} label={name} />
        </Scroll>
      ) : (
        <div class="pictures">
          {picture !== null && (
            <HeatMap
              {...common}
              picture={picture}
              label={words.picture(name)}
              {...(small ? { widest: 120, highest: 110 } : {})}
            />
          )}
          {histogram !== null && !small && <Bars histogram={histogram} label={words.histogram(name, low, high)} />}
        </div>
      )}
      <p class="facts">
        {small ? "" : `${dtype} `}
        {shapeText(shape)}
        {grid !== null
          ? ""
          : small
            ? ` · ${numberText(summary.min, 3)} … ${numberText(summary.max, 3)}`
            : ` · ${words.summary(low, high, mean)}`}
        {summary.notFinite > 0 && <strong> · {words.notFinite(summary.notFinite)}</strong>}
      </p>
      {!small && grid === null && (
        <details>
          <summary>{words.numbers}</summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
          <pre tabIndex={0}>{numbersText(tensor)}</pre>
        </details>
      )}
    </div>
  );
}
