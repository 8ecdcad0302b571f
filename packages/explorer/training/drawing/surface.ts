/** The surface of a canvas: as large as it is shown. */

/** Sizes as they were last observed: asking an element for its size may lay out the whole page. */
const sizes = new WeakMap<HTMLCanvasElement, { readonly width: number; readonly height: number }>();

/** Notes how large a canvas is shown, in CSS pixels. */
export function setSize(canvas: HTMLCanvasElement, { width, height }: DOMRectReadOnly): void {
  sizes.set(canvas, { width, height });
}

/** What is drawn on, and its size in CSS pixels. */
export interface Surface {
  readonly context: CanvasRenderingContext2D;
  readonly width: number;
  readonly height: number;
}

/** A canvas as large as it is shown, cleared. */
export function prepared(canvas: HTMLCanvasElement): Surface {
  const { width, height } = sizes.get(canvas) ?? { width: canvas.clientWidth, height: canvas.clientHeight };
  const ratio = Math.min(2, globalThis.devicePixelRatio || 1);
  const [pixelsWide, pixelsHigh] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== pixelsWide || canvas.height !== pixelsHigh) {
    canvas.width = pixelsWide;
    canvas.height = pixelsHigh;
  }
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height };
}
