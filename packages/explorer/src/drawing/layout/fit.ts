/**
 * How a drawing is set in rows so that it fits a window and its text can be read: as large as possible where all of it
 * fits, else in rows as wide as the window, to be read downwards.
 */
import type { Layout } from "./layout.ts";
import { wrapLayout } from "./wrap.ts";

/** The scales that are tried. The smallest text of a drawing has 11.5 pixels: at the last one 11 are left. */
const scales = [1.4, 1.25, 1.1, 1, 0.96] as const;

/** The scale below which text is too small to read. */
export const leastReadable: number = scales[scales.length - 1];
/** The scale above which nothing is gained. */
export const largestScale: number = scales[0];

/**
 * More boxes than these are not read one by one: their drawing gets the shape of the window instead, and its arrows are not
 * led around boxes.
 */
export const many = 400;

/** The drawing in rows for a window. */
export function wrapToFit(
  layout: Layout,
  { width, height }: { readonly width: number; readonly height: number },
): Layout {
  if (width <= 0 || height <= 0) return layout;
  const narrowest = width / leastReadable;
  if (layout.boxes.size > many) {
    const alike = Math.sqrt(layout.width * layout.height * (width / height));
    return wrapLayout(layout, Math.max(narrowest, alike));
  }
  let best: Layout | null = null;
  for (const scale of scales) {
    const wrapped = wrapLayout(layout, width / scale);
    const fits = wrapped.width * scale <= width + 1 && wrapped.height * scale <= height;
    // Fewer rows are easier to follow than larger letters.
    if (fits && (best === null || (wrapped.rows ?? 1) < (best.rows ?? 1))) best = wrapped;
  }
  return best ?? wrapLayout(layout, narrowest);
}
