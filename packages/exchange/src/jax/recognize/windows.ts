/** Convolution and max pooling in what the book writes out by im2col: they become images without rows. */
import type { GraphNode } from "@adjoint/autograd";
import {
  convolutionAt,
  filterGradientsAt,
  imageGradientsAt,
  maxPoolingAt,
  maxUnpoolingAt,
  turnOf,
  type WindowAttributes,
  windowsOn,
} from "@adjoint/compiler/internal";
import { type Shape, sizeOf } from "@adjoint/tensor";
import type { Nodes } from "./nodes.ts";

/** The axes of images from [N, H, W, C], and to there. */
const toImages = [0, 3, 1, 2];
const toRows = [0, 2, 3, 1];

/** Windows over images [n, c, h, w], the heights and widths of the windows and of the results. */
function sizesOf({ shape }: Pick<GraphNode, "shape">, window: WindowAttributes) {
  const { filterH, filterW, stride, pad, dilation } = window;
  const attributes = { filterH, filterW, stride, pad, dilation };
  const { outputH, outputW } = windowsOn(shape, attributes);
  const [n, c] = shape;
  return { n, c, filterH, filterW, outputH, outputW, attributes };
}

/** Lets a node be rows [n·oh·ow, f] of images [n, f, oh, ow]. */
function replaceByRows(nodes: Nodes, { id, shape }: GraphNode, images: number): true {
  const rows = nodes.transpose(nodes.at(id), images, toRows);
  nodes.replace(id, { op: "reshape", attributes: { shape }, inputs: [rows] });
  return true;
}

/** Rows [n·oh·ow, f] as images [n, f, oh, ow]. */
function imagesOfRows(nodes: Nodes, like: GraphNode, rows: number, [n, f, oh, ow]: Shape): number {
  return nodes.transpose(like, nodes.reshape(like, rows, [n, oh, ow, f]), toImages);
}

/** Windows times filters: rows of a convolution. */
export function convolution(node: GraphNode, nodes: Nodes): boolean {
  const found = convolutionAt(node, nodes.at);
  if (found === null) return false;
  const { images } = found.windows;
  const { n, c, filterH, filterW, outputH, outputW, attributes } = sizesOf(images, found.windows.attributes);
  const f = node.shape[1];
  // Filters [f, c, fh, fw] of a matrix [c·fh·fw, f].
  const w = nodes.reshape(node, nodes.transpose(node, found.filters.id, [1, 0]), [f, c, filterH, filterW]);
  const y = nodes.add(node, "convolve", attributes, [images.id, w], [n, f, outputH, outputW]);
  return replaceByRows(nodes, node, y);
}

/** Windows, transposed, times gradients: those of the filters, as a matrix. */
export function filterGradients(node: GraphNode, nodes: Nodes): boolean {
  const found = filterGradientsAt(node, nodes.at);
  if (found === null) return false;
  const { images } = found.windows;
  const { n, c, filterH, filterW, outputH, outputW, attributes } = sizesOf(images, found.windows.attributes);
  const f = node.shape[1];
  const g = imagesOfRows(nodes, node, found.gradients.id, [n, f, outputH, outputW]);
  const shape = [f, c, filterH, filterW];
  const w = nodes.add(node, "convolveBackwardW", attributes, [images.id, g], shape);
  const matrix = nodes.reshape(node, w, [f, c * filterH * filterW]);
  nodes.replace(node.id, { op: "transpose", attributes: { axes: [1, 0] }, inputs: [matrix] });
  return true;
}

/** Gradients times filters, folded: those of the images. */
export function imageGradients(node: GraphNode, nodes: Nodes): boolean {
  const found = imageGradientsAt(node, nodes.at);
  if (found === null) return false;
  const { n, c, filterH, filterW, outputH, outputW, attributes } = sizesOf(node, found.attributes);
  const f = found.gradients.shape[1];
  const g = imagesOfRows(nodes, node, found.gradients.id, [n, f, outputH, outputW]);
  const w = nodes.reshape(node, found.filters.id, [f, c, filterH, filterW]);
  nodes.replace(node.id, { op: "convolveBackwardX", attributes, inputs: [g, w] });
  return true;
}

/** The largest number of each window. */
export function maxPooling(node: GraphNode, nodes: Nodes): boolean {
  const found = node.op === "max" ? maxPoolingAt(node, nodes.at) : null;
  if (found === null) return false;
  const { n, c, outputH, outputW, attributes } = sizesOf(found.images, found.attributes);
  const y = nodes.add(node, "maxPool", attributes, [found.images.id], [n, c, outputH, outputW]);
  return replaceByRows(nodes, node, y);
}

/** Gradients at the first largest number of each window, folded. */
export function maxUnpooling(node: GraphNode, nodes: Nodes): boolean {
  const found = maxUnpoolingAt(node, nodes.at);
  if (found === null) return false;
  const { images } = found.windows;
  const { n, c, outputH, outputW, attributes } = sizesOf(images, found.windows.attributes);
  const g = imagesOfRows(nodes, node, found.updates.id, [n, c, outputH, outputW]);
  nodes.replace(node.id, { op: "maxPoolBackward", attributes, inputs: [images.id, g] });
  return true;
}

/** A bias added to rows of a convolution: added to its images. */
export function biasOfImages(node: GraphNode, nodes: Nodes): boolean {
  if (node.op !== "add" || node.shape.length !== 2) return false;
  const [rows, repeated] = node.inputs.map((id) => nodes.at(id));
  const turned = rows.op === "reshape" ? nodes.input(rows) : null;
  const bias = repeated.op === "repeat" ? nodes.input(repeated) : null;
  if (turned === null || bias === null || turnOf(turned) !== String(toRows)) return false;
  const images = nodes.input(turned);
  const [, f] = node.shape;
  if (images.shape.length !== 4 || images.shape[1] !== f || bias.shape.at(-1) !== f || sizeOf(bias.shape) !== f)
    return false;
  const column = nodes.reshape(node, bias.id, [f, 1, 1]);
  const wide = nodes.add(node, "repeat", { shape: images.shape }, [column], images.shape);
  const y = nodes.add(node, "add", {}, [images.id, wide], images.shape);
  return replaceByRows(nodes, node, y);
}
