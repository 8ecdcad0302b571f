/** Convolution and its gradient, as the book writes them: products with the rows of im2col. */
import type { GraphNode } from "@adjoint/autograd";
import {
  behind,
  convolutionAt,
  filterGradientsAt,
  imageGradientsAt,
  turnOf,
  type WindowAttributes,
  type Windows,
  windowsAt,
  windowsOn,
} from "@adjoint/compiler/internal";
import { sizeOf } from "@adjoint/tensor";
import { convolved, isInBlocks } from "../blocks.ts";
import type { Emitter, OnnxValue } from "../emitter.ts";
import { mostSlices, windowsOf } from "../ops/windows.ts";
import type { GraphView, Pattern } from "./pattern.ts";
import { biasedAt } from "./products.ts";

/** A convolution: windows, the filters as matrices, and in how many groups they are. */
interface Convolution {
  readonly windows: Windows;
  readonly filters: GraphNode;
  readonly groups: number;
}

/** The convolution whose rows [N·OH·OW, F] a node gives; null for others. */
function groupedAt(node: GraphNode, { nodes, at, uses }: GraphView): Convolution | null {
  if (node.dtype !== "float32") return null;
  const whole = convolutionAt(node, at);
  if (whole !== null) return { ...whole, groups: 1 };
  // In groups: rows of windows are taken apart, multiplied by the filters of their group and put together.
  if (node.op !== "reshape" || node.shape.length !== 2) return null;
  const joined = nodes[node.inputs[0]];
  if (turnOf(joined) !== "1,0,2") return null;
  const product = nodes[joined.inputs[0]];
  if (product.op !== "matmul" || product.shape.length !== 3 || uses(joined.id) !== 1 || uses(product.id) !== 1)
    return null;
  const [byGroup, filters] = product.inputs.map(at);
  const windows = turnOf(byGroup) === "1,0,2" ? windowsAt(behind(at(byGroup.inputs[0]), at, "reshape"), at) : null;
  const isWhole = windows !== null && windows.col.shape[0] === byGroup.shape[1] && sizeOf(filters.shape) > 0;
  return isWhole ? { windows, filters, groups: filters.shape[0] } : null;
}

function attributesOf(window: ReturnType<typeof windowsOn>, { filterH, filterW }: WindowAttributes, group: number) {
  const { strideH, strideW, padH, padW, dilationH, dilationW } = window;
  return {
    kernel_shape: [filterH, filterW],
    strides: [strideH, strideW],
    pads: [padH, padW, padH, padW],
    dilations: [dilationH, dilationW],
    group,
  };
}

/** Writes a convolution, as rows of windows. */
function write(
  out: Emitter,
  { windows, filters, groups }: Convolution,
  [x, w, ...bias]: readonly OnnxValue[],
): OnnxValue {
  const { attributes } = windows;
  const images = windows.images.shape;
  const { filterH, filterW } = attributes;
  const window = windowsOn(images, attributes);
  const { outputH, outputW } = window;
  const { shape } = filters;
  const f = groups * shape[shape.length - 1];
  const rows = out.transpose(out.expand(w, shape), groups === 1 ? [1, 0] : [0, 2, 1]);
  const kernel = out.reshape(rows, [f, images[1] / groups, filterH, filterW]);
  const operands = [out.expand(x, images), kernel, ...bias.map((b) => out.reshape(b, [f]))] as const;
  const y = convolved(out, operands, [images[0], f, outputH, outputW], attributesOf(window, attributes, groups));
  return out.reshape(out.transpose(y, [0, 2, 3, 1]), [images[0] * outputH * outputW, f]);
}

/** Windows times filters, with or without a bias. */
export const convolution: Pattern = {
  name: "convolution",
  ops: ["add", "matmul", "reshape"],
  find(node, graph) {
    const sum = biasedAt(node, graph);
    const found = groupedAt(sum?.of ?? node, graph);
    if (found === null) return null;
    const inputs = [found.windows.images.id, found.filters.id, ...(sum === null ? [] : [sum.bias])];
    return { inputs, write: (out, values) => write(out, found, values) };
  },
};

