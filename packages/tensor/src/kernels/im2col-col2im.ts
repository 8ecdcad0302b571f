/**
 * The pair im2col (sliding windows unfolded into rows) and col2im (rows folded back, overlaps added up).
 *
 * Both go over the places of a window, the last first: what all windows of an image have at one place is a block of
 * pixels, moved at once. A pixel that many windows cover gets their values in the order of the windows.
 */
import { allocate } from "../dtype.ts";
import { ShapeError } from "../errors.ts";
import { type Shape, sameShape, sizeOf, type Window, type WindowOptions, windowOf } from "../shape.ts";
import { formatShape } from "../shown.ts";
import { Tensor } from "../tensor.ts";
import { runsAsWasm } from "./backend.ts";
import { cast, contiguous } from "./copy.ts";
import { type Block, move, moveByWasm } from "./move.ts";
import { isDense } from "./planes.ts";
import { SCRATCH, scratch } from "./wasm/runtime.ts";

/** Elements of windows from which copies and calls pay for themselves. */
const LEAST_WASM = 4096;

/** Elements of an image and its windows up to which they come into the kernels' memory, which never shrinks. */
const LARGEST = 4e6;

/** Elements of the windows that lie in scratch memory at a time, if a row of outputs does not have more. */
const BLOCK = 16384;

/** The k, `count` at the most, from which on start + k·step ≥ length. */
function endInside(start: number, step: number, count: number, length: number): number {
  return Math.min(count, Math.ceil((length - start) / step));
}

/**
 * Reads the windows of the images x into the rows of `col`; with `back` adds the rows to x, which holds zeros and whose
 * images lie without gaps. Each image comes into scratch memory, and with it the windows of some rows of outputs.
 */
function moveWindows(back: boolean, x: Tensor, col: Tensor, window: Window): void {
  const [images, channels, height, width] = x.shape;
  const { filterH, filterW, strideH, strideW, padH, padW, dilationH, dilationW, outputH, outputW } = window;
  const area = filterH * filterW;
  const length = channels * area;
  const row = outputW * length;
  const pixels = channels * height * width;
  const rows = Math.max(1, Math.floor(BLOCK / row));
  const size = pixels + rows * row;
  const byWasm = x.dtype === "float32" && size < LARGEST && runsAsWasm(col.size, LEAST_WASM);
  const heap = byWasm ? scratch(4 * size).f32.subarray(SCRATCH / 4) : allocate(x.dtype, size);
  const moves = byWasm ? moveByWasm : move;
  const [imageStep, ...given] = x.strides;
  const asItLies = isDense(new Tensor(x.data, x.shape.slice(1), given));
  const [channelStep, rowStep, step] = asItLies ? given : [height * width, width, 1];
  const block = (l: number, m: number, stepL: number, stepM: number, stepN: number): Block =>
    channelStep === 1 || channels > outputW
      ? [l, stepL, m, stepM, channels, stepN]
      : [l, stepL, channels, stepN, m, stepM];

  for (let n = 0; n < images; n++) {
    const at = x.offset + n * imageStep;
    if (back) heap.fill(0, 0, pixels);
    else if (asItLies) heap.set(x.data.subarray(at, at + pixels));
    else {
      const from = [channels, given[0], height, given[1], width, given[2]] as const;
      move(false, x.data, at, from, heap, 0, [channels, channelStep, height, rowStep, width, step]);
    }
    for (let first = 0; first < outputH; first += rows) {
      const end = Math.min(outputH, first + rows);
      const start = col.offset + (n * outputH + first) * row;
      const windows = col.data.subarray(start, start + (end - first) * row);
      if (back) heap.set(windows, pixels);
      else heap.fill(0, pixels, pixels + windows.length);
      for (let p = filterH - 1; p >= 0; p--) {
        const top = p * dilationH - padH;
        const i = Math.max(first, Math.ceil(-top / strideH));
        const l = Math.min(end, endInside(top, strideH, outputH, height)) - i;
        for (let q = filterW - 1; q >= 0; q--) {
          const left = q * dilationW - padW;
          const j = Math.max(0, Math.ceil(-left / strideW));
          const m = endInside(left, strideW, outputW, width) - j;
          const pixel = (i * strideH + top) * rowStep + (j * strideW + left) * step;
          const place = pixels + ((i - first) * outputW + j) * length + p * filterW + q;
          const ofImage = block(l, m, strideH * rowStep, strideW * step, channelStep);
          const ofCol = block(l, m, row, length, area);
          if (back) moves(true, heap, place, ofCol, heap, pixel, ofImage);
          else moves(false, heap, pixel, ofImage, heap, place, ofCol);
        }
      }
      if (!back) windows.set(heap.subarray(pixels, pixels + windows.length));
    }
    if (back) x.data.set(heap.subarray(0, pixels), at);
  }
}

