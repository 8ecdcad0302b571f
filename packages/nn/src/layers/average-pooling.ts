/** Average pooling: the mean of each window. */
import {
  asVariable,
  constant,
  div,
  im2col,
  mean,
  padSlice,
  repeat,
  reshape,
  sum,
  transpose,
  type Variable,
} from "@adjoint/autograd";
import { bothOf } from "@adjoint/tensor";
import { checkCovered, type Padded, padded } from "./kind/padding.ts";
import { type largestOf, type PoolingOptions, Windows, windowed } from "./pooling.ts";

/** How many pixels of the image each window has along an axis of `length` pixels, [OH]; of ops, so that shapes cost nothing. */
function insideOf(axis: 0 | 1, length: number, size: number, { sides, options, x }: Padded): Variable {
  const [before, after] = sides[axis];
  const ones = repeat(constant(1, { dtype: x.dtype === "float64" ? "float64" : "float32" }), [1, 1, length, 1]);
  const around = { start: [0, 0, before], stop: [1, 1, before + length] };
  const line = padSlice(ones, [1, 1, before + length + after, 1], around);
  const col = im2col(line, size, 1, { stride: [bothOf(options.stride)[axis], 1] });
  return sum(col, { axis: 1 });
}

/** The mean of each window. */
export const meansOf: typeof largestOf = (op, x, [poolH, poolW], { countPad, ...options }) => {
  const input = asVariable(op, x);
  const images = padded(op, input, [poolH, poolW], options);
  const { outputH, outputW, sides } = images;
  const [count, channels, height, width] = input.shape;
  const col = im2col(images.x, poolH, poolW, images.options);
  const windows = reshape(col, [count, outputH, outputW, channels, poolH * poolW]);
  if (countPad || sides.flat().every((n) => n === 0)) return transpose(mean(windows, { axis: 4 }), [0, 3, 1, 2]);
  checkCovered(op, options.pad, sides, [poolH, poolW]);
  const down = reshape(insideOf(0, height, poolH, images), [outputH, 1]);
  const across = insideOf(1, width, poolW, images);
  return div(div(transpose(sum(windows, { axis: 4 }), [0, 3, 1, 2]), down), across);
};

/**
 * [N, C, H, W] → [N, C, OH, OW]: y[n, c, i, j] is the mean of window (i, j). Zeros of the padding count, unless `countPad` is false.
 *
 * @param poolH  window height in pixels
 * @param poolW  window width in pixels
 */
export class AveragePooling extends Windows {
  constructor(poolH: number, poolW: number, options?: PoolingOptions) {
    super("AveragePooling", meansOf, poolH, poolW, options);
  }
}

/** The mean of each window: [C, H, W] → [C, OH, OW]. */
export const averagePooling = windowed(
  "averagePooling",
  { prefix: "averagePool", synonyms: "avgpool avgpool2d avgpooling averagepool averagepooling2d" },
  AveragePooling,
);
