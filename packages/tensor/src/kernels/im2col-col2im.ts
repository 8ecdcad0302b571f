/** The pair im2col (sliding windows unfolded into rows) and col2im (rows folded back, overlaps added up). */
import { allocate } from "../dtype.ts";
import { ShapeError } from "../errors.ts";
import { type Shape, type Window, type WindowOptions, windowOf } from "../shape.ts";
import { formatShape } from "../shown.ts";
import { Tensor } from "../tensor.ts";
import { runsAsWasm } from "./backend.ts";
import { contiguous } from "./copy.ts";
import { isDense } from "./planes.ts";
import { LEAST_WINDOWS, wasmWindows } from "./wasm/windows.ts";

/** The first p of a window at `start` (steps of `dilation`) that lies in the image. */
function firstInside(start: number, dilation: number): number {
  return start >= 0 ? 0 : Math.ceil(-start / dilation);
}

/** The p from which on a window at `start` has left an image of `length`. */
function endInside(start: number, dilation: number, size: number, length: number): number {
  return Math.min(size, Math.ceil((length - start) / dilation));
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
  const [images, channels, height, width] = x.shape;
  const { outputH, outputW, strideH, strideW, padH, padW, dilationH, dilationW } = window;
  const [imageStep, channelStep, rowStep, step] = x.strides;
  const { data } = x;
  const length = channels * filterH * filterW;
  const out = allocate(x.dtype, images * outputH * outputW * length);
  const isOne = isDense(new Tensor(data, x.shape.slice(1), x.strides.slice(1)));
  if (data instanceof Float32Array && isOne && runsAsWasm(out.length, LEAST_WINDOWS)) {
    wasmWindows(false, data, x.offset, x.shape, x.strides, out as Float32Array, 0, window);
    return new Tensor(out, [images * outputH * outputW, length]);
  }
  const rowsApart = rowStep * dilationH;
  const apart = step * dilationW;
  let row = 0;
  for (let n = 0; n < images; n++) {
    for (let i = 0; i < outputH; i++) {
      const top = i * strideH - padH;
      const firstP = firstInside(top, dilationH);
      const endP = endInside(top, dilationH, filterH, height);
      for (let j = 0; j < outputW; j++, row += length) {
        const left = j * strideW - padW;
        const firstQ = firstInside(left, dilationW);
        const endQ = endInside(left, dilationW, filterW, width);
        let from = x.offset + n * imageStep + top * rowStep + left * step;
        let o = row;
        for (let c = 0; c < channels; c++, from += channelStep, o += filterH * filterW) {
          for (let p = firstP; p < endP; p++) {
            const start = o + p * filterW;
            const at = from + p * rowsApart;
            for (let q = firstQ; q < endQ; q++) out[start + q] = data[at + q * apart];
          }
        }
      }
    }
  }
  return new Tensor(out, [images * outputH * outputW, length]);
}

function checkCol(col: Tensor, inputShape: Shape, { outputH, outputW, filterH, filterW }: Window): void {
  const expected = [inputShape[0] * outputH * outputW, inputShape[1] * filterH * filterW];
  if (col.ndim === 2 && col.shape[0] === expected[0] && col.shape[1] === expected[1]) return;
  throw ShapeError.of("col2im", "col", col, formatShape(expected), {
    problem: `col has shape ${formatShape(col.shape)} for windows over ${formatShape(inputShape)}`,
    hint: "Use the filter size, stride and pad that im2col was called with.",
  });
}

/**
 * Folds rows of windows back to images; where windows overlap, their values add up. The adjoint of {@link im2col}.
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
  const [images, channels, height, width] = inputShape;
  const { outputH, outputW, strideH, strideW, padH, padW, dilationH, dilationW } = window;
  const { data, offset } = contiguous(col);
  const area = filterH * filterW;
  const length = channels * area;
  const out = allocate(col.dtype, images * channels * height * width);
  const rowStep = width * channels;
  const strides = [height * rowStep, 1, rowStep, channels];
  if (data instanceof Float32Array && runsAsWasm(col.size, LEAST_WINDOWS)) {
    wasmWindows(true, out as Float32Array, 0, inputShape, strides, data, offset, window);
    return new Tensor(out, inputShape, strides);
  }
  let row = offset;
  for (let n = 0; n < images; n++) {
    for (let i = 0; i < outputH; i++) {
      const top = i * strideH - padH;
      const firstP = firstInside(top, dilationH);
      const endP = endInside(top, dilationH, filterH, height);
      for (let j = 0; j < outputW; j++, row += length) {
        const left = j * strideW - padW;
        const firstQ = firstInside(left, dilationW);
        const endQ = endInside(left, dilationW, filterW, width);
        const to = (n * height + top) * rowStep + left * channels;
        for (let p = firstP; p < endP; p++) {
          for (let q = firstQ; q < endQ; q++) {
            let from = row + p * filterW + q;
            const pixel = to + p * dilationH * rowStep + q * dilationW * channels;
            for (let c = 0; c < channels; c++, from += area) out[pixel + c] += data[from];
          }
        }
      }
    }
  }
  return new Tensor(out, inputShape, strides);
}
