/** Convolutions and transposed convolutions over any number of axes. */
import { concat, type Variable } from "@adjoint/autograd";
import { convolve } from "@adjoint/nn/internal";
import type { Shape } from "@adjoint/tensor";
import type { NodeCall } from "../../nodes/call.ts";
import type { Lowerings } from "../lowering.ts";
import { perChannel } from "./normalization.ts";
import { type Width, zeroPadded } from "./padding.ts";
import { type AxisWindow, halvesOf, stepsOf, windowsOf, writtenPads } from "./windows.ts";

/** x [N, C, …] as images, [N, C, H, W]: a sequence is an image of one row. */
const asImages = (x: Variable): Variable => (x.ndim === 4 ? x : x.reshape([x.shape[0], x.shape[1], 1, x.shape[2]]));

/** Images as what they were. */
const asBefore = (y: Variable, { ndim }: Variable): Variable =>
  ndim === 4 ? y : y.reshape([y.shape[0], y.shape[1], y.shape[3]]);

/** One axis as two, the first of length 1. */
const both = <T>(values: readonly T[], one: T): readonly [T, T] =>
  values.length === 2 ? [values[0], values[1]] : [one, values[0]];

/** The input, the filters and their lengths, the bias and the groups of both ops. */
function operandsOf(node: NodeCall) {
  const [x, w] = [node.x(0), node.x(1)];
  const kernel = node.ints("kernel_shape");
  const sizes = w.shape.slice(2);
  if (w.ndim !== x.ndim || (kernel !== undefined && kernel.join() !== sizes.join())) {
    throw node.refuse(`has filters of shape [${w.shape.join(", ")}] for an input of shape [${x.shape.join(", ")}]`);
  }
  return { x, w, sizes, bias: node.optional(2), groups: node.int("group", 1) };
}

function convolution(node: NodeCall): Variable {
  const { x, w, sizes, bias, groups } = operandsOf(node);
  if (!(groups >= 1) || w.shape[0] % groups !== 0) throw node.refuse(`has ${groups} groups of ${w.shape[0]} filters`);
  if (x.ndim < 3) throw noAxes(node, x);
  if (bias !== null) node.checkShape(2, [w.shape[0]]);
  return convolved(x, w, bias, windowsOf(node, x.shape.slice(2), sizes), groups);
}

const noAxes = (node: NodeCall, x: Variable): Error =>
  node.refuse(`takes an input of shape [${x.shape.join(", ")}]`, { expected: "[N, C, …] with an axis at least" });

/** Sequences and images at once; of more axes what each step along the first window adds, over the other axes. */
function convolved(
  x: Variable,
  w: Variable,
  bias: Variable | null,
  windows: readonly AxisWindow[],
  groups: number,
): Variable {
  if (x.ndim > 4) {
    const [{ size, count, stride, dilation, pads }, ...others] = windows;
    const padded = zeroPadded(x, [[0, 0], [0, 0], pads, ...others.map((): Width => [0, 0])]);
    const parts = Array.from({ length: size }, (_, k) => {
      const read = along(padded, k * dilation, (count - 1) * stride + 1, stride);
      return convolved(joined(read), along(w, k, 1).reshape(w.shape.toSpliced(2, 1)), null, others, groups);
    });
    const y = apart(summed(parts), count);
    return bias === null ? y : y.add(perChannel(bias, x));
  }
  const each = <T>(of: (window: AxisWindow) => T, one: T): readonly [T, T] => both(windows.map(of), one);
  const pads = each((window) => window.pads, [0, 0]);
  // im2col pads both sides alike; where they differ, zeros are added before.
  const isEven = pads.every(([before, after]) => before === after && before >= 0);
  const images = asImages(x);
  const y = convolve(isEven ? images : zeroPadded(images, [[0, 0], [0, 0], ...pads]), asImages(w), bias, {
    stride: each(({ stride }) => stride, 1),
    dilation: each(({ dilation }) => dilation, 1),
    pad: isEven ? [pads[0][0], pads[1][0]] : 0,
    groups,
  });
  return asBefore(y, x);
}

const summed = (parts: readonly Variable[]): Variable => parts.reduce((a, b) => a.add(b));

/** A part of the third axis of a shape: `span` elements from `start` on, of which every `step`th. */
const partOf = (shape: Shape, start: number, span: number, step = 1) => ({
  start: shape.map((_, axis) => (axis === 2 ? start : 0)),
  stop: shape.with(2, start + span),
  step: shape.map((_, axis) => (axis === 2 ? step : 1)),
});
const along = (x: Variable, start: number, span: number, step?: number): Variable =>
  x.slice(partOf(x.shape, start, span, step));

