/** Pooling, as the book writes it: im2col, and the largest number or the mean of each row; and its gradient. */
import type { GraphNode } from "@adjoint/autograd";
import {
  maxPoolingAt,
  maxUnpoolingAt,
  type NodeAt,
  numberOf,
  type WindowAttributes,
  type Windows,
  windowRowsAt,
  windowsOn,
} from "@adjoint/compiler/internal";
import { type Shape, Tensor } from "@adjoint/tensor";
import { axesOf, imagesFrom, pooledBy } from "../blocks.ts";
import type { Emitter, OnnxValue } from "../emitter.ts";
import { addedUp, isTiling, paddedImages, pixelsAt, placesOf } from "../ops/windows.ts";
import { gatedBy } from "./gates.ts";
import type { Found, Pattern } from "./pattern.ts";

/** The largest window whose gradient is written place by place. */
const mostPlaces = 16;

/**
 * Images that were just padded, with an op behind the padding that changes nothing: ONNX Runtime makes padding by zeros a part
 * of the pooling, where it is left out of maxima, and refused where it is as wide as a window.
 */
const apart = (out: Emitter, x: OnnxValue): OnnxValue =>
  out.producerOf(x)?.op === "Pad" ? out.map("Max", [x, Number.NEGATIVE_INFINITY]) : x;

/** Reduces windows of images by a pooling op: [N, C, OH, OW]. Zeros of the padding are numbers like others. */
function pooled(out: Emitter, op: "MaxPool" | "AveragePool", x: OnnxValue, attributes: WindowAttributes): OnnxValue {
  const { filterH, filterW } = attributes;
  const window = windowsOn(x.shape, attributes);
  const { outputH, outputW, strideH, strideW, padH, padW, dilationH, dilationW } = window;
  const [n, c] = x.shape;
  const moves = { kernel_shape: [filterH, filterW], strides: [strideH, strideW], pads: [padH, padW, padH, padW] };
  const more = op === "MaxPool" ? { dilations: [dilationH, dilationW] } : { count_include_pad: 1 };
  const y = pooledBy(out, op, apart(out, x), [n, c, outputH, outputW], { ...moves, ...more });
  if (op === "AveragePool" || (padH === 0 && padW === 0)) return y;
  // MaxPool leaves the padding out. Zeros around the images by Pad are no way: ONNX Runtime makes them padding again.
  return out.map("Max", [y, out.tensor(leastOf(x.shape, window, attributes))]);
}

/** What the largest number of each window is at least: 0 where it reaches into the padding, [1, 1, OH, OW]. */
function leastOf(images: Shape, window: ReturnType<typeof windowsOn>, { filterH, filterW }: WindowAttributes): Tensor {
  const { outputH, outputW, strideH, strideW, padH, padW, dilationH, dilationW } = window;
  const leaves = (at: number, step: number, pad: number, size: number, dilation: number, length: number): boolean =>
    at * step < pad || at * step - pad + (size - 1) * dilation >= length;
  const least = Float32Array.from({ length: outputH * outputW }, (_, k) => {
    const isOut =
      leaves(Math.floor(k / outputW), strideH, padH, filterH, dilationH, images[2]) ||
      leaves(k % outputW, strideW, padW, filterW, dilationW, images[3]);
    return isOut ? 0 : Number.NEGATIVE_INFINITY;
  });
  return new Tensor(least, [1, 1, outputH, outputW]);
}

/** Whether every window has a pixel of the image: ONNX Runtime refuses others. */
function isPoolable(images: Shape, attributes: WindowAttributes): boolean {
  const { padH, padW } = windowsOn(images, attributes);
  return padH < attributes.filterH && padW < attributes.filterW;
}

/** What writes windows that were found, each reduced, in the order of the rows of im2col: channels last. */
const poolingOf = (op: "MaxPool" | "AveragePool", { images, attributes }: Windows, shape: Shape): Found => ({
  inputs: [images.id],
  write: (out, [value]) => {
    const y = pooled(out, op, out.expand(value, images.shape), attributes);
    return out.reshape(out.transpose(y, [0, 2, 3, 1]), shape);
  },
});

/** The largest number of each window. */
export const maxPooling: Pattern = {
  name: "max pooling",
  ops: ["max"],
  find(node, { at }) {
    const windows = maxPoolingAt(node, at);
    if (windows === null || node.dtype !== "float32") return null;
    return isPoolable(windows.images.shape, windows.attributes) ? poolingOf("MaxPool", windows, node.shape) : null;
  },
};

/** The mean of each window. */
export const averagePooling: Pattern = {
  name: "average pooling",
  ops: ["div"],
  find({ inputs: [total, by], shape, dtype }, { nodes, at, uses }) {
    const sum = nodes[total];
    if (sum.op !== "sum" || uses(total) !== 1 || dtype !== "float32") return null;
    const rows = nodes[sum.inputs[0]];
    const windows = windowRowsAt(rows, at);
    const { axes } = sum.attributes as { readonly axes: readonly number[] };
    const last = rows.shape.length - 1;
    if (windows === null || axes.length !== 1 || axes[0] !== last) return null;
    const { images, attributes } = windows;
    const { dilationH, dilationW } = windowsOn(images.shape, attributes);
    if (numberOf(at(by), at) !== rows.shape[last] || !isPoolable(images.shape, attributes)) return null;
    // ONNX has dilated means from opset 19 on only.
    return dilationH === 1 && dilationW === 1 ? poolingOf("AveragePool", windows, shape) : null;
  },
};

