/** The pair im2col (unfolds sliding windows into rows) and col2im (folds rows back, overlaps add up). */
import { checkShape, kernels, type Shape, type Window, type WindowOptions, windowOf } from "@adjoint/tensor";
import { checkCol, colShape } from "@adjoint/tensor/internal";
import { asVariable } from "../core/leaf.ts";
import { defineOp, type Op } from "../core/op.ts";
import type { Variable, VariableLike } from "../core/variable.ts";
import { reshape } from "./reshape-transpose.ts";

type Im2colAttributes = Required<WindowOptions> & { readonly filterH: number; readonly filterW: number };

type Col2imAttributes = Im2colAttributes & { readonly inputShape: Shape };

function windowsOf(op: string, input: Shape, { filterH, filterW, ...options }: Im2colAttributes): Window {
  return windowOf(op, input, filterH, filterW, options);
}

const im2colPrimitive: Op<Im2colAttributes> = defineOp<Im2colAttributes>({
  name: "im2col",
  infer: ([x], attributes) => ({ shape: colShape(x.shape, windowsOf("im2col", x.shape, attributes)), dtype: x.dtype }),
  forward: ([x], { filterH, filterW, ...options }) => kernels.im2col(x, filterH, filterW, options),
  backward: [({ grad, inputs: [x], attributes }) => col2imPrimitive(grad, { ...attributes, inputShape: x.shape })],
  saves: "none",
  linear: true,
  batch: ({ inputs: [x], size, shape, apply }) => {
    const [, n, ...image] = x.shape;
    return reshape(apply([reshape(x, [size * n, ...image])]), [size, ...shape]);
  },
  // y[(n, i, j), (c, p, q)] = x[n, c, i·s + p − pad, j·s + q − pad] ⇒ x̄ = col2im ȳ
  // The gradient of every window is folded back onto the image; where windows overlap it adds up.
  // [N, C, H, W] → [N·OH·OW, C·FH·FW]; adjoint: col2im; source: the book, 7.4.2
});

const col2imPrimitive: Op<Col2imAttributes> = defineOp<Col2imAttributes>({
  name: "col2im",
  infer: ([col], { inputShape, ...window }) => {
    checkCol(col, inputShape, windowsOf("col2im", inputShape, window));
    return { shape: inputShape, dtype: col.dtype };
  },
  forward: ([col], { inputShape, filterH, filterW, ...options }) =>
    kernels.col2im(col, inputShape, filterH, filterW, options),
  backward: [({ grad, attributes: { inputShape: _, ...attributes } }) => im2colPrimitive(grad, attributes)],
  saves: "none",
  linear: true,
  batch: ({ inputs: [col], size, shape, attributes, apply }) => {
    const [, rows, columns] = col.shape;
    const [n, ...image] = attributes.inputShape;
    const images = apply([reshape(col, [size * rows, columns])], { ...attributes, inputShape: [size * n, ...image] });
    return reshape(images, [size, ...shape]);
  },
  // y[n, c, h, w] = Σ col over the windows that cover it ⇒ c̄ol = im2col ȳ
  // The gradient is unfolded into windows.
  // [N·OH·OW, C·FH·FW] → [N, C, H, W]; adjoint: im2col; source: the book, 7.4.2
});

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
 * Linear; adjoint: {@link col2im}. Source: Deep Learning from Scratch, 7.4.2 (common/util.py).
 */
export function im2col(x: VariableLike, filterH: number, filterW: number, options: WindowOptions = {}): Variable {
  const input = asVariable("im2col", x);
  windowOf("im2col", input.shape, filterH, filterW, options);
  const { stride = 1, pad = 0, dilation = 1 } = options;
  return im2colPrimitive(input, { filterH, filterW, stride, pad, dilation });
}

/**
 * Folds rows of windows back to images; where windows overlap, their values add up. The adjoint of {@link im2col}.
 *
 * @param col         [N·OH·OW, C·FH·FW]
 * @param inputShape  [N, C, H, W] of the images
 * @throws ShapeError when col has not the shape that im2col would give
 * Source: Deep Learning from Scratch, 7.4.2 (common/util.py).
 */
export function col2im(
  col: VariableLike,
  inputShape: Shape,
  filterH: number,
  filterW: number,
  options: WindowOptions = {},
): Variable {
  checkShape("col2im", inputShape, "inputShape");
  windowOf("col2im", inputShape, filterH, filterW, options);
  const { stride = 1, pad = 0, dilation = 1 } = options;
  return col2imPrimitive(col, { inputShape, filterH, filterW, stride, pad, dilation });
}

export const primitives = { im2col: im2colPrimitive, col2im: col2imPrimitive };
export default { im2col, col2im };
