/** A large tensor as a picture. What the mouse points at is said by index and value, and lit wherever it goes. */
import { useEffect, useRef, useState } from "preact/hooks";
import { colorsOf } from "../../../../src/drawing/painting/colors.ts";
import { numberText } from "../../../../src/drawing/painting/numbers.ts";
import type { Picture } from "../../../../src/drawing/values.ts";
import { litElements, pointAt } from "../../../state/lit.ts";
import { text, theme } from "../../../state/settings.ts";
import { heatMap } from "../../canvas/heat.ts";
import { indexText } from "./cells.tsx";

/** The picture, on a scale that ends at ±`largest`. */
export function HeatMap({
  node,
  picture,
  shape,
  largest,
  label,
  widest = 300,
  highest = 160,
}: {
  readonly node: number | null;
  readonly picture: Picture;
  readonly shape: readonly number[];
  readonly largest: number;
  readonly label: string;
  readonly widest?: number;
  readonly highest?: number;
}) {
  const element = useRef<HTMLCanvasElement>(null);
  const colours = theme.value;
  const [said, setSaid] = useState<string | null>(null);
  const lit = node === null ? undefined : litElements.value.get(node);
  const { rows, columns, values, places } = picture;
  const scale = Math.max(1, Math.min(22, Math.floor(highest / rows), Math.floor(widest / columns)));
  useEffect(() => {
    const canvas = element.current as HTMLCanvasElement;
    canvas.width = columns * scale;
    canvas.height = rows * scale;
    const context = canvas.getContext("2d");
    if (context === null) return;
    context.imageSmoothingEnabled = false;
    context.drawImage(heatMap(picture, colours, largest || undefined), 0, 0, canvas.width, canvas.height);
    if (lit === undefined) return;
    context.strokeStyle = colorsOf[colours].current;
    context.lineWidth = Math.max(1, Math.min(2, scale / 4));
    for (const [pixel, place] of places.entries()) {
      if (place < 0 || !lit.has(place)) continue;
      const [x, y] = [(pixel % columns) * scale, Math.floor(pixel / columns) * scale];
      context.strokeRect(x + 0.5, y + 0.5, scale - 1, scale - 1);
    }
  }, [picture, colours, largest, lit, scale]);
  const onMove = (event: PointerEvent): void => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const column = Math.floor(((event.clientX - box.left) / box.width) * columns);
    const row = Math.floor(((event.clientY - box.top) / box.height) * rows);
    const pixel = row * columns + column;
    const place = places[pixel] ?? -1;
    if (place < 0) return;
    setSaid(`${indexText(shape, place)} = ${numberText(values[pixel])}`);
    if (node !== null) pointAt({ node, place });
  };
  return (
    <div class="heat-map">
      <canvas
        class="heat"
        ref={element}
        role="img"
        aria-label={label}
        style={{ width: `${columns * scale}px`, height: `${rows * scale}px` }}
        onPointerMove={onMove}
        onPointerLeave={() => {
          setSaid(null);
          pointAt(null);
        }}
      />
      <span class="said-value">{said ?? text.value.pointHint}</span>
    </div>
  );
}