/** [N, C, D, …] as [N · D, C, …], and back. */
function joined(x: Variable): Variable {
  const [count, channels, depth, ...rest] = x.shape;
  return x.moveAxis(2, 1).reshape([count * depth, channels, ...rest]);
}
function apart(x: Variable, depth: number): Variable {
  const [count, channels, ...rest] = x.shape;
  return x.reshape([count / depth, depth, channels, ...rest]).moveAxis(1, 2);
}

/** What every element of x adds to the output: x Wᵀ, group by group, folded back. */
function transposedConvolution(node: NodeCall): Variable {
  const { x, w, sizes, bias, groups } = operandsOf(node);
  const n = x.ndim - 2;
  const { strides, dilations } = stepsOf(node, n);
  const more = node.ints("output_padding") ?? new Array<number>(n).fill(0);
  const wanted = node.ints("output_shape");
  const { pads: given, auto } = writtenPads(node, n);
  const spans = sizes.map((size, i) => dilations[i] * (size - 1) + 1);
  const full = spans.map((span, i) => (x.shape[i + 2] - 1) * strides[i] + span);
  if (
    more.length !== n ||
    more.some((k) => !(k >= 0 && k < 2 ** 31)) ||
    (wanted !== undefined && wanted.length !== n)
  ) {
    throw node.refuse(`has an output_padding or output_shape that are not ${n} lengths`);
  }
  const pads = full.map((length, i): Width => {
    const isSame = auto === "SAME_UPPER" || auto === "SAME_LOWER";
    const size = wanted?.[i] ?? (isSame ? x.shape[i + 2] * strides[i] : undefined);
    if (size === undefined) return given[i];
    return halvesOf(length + more[i] - size, auto);
  });
  if (x.ndim < 3) throw noAxes(node, x);
  const [channels] = w.shape;
  if (channels !== x.shape[1] || !(groups >= 1) || channels % groups !== 0) {
    throw node.refuse(`has filters of shape [${w.shape.join(", ")}] for ${x.shape[1]} channels in ${groups} groups`);
  }
  if (bias !== null) node.checkShape(2, [w.shape[1] * groups]);
  node.checkMade(full);
  const axes = full.map((length, i): TransposedAxis => {
    const [before, after] = pads[i];
    return { length, stride: strides[i], dilation: dilations[i], cut: [-before, more[i] - after] };
  });
  const y = spread(x, w, axes, groups);
  return bias === null ? y : y.add(perChannel(bias, x));
}

/** One axis of a transposed convolution: its length before anything is cut off or added, and these. */
interface TransposedAxis {
  readonly length: number;
  readonly stride: number;
  readonly dilation: number;
  readonly cut: Width;
}

/** Sequences and images at once; of more axes what each step along the first window adds, over the other axes. */
function spread(x: Variable, w: Variable, axes: readonly TransposedAxis[], groups: number): Variable {
  if (x.ndim > 4) {
    const [{ length, stride, dilation, cut }, ...others] = axes;
    const [, , depth] = x.shape;
    const parts = Array.from({ length: w.shape[2] }, (_, k) => {
      const of = along(w, k, 1).reshape(w.shape.toSpliced(2, 1));
      const part = apart(spread(joined(x), of, others, groups), depth);
      const place = partOf(part.shape, k * dilation, (depth - 1) * stride + 1, stride);
      return part.padSlice(part.shape.with(2, length), place);
    });
    return zeroPadded(summed(parts), [[0, 0], [0, 0], cut, ...others.map((): Width => [0, 0])]);
  }
  const images = asImages(x);
  const filters = asImages(w);
  const [count, channels, height, width] = images.shape;
  const [, own, filterH, filterW] = filters.shape;
  const rows = images.transpose([0, 2, 3, 1]).reshape([count * height * width, channels]);
  const products = rows.split(groups, { axis: 1 }).map((part, g) => {
    const of = filters.slice({ start: [(g * channels) / groups], stop: [((g + 1) * channels) / groups] });
    return part.matmul(of.reshape([channels / groups, own * filterH * filterW]));
  });
  const col = groups === 1 ? products[0] : concat(products, { axis: 1 });
  const each = <T>(of: (axis: TransposedAxis) => T, one: T): readonly [T, T] => both(axes.map(of), one);
  const [fullH, fullW] = each(({ length }) => length, 1);
  const folded = col.col2im([count, own * groups, fullH, fullW], filterH, filterW, {
    stride: each(({ stride }) => stride, 1),
    dilation: each(({ dilation }) => dilation, 1),
  });
  return asBefore(zeroPadded(folded, [[0, 0], [0, 0], ...each(({ cut }) => cut, [0, 0] as Width)]), x);
}

export const convolutions: Lowerings = { Conv: convolution, ConvTranspose: transposedConvolution };
