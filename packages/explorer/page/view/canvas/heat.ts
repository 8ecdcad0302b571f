/**
 * Pictures of tensors in colours: blue below zero, red above, the background's grey at zero.
 */
import type { Theme } from "../../drawing/painting/colors.ts";
import type { Picture } from "../../engine/tensor-view.ts";

type Rgb = readonly [number, number, number];

/** Ends and middle of the scale, which people who confuse red and green can tell apart. */
const scales: { readonly [T in Theme]: readonly [below: Rgb, zero: Rgb, above: Rgb] } = {
  light: [
    [33, 102, 172],
    [247, 247, 247],
    [178, 24, 43],
  ],
  dark: [
    [103, 169, 232],
    [38, 43, 51],
    [240, 112, 103],
  ],
};

/** A canvas with one pixel for each element of the picture; its scale ends at the largest absolute value. */
export function heatMap({ rows, columns, values }: Picture, theme: Theme): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = columns;
  canvas.height = rows;
  const context = canvas.getContext("2d");
  if (context === null) return canvas;
  const pixels = context.createImageData(columns, rows);
  let largest = 0;
  for (const value of values) if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
  const [below, zero, above] = scales[theme];
  for (const [i, value] of values.entries()) {
    if (Number.isNaN(value)) continue;
    const share = largest === 0 ? 0 : Math.min(1, Math.abs(value) / largest);
    const end = value < 0 ? below : above;
    for (let c = 0; c < 3; c++) pixels.data[4 * i + c] = zero[c] + (end[c] - zero[c]) * share;
    pixels.data[4 * i + 3] = 255;
  }
  context.putImageData(pixels, 0, 0);
  return canvas;
}
