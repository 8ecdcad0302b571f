/** Heat maps of tensors as PNG files in URLs of data, made without a canvas. */
import { encode } from "fast-png";
import type { Theme } from "./painting/colors.ts";
import { scaleLayer } from "./painting/scale.ts";
import type { Picture } from "./values.ts";

/** The picture as a URL: what covers the colour of zero, on a scale that ends at ±`largest`. */
export function heatMapUrl({ rows, columns, values }: Picture, largest: number, theme: Theme): string {
  const data = new Uint8Array(4 * rows * columns);
  for (const [i, value] of values.entries()) data.set(scaleLayer(value, largest, theme), 4 * i);
  const bytes = encode({ width: columns, height: rows, data, channels: 4 });
  return `data:image/png;base64,${btoa(String.fromCharCode(...bytes))}`;
}
