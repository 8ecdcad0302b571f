/** im2col and col2im of float32 by WASM: image by image, and of its windows as many at a time as stay in the caches. */
import type { Shape, Window } from "../../shape.ts";
import { scratch } from "./runtime.ts";

interface WindowKernels {
  readonly windows: (back: boolean, x: number, col: number, ...numbers: readonly number[]) => void;
}

/** Elements of windows from which copies and calls pay for themselves. */
export const LEAST_WINDOWS = 4096;

/** Elements of a block of windows, if a row of outputs does not have more. */
const BLOCK = 16384;

/**
 * Reads the windows of images of `shape`, [N, C, H, W], that lie without gaps with `strides`, into rows of `col`; with
 * `back` adds the rows to zeros instead.
 */
export function wasmWindows(
  back: boolean,
  image: Float32Array,
  start: number,
  [images, channels, height, width]: Shape,
  [imageStep, channelStep, rowStep, step]: readonly number[],
  col: Float32Array,
  colStart: number,
  window: Window,
): void {
  const { filterH, filterW, strideH, strideW, padH, padW, dilationH, dilationW, outputH, outputW } = window;
  const pixels = channels * height * width;
  const row = outputW * channels * filterH * filterW;
  const rows = Math.max(1, Math.floor(BLOCK / row));
  const at = pixels + 16;
  const { kernels, f32 } = scratch<WindowKernels>(4 * (at + rows * row + 16));
  for (let n = 0; n < images; n++) {
    const from = start + n * imageStep;
    if (back) f32.fill(0, 0, pixels);
    else f32.set(image.subarray(from, from + pixels));
    for (let i = 0; i < outputH; i += rows) {
      const end = Math.min(outputH, i + rows);
      const [first, last] = [i, end].map((of) => colStart + (n * outputH + of) * row);
      if (back) f32.set(col.subarray(first, last), at);
      const pixel = [channels, 4 * channelStep, height, 4 * rowStep, width, 4 * step, i, end, outputW];
      kernels.windows(back, 0, 4 * at, ...pixel, filterH, filterW, strideH, strideW, padH, padW, dilationH, dilationW);
      if (!back) col.set(f32.subarray(at, at + last - first), first);
    }
    if (back) image.set(f32.subarray(0, pixels), from);
  }
}