/** Rows times filters, added up where windows overlap: a transposed convolution, or the gradient of a convolution. */
export const transposedConvolution: Pattern = {
  name: "transposed convolution",
  ops: ["col2im"],
  find(node, { at }) {
    const found = imageGradientsAt(node, at);
    if (found === null || node.dtype !== "float32") return null;
    const { gradients: gy, filters: w, attributes: own } = found;
    const { shape, dtype } = node;
    const f = gy.shape[1];
    const [n, c, h, width] = shape;
    const { filterH, filterW } = own;
    const window = windowsOn(shape, own);
    const { outputH, outputW, strideH, strideW, padH, padW, dilationH, dilationW } = window;
    // What windows do not reach at the lower right.
    const left = [
      h - ((outputH - 1) * strideH + dilationH * (filterH - 1) + 1 - 2 * padH),
      width - ((outputW - 1) * strideW + dilationW * (filterW - 1) + 1 - 2 * padW),
    ];
    return {
      inputs: [gy.id, w.id],
      write: (out, [g, filters]) => {
        const grids = out.reshape(out.expand(g, gy.shape), [n, outputH, outputW, f]);
        const images = out.transpose(grids, [0, 3, 1, 2]);
        const kernel = out.reshape(out.expand(filters, w.shape), [f, c, filterH, filterW]);
        const pads = [dilationH * (filterH - 1) - padH, dilationW * (filterW - 1) - padW];
        if (strideH === 1 && strideW === 1 && pads.every((pad) => pad >= 0) && isInBlocks(out, [c, f], 1)) {
          // Without strides it is a convolution by the filters turned around.
          const slices = kernel.shape.map((length, axis) =>
            axis < 2 ? null : { start: length - 1, step: -1, length },
          );
          const around = out.slice(kernel, slices);
          const attributes = { ...attributesOf(window, own, 1), pads: [...pads, ...pads] };
          return convolved(out, [images, out.transpose(around, [1, 0, 2, 3])], shape, attributes);
        }
        const attributes = { ...attributesOf(window, own, 1), output_padding: left };
        return out.emit("ConvTranspose", [images, kernel], { shape, type: dtype }, attributes);
      },
    };
  },
};

/** x moved along an axis, to a length there: zeros come in, and what is beyond is left out. */
function moved(out: Emitter, x: OnnxValue, axis: number, by: number, length: number): OnnxValue {
  const { shape } = x;
  const step = sizeOf(shape.slice(axis + 1));
  // All that moves together as one axis: ONNX Runtime copies it at once then.
  const rows = out.reshape(x, [sizeOf(shape.slice(0, axis)), shape[axis] * step]);
  return out.reshape(out.pad(rows, [0, by * step], [0, (length - shape[axis] - by) * step]), shape.with(axis, length));
}

/**
 * Windows, transposed, times gradients. Of few channels, or where windows stride, windows are written out. Else images are moved
 * along rows, and gradients along columns, for each place of a row and of a column: fewer copies than there are places.
 */
export const filterGradients: Pattern = {
  name: "convolution, backward to the filters",
  ops: ["matmul"],
  find(node, { at }) {
    const found = filterGradientsAt(node, at);
    if (found === null || node.dtype !== "float32") return null;
    const { windows, gradients: given } = found;
    const { attributes } = windows;
    const [{ shape: images }, { shape }] = [windows.images, node];
    const { filterH, filterW } = attributes;
    if (filterH * filterW > mostSlices) return null;
    const { outputH, outputW, strideH, strideW, padH, padW, dilationH, dilationW } = windowsOn(images, attributes);
    const [n, c, h, w] = images;
    const f = shape[1];
    const [downs, rights] = [
      Array.from({ length: filterH }, (_, p) => p * dilationH - padH),
      Array.from({ length: filterW }, (_, q) => padW - q * dilationW),
    ];
    const isMoved =
      strideH === 1 &&
      strideW === 1 &&
      downs.every((by) => -outputH < by && by < h) &&
      rights.every((by) => -w < by && by < outputW) &&
      // Numbers copied for each row of filters but the first, into windows and out of them, and gradients moved instead.
      2 * filterW * c > f;
    return {
      inputs: [windows.images.id, given.id],
      write: (out, [x, g]) => {
        const grids = out.transpose(out.reshape(out.expand(g, given.shape), [n, outputH, outputW, f]), [0, 3, 1, 2]);
        // Channels first: then the pixels of a channel at one place of all windows are a row.
        const gradients = out.transpose(grids, [1, 0, 2, 3]);
        const product = (pixels: OnnxValue, by: OnnxValue): OnnxValue => {
          const spec = { shape: [pixels.shape[0], f], type: x.type };
          return out.emit("Gemm", [pixels, out.reshape(by, [f, pixels.shape[1]])], spec, { transA: 0, transB: 1 });
        };
        const whole = out.expand(x, images);
        if (!isMoved) return product(windowsOf(out, whole, attributes), gradients);
        const turned = out.transpose(whole, [1, 0, 2, 3]);
        const rows = rights.map((by) => out.reshape(moved(out, turned, 3, by, outputW), [c, 1, n * h * outputW]));
        const pixels = out.reshape(out.concat(rows, 1), [c * filterW, n * h * outputW]);
        const products = downs.map((by) => product(pixels, moved(out, gradients, 2, by, h)));
        const parts = products.map((part) => out.reshape(part, [c, 1, filterW, f]));
        return out.reshape(out.concat(parts, 1), shape);
      },
    };
  },
};