/** What the gradient of max pooling reads: the images, the gradients of the largest numbers, and how windows move. */
function unpoolingAt(node: GraphNode, at: NodeAt) {
  const found = node.dtype === "float32" ? maxUnpoolingAt(node, at) : null;
  if (found === null) return null;
  const { images, attributes: window } = found.windows;
  const isWritten = placesOf(window).length <= mostPlaces && isPoolable(images.shape, window);
  return isWritten ? { images, updates: found.updates, window } : null;
}

/** What writes the gradient that was found; of pooled relu, what was not positive gets none. */
function writerOf({ images, updates, window }: NonNullable<ReturnType<typeof unpoolingAt>>, isOfRelu: boolean) {
  return {
    inputs: [images.id, updates.id],
    write: (out: Emitter, [x, g]: readonly OnnxValue[]): OnnxValue =>
      unpooled(out, out.expand(x, images.shape), out.expand(g, updates.shape), window, isOfRelu),
  };
}

/** Writes the gradient of max pooling. */
function unpooled(
  out: Emitter,
  x: OnnxValue,
  gradients: OnnxValue,
  window: WindowAttributes,
  isOfRelu: boolean,
): OnnxValue {
  const [n, c] = x.shape;
  const windows = windowsOn(x.shape, window);
  const y = pooled(out, "MaxPool", x, window);
  const rows = out.reshape(gradients, [n, windows.outputH, windows.outputW, c]);
  const isInBlocks = out.inBlocks(x) !== null && out.inBlocks(y) !== null;
  const [images, largest, given] = [x, y, out.transpose(rows, [0, 3, 1, 2])].map((value) =>
    axesOf(out, value, isInBlocks),
  );
  const isPositive = out.map("Greater", [largest, 0]);
  const g = isOfRelu ? out.map("Mul", [given, out.cast(isPositive, given.type)]) : given;
  const parts = firstLargest(out, paddedImages(out, images, windows), largest, window, windows).map((isHere) =>
    out.map("Mul", [out.cast(isHere, x.type), g]),
  );
  return imagesFrom(out, gathered(out, parts, images.shape, window), x.shape);
}

/** The gradient of max pooling: each goes to the first largest number of its window. */
export const maxUnpooling: Pattern = {
  name: "max pooling, backward",
  ops: ["col2im"],
  find(node, { at }) {
    const found = unpoolingAt(node, at);
    return found === null ? null : writerOf(found, false);
  },
};

/** The gradient of relu after that of max pooling: it stops where the largest number is not positive, which are fewer places. */
export const pooledReluGate: Pattern = {
  name: "relu and max pooling, backward",
  ops: ["where"],
  find(node, { nodes, at, uses }) {
    const y = gatedBy(node, at);
    const gradient = nodes[node.inputs[1]];
    const found = y === null || gradient.op !== "col2im" || uses(gradient.id) !== 1 ? null : unpoolingAt(gradient, at);
    return found === null || found.images.id !== y ? null : writerOf(found, true);
  },
};

/** For each place of a window, in which windows it is the first largest number. */
function firstLargest(
  out: Emitter,
  padded: OnnxValue,
  y: OnnxValue,
  window: WindowAttributes,
  windows: ReturnType<typeof windowsOn>,
): OnnxValue[] {
  let isFree: OnnxValue | null = null;
  return placesOf(window).map(([p, q]) => {
    const isLargest = out.map("Equal", [pixelsAt(out, padded, windows, p, q), y]);
    const isFirst: OnnxValue = isFree === null ? isLargest : out.map("And", [isFree, isLargest]);
    const isOther = out.map("Not", [isLargest]);
    isFree = isFree === null ? isOther : out.map("And", [isFree, isOther]);
    return isFirst;
  });
}

/** Images of the numbers at each place of their windows. */
function gathered(out: Emitter, parts: readonly OnnxValue[], images: Shape, window: WindowAttributes): OnnxValue {
  const { filterH, filterW } = window;
  const [n, c, , w, ...block] = images;
  const plane = images.slice(0, 4);
  const { outputH, outputW } = windowsOn(plane, window);
  if (isTiling(plane, window)) {
    // First along rows, then rows between each other: as they lie, since a transpose of six axes takes many times longer.
    const rows = Array.from({ length: filterH }, (_, p) => {
      const pixels = parts.slice(p * filterW, (p + 1) * filterW);
      const columns = pixels.map((part) => out.reshape(part, [n, c, outputH, outputW, 1, ...block]));
      return out.reshape(out.concat(columns, 4), [n, c, outputH, 1, w, ...block]);
    });
    return out.reshape(out.concat(rows, 3), images);
  }
  return addedUp(out, parts, images, window);
}
