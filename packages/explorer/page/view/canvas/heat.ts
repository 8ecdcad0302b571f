/** Pictures of tensors in colours. */
import type { Theme } from "../../../src/drawing/painting/colors.ts";
import { scaleColor } from "../../../src/drawing/painting/scale.ts";
import type { Picture } from "../../../src/drawing/values.ts";

/** The largest absolute value in a picture, which its own scale ends at. */
export function largestIn({ values }: Picture): number {
  let largest = 0;
  for (const value of values) if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
  return largest;
}

/** A canvas with one pixel for each element of the picture, on a scale that ends at ±`largest`. */
export function heatMap(picture: Picture, theme: Theme, largest = largestIn(picture)): HTMLCanvasElement {
  const { rows, columns, values } = picture;
  const canvas = document.createElement("canvas");
  canvas.width = columns;
  canvas.height = rows;
  const context = canvas.getContext("2d");
  if (context === null) return canvas;
  const pixels = context.createImageData(columns, rows);
  for (const [i, value] of values.entries()) {
    if (Number.isNaN(value)) continue;
    pixels.data.set([...scaleColor(value, largest, theme), 255], 4 * i);
  }
  context.putImageData(pixels, 0, 0);
  return canvas;
}
