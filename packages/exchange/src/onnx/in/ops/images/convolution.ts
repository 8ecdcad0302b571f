/** Convolutions and transposed convolutions, of sequences and images. */
import {
  add,
  asVariable,
  col2im,
  concat,
  matmul,
  reshape,
  slice,
  split,
  transpose,
  type Variable,
} from "@adjoint/autograd";
import { convolve } from "@adjoint/nn/internal";
import type { NodeCall } from "../../call.ts";
import type { Lowerings } from "../lowering.ts";
import { type Width, zeroPadded } from "./padding.ts";
import { stepsOf, windowsOf, writtenPads } from "./windows.ts";

/** x [N, C, …] as images, [N, C, H, W]: a sequence is an image of one row. */
function asImages(node: NodeCall, x: Variable): Variable {
  if (x.ndim === 4) return x;
  if (x.ndim === 3) return reshape(x, [x.shape[0], x.shape[1], 1, x.shape[2]]);
  throw node.refuse(`takes an input of shape [${x.shape.join(", ")}]`, {
    expected: "sequences [N, C, L] or images [N, C, H, W]",
  });
}

/** One axis as two, the first of length 1. */
const both = <T>(values: readonly T[], one: T): readonly [T, T] =>
  values.length === 2 ? [values[0], values[1]] : [one, values[0]];

function convolution(node: NodeCall): Variable {
  const [x, w] = [node.x(0), node.x(1)];
  const bias = node.optional(2);
  const groups = node.int("group", 1);
  const kernel = node.ints("kernel_shape");
  const sizes = w.shape.slice(2);
  if (w.ndim !== x.ndim || (kernel !== undefined && kernel.join() !== sizes.join())) {
    throw node.refuse(`has filters of shape [${w.shape.join(", ")}] for an input of shape [${x.shape.join(", ")}]`);
  }
  if (!(groups >= 1) || w.shape[0] % groups !== 0) throw node.refuse(`has ${groups} groups of ${w.shape[0]} filters`);
  const windows = windowsOf(node, x.shape.slice(2), sizes);
  const pads = both(
    windows.map((window) => window.pads),
    [0, 0] as Width,
  );
  // im2col pads both sides alike; where they differ, zeros are added before.
  const isEven = pads.every(([before, after]) => before === after && before >= 0);
  const images = asImages(node, x);
  const y = convolve(isEven ? images : zeroPadded(images, [[0, 0], [0, 0], ...pads]), asImages(node, w), bias, {
    stride: both(
      windows.map(({ stride }) => stride),
      1,
    ),
    dilation: both(
      windows.map(({ dilation }) => dilation),
      1,
    ),
    pad: isEven ? [pads[0][0], pads[1][0]] : 0,
    groups,
  });
  return x.ndim === 4 ? y : reshape(y, [y.shape[0], y.shape[1], y.shape[3]]);
}

/** What every element of x adds to the output: x Wᵀ, group by group, folded back. */
function transposedConvolution(node: NodeCall): Variable {
  const [x, w] = [node.x(0), node.x(1)];
  const bias = node.optional(2);
  const groups = node.int("group", 1);
  const n = x.ndim - 2;
  const kernel = node.ints("kernel_shape");
  if (w.ndim !== x.ndim || (kernel !== undefined && kernel.join() !== w.shape.slice(2).join())) {
    throw node.refuse(`has filters of shape [${w.shape.join(", ")}] for an input of shape [${x.shape.join(", ")}]`);
  }
  const { strides, dilations } = stepsOf(node, n);
  const more = node.ints("output_padding") ?? new Array<number>(n).fill(0);
  const wanted = node.ints("output_shape");
  const { pads: given, auto } = writtenPads(node, n);
  const spans = w.shape.slice(2).map((size, i) => dilations[i] * (size - 1) + 1);
  const full = spans.map((span, i) => (x.shape[i + 2] - 1) * strides[i] + span);
  if (more.length !== n || (wanted !== undefined && wanted.length !== n)) {
    throw node.refuse(`has output_padding or output_shape for another number of axes than ${n}`);
  }
  const pads = full.map((length, i): Width => {
    const isSame = auto === "SAME_UPPER" || auto === "SAME_LOWER";
    const size = wanted?.[i] ?? (isSame ? x.shape[i + 2] * strides[i] : undefined);
    if (size === undefined) return given[i];
    const total = length + more[i] - size;
    const half = Math.floor(total / 2);
    return auto === "SAME_UPPER" ? [half, total - half] : [total - half, half];
  });
  const images = asImages(node, x);
  const filters = asImages(node, w);
  const [count, channels, height, width] = images.shape;
  const [inner, own, filterH, filterW] = filters.shape;
  if (inner !== channels || channels % groups !== 0) {
    throw node.refuse(`has filters of shape [${w.shape.join(", ")}] for ${channels} channels in ${groups} groups`);
  }
  const rows = reshape(transpose(images, [0, 2, 3, 1]), [count * height * width, channels]);
  const products = split(rows, groups, { axis: 1 }).map((part, g) => {
    const of = slice(filters, { start: [(g * channels) / groups], stop: [((g + 1) * channels) / groups] });
    return matmul(part, reshape(of, [channels / groups, own * filterH * filterW]));
  });
  const col = groups === 1 ? products[0] : concat(products, { axis: 1 });
  const [fullH, fullW] = both(full, 1);
  node.checkMade([fullH, fullW]);
  const folded = col2im(col, [count, own * groups, fullH, fullW], filterH, filterW, {
    stride: both(strides, 1),
    dilation: both(dilations, 1),
  });
  const cut = pads.map(([before, after], i): Width => [-before, more[i] - after]);
  const y = zeroPadded(folded, [[0, 0], [0, 0], ...both(cut, [0, 0] as Width)]);
  const biased = bias === null ? y : add(y, reshape(asVariable("ConvTranspose", bias), [1, own * groups, 1, 1]));
  return x.ndim === 4 ? biased : reshape(biased, [biased.shape[0], biased.shape[1], biased.shape[3]]);
}

export const convolutions: Lowerings = { Conv: convolution, ConvTranspose: transposedConvolution };