/**
 * Unfolds sliding windows of images into rows, so that convolution becomes a matrix product.
 *
 * y[(n·OH + i)·OW + j, (c·FH + p)·FW + q] = x[n, c, i·stride + p·dilation − pad, j·stride + q·dilation − pad], 0 outside.
 *
 * @param x        images, [N, C, H, W]
 * @param filterH  window height in pixels, at most H + 2·pad
 * @param filterW  window width in pixels, at most W + 2·pad
 * @returns        [N·OH·OW, C·FH·FW], OH = ⌊(H + 2·pad − dilation·(FH − 1) − 1)/stride⌋ + 1
 * @throws ShapeError when x is not 4-D, the window is larger than the padded image, or a number is out of range
 * Adjoint: {@link col2im}. Source: Deep Learning from Scratch, 7.4.2 (common/util.py).
 */
export function im2col(x: Tensor, filterH: number, filterW: number, options: WindowOptions = {}): Tensor {
  const window = windowOf("im2col", x.shape, filterH, filterW, options);
  const shape = colShape(x.shape, window);
  const col = new Tensor(allocate(x.dtype, sizeOf(shape)), shape);
  moveWindows(false, x, col, window);
  return col;
}

/** The shape of the rows of windows over images. */
export function colShape([images, channels]: Shape, { outputH, outputW, filterH, filterW }: Window): Shape {
  return [images * outputH * outputW, channels * filterH * filterW];
}

/** Refuses rows of another shape than the windows over images have. */
export function checkCol(col: Pick<Tensor, "shape" | "dtype">, inputShape: Shape, window: Window): void {
  const expected = colShape(inputShape, window);
  if (sameShape(col.shape, expected)) return;
  throw ShapeError.of("col2im", "col", col, formatShape(expected), {
    problem: `col has shape ${formatShape(col.shape)} for windows over ${formatShape(inputShape)}`,
    hint: "Use the filter size, stride and pad that im2col was called with.",
  });
}

/**
 * Folds rows of windows back to images; where windows overlap, their values add up (of bools, one that is true makes
 * the sum true). The adjoint of {@link im2col}.
 * In memory the channels of a pixel lie together, as in what a convolution gives.
 *
 * @param col         [N·OH·OW, C·FH·FW]
 * @param inputShape  [N, C, H, W] of the images
 * @param filterH     FH, the window height in pixels
 * @param filterW     FW, the window width in pixels
 * @throws ShapeError when col has not the shape that im2col would give
 * Source: Deep Learning from Scratch, 7.4.2 (common/util.py).
 */
export function col2im(
  col: Tensor,
  inputShape: Shape,
  filterH: number,
  filterW: number,
  options: WindowOptions = {},
): Tensor {
  const window = windowOf("col2im", inputShape, filterH, filterW, options);
  checkCol(col, inputShape, window);
  // A byte could not hold the sum.
  if (col.dtype === "bool") return cast(col2im(cast(col, "int32"), inputShape, filterH, filterW, options), "bool");
  const [, channels, height, width] = inputShape;
  const strides = [height * width * channels, 1, width * channels, channels];
  const x = new Tensor(allocate(col.dtype, sizeOf(inputShape)), inputShape, strides);
  moveWindows(true, x, contiguous(col), window);
  return x;
}
