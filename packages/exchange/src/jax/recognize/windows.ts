/**
 * Convolution and max pooling, recognized in what the book writes out: products with the rows of im2col, and the largest
 * number of each row. The rest of such a program is in [N, C, H, W] then, without rows.
 */
import type { GraphNode } from "@adjoint/autograd";
import { isFloat, type Shape, sameShape, sizeOf, type WindowOptions, windowOf } from "@adjoint/tensor";
import { type Nodes, numberOf } from "./nodes.ts";

type WindowAttributes = Required<WindowOptions> & { readonly filterH: number; readonly filterW: number };

/** The axes of images from [N, H, W, C], and to there. */
const toImages = [0, 3, 1, 2];
const toRows = [0, 2, 3, 1];

const isTurned = ({ op, attributes }: GraphNode, axes: readonly number[]): boolean =>
  op === "transpose" && String((attributes as { readonly axes: readonly number[] }).axes) === String(axes);

/** Windows over images [n, c, h, w], the heights and widths of the windows and of the results. */
function windowsOf(images: Shape, attributes: object) {
  const { filterH, filterW, stride, pad, dilation } = attributes as WindowAttributes;
  const { outputH, outputW } = windowOf("im2col", images, filterH, filterW, { stride, pad, dilation });
  const [n, c] = images;
  return { n, c, filterH, filterW, outputH, outputW, attributes: { filterH, filterW, stride, pad, dilation } };
}

/** The im2col of images of real numbers that a node is. */
function im2colAt(node: GraphNode, nodes: Nodes) {
  if (node.op !== "im2col" || !isFloat(node.dtype) || sizeOf(node.shape) === 0) return null;
  const images = nodes.input(node);
  return { images: images.id, ...windowsOf(images.shape, node.attributes) };
}

/** Rows [n·oh·ow, f] as images [n, f, oh, ow]. */
function imagesOfRows(nodes: Nodes, like: GraphNode, rows: number, [n, f, oh, ow]: Shape): number {
  return nodes.transpose(like, nodes.reshape(like, rows, [n, oh, ow, f]), toImages);
}

/** Filters [f, c, fh, fw] of a matrix [c·fh·fw, f]. */
function filtersOf(nodes: Nodes, like: GraphNode, matrix: number, shape: Shape): number {
  return nodes.reshape(like, nodes.transpose(like, matrix, [1, 0]), shape);
}

/** Windows times filters: rows of a convolution. */
export function convolution(node: GraphNode, nodes: Nodes): boolean {
  if (node.op !== "matmul") return false;
  const found = im2colAt(nodes.input(node), nodes);
  if (found === null || sizeOf(node.shape) === 0) return false;
  const { images, n, c, filterH, filterW, outputH, outputW, attributes } = found;
  const f = node.shape[1];
  const w = filtersOf(nodes, node, node.inputs[1], [f, c, filterH, filterW]);
  const y = nodes.add(node, "convolve", attributes, [images, w], [n, f, outputH, outputW]);
  const rows = nodes.transpose(node, y, toRows);
  nodes.replace(node.id, { op: "reshape", attributes: { shape: node.shape }, inputs: [rows] });
  return true;
}

/** Windows, transposed, times gradients: those of the filters, as a matrix. */
export function filterGradients(node: GraphNode, nodes: Nodes): boolean {
  if (node.op !== "matmul") return false;
  const turned = nodes.input(node);
  const found = isTurned(turned, [1, 0]) ? im2colAt(nodes.input(turned), nodes) : null;
  if (found === null || sizeOf(node.shape) === 0) return false;
  const { images, n, c, filterH, filterW, outputH, outputW, attributes } = found;
  const f = node.shape[1];
  const g = imagesOfRows(nodes, node, node.inputs[1], [n, f, outputH, outputW]);
  const shape = [f, c, filterH, filterW];
  const w = nodes.add(node, "convolveBackwardW", attributes, [images, g], shape);
  const matrix = nodes.reshape(node, w, [f, c * filterH * filterW]);
  nodes.replace(node.id, { op: "transpose", attributes: { axes: [1, 0] }, inputs: [matrix] });
  return true;
}

/** Gradients times filters, folded: those of the images. */
export function imageGradients(node: GraphNode, nodes: Nodes): boolean {
  const product = node.op === "col2im" ? nodes.input(node) : null;
  if (product?.op !== "matmul" || !isFloat(node.dtype) || sizeOf(node.shape) === 0) return false;
  const { n, c, filterH, filterW, outputH, outputW, attributes } = windowsOf(node.shape, node.attributes);
  const f = nodes.input(product).shape[1];
  if (f === 0) return false;
  const g = imagesOfRows(nodes, node, product.inputs[0], [n, f, outputH, outputW]);
  const w = nodes.reshape(node, product.inputs[1], [f, c, filterH, filterW]);
  nodes.replace(node.id, { op: "convolveBackwardX", attributes, inputs: [g, w] });
  return true;
}

/** The im2col whose windows are the rows of x [n·oh·ow·c, fh·fw]. */
function pooledWindows(x: GraphNode, nodes: Nodes) {
  const found = x.op === "reshape" && x.shape.length === 2 ? im2colAt(nodes.input(x), nodes) : null;
  return found !== null && x.shape[1] === found.filterH * found.filterW ? found : null;
}

const isAlongRows = ({ attributes }: GraphNode): boolean => (attributes as { readonly axis: number }).axis === 1;

/** The largest number of each window. */
export function maxPooling(node: GraphNode, nodes: Nodes): boolean {
  const found = node.op === "max" && isAlongRows(node) ? pooledWindows(nodes.input(node), nodes) : null;
  if (found === null) return false;
  const { images, n, c, outputH, outputW, attributes } = found;
  const y = nodes.add(node, "maxPool", attributes, [images], [n, c, outputH, outputW]);
  const rows = nodes.transpose(node, y, toRows);
  nodes.replace(node.id, { op: "reshape", attributes: { shape: node.shape }, inputs: [rows] });
  return true;
}

/** Gradients at the first largest number of each window, folded. */
export function maxUnpooling(node: GraphNode, nodes: Nodes): boolean {
  const rows = node.op === "col2im" ? nodes.input(node) : null;
  const scattered = rows?.op === "reshape" ? nodes.input(rows) : rows;
  if (scattered?.op !== "scatterAdd" || !isAlongRows(scattered)) return false;
  const [base, places, updates] = scattered.inputs.map((id) => nodes.at(id));
  const zero = base.op === "repeat" ? nodes.input(base) : base;
  if (numberOf(zero) !== 0 || places.op !== "argmax" || !isAlongRows(places)) return false;
  const found = pooledWindows(nodes.input(places), nodes);
  if (found === null || !sameShape(nodes.at(found.images).shape, node.shape)) return false;
  const { images, n, c, outputH, outputW, attributes } = found;
  if (JSON.stringify(windowsOf(node.shape, node.attributes).attributes) !== JSON.stringify(attributes)) return false;
  const g = imagesOfRows(nodes, node, updates.id, [n, c, outputH, outputW]);
  nodes.replace(node.id, { op: "maxPoolBackward", attributes, inputs: [images, g] });
  return true;
}

/** A bias added to rows of a convolution: added to its images. */
export function biasOfImages(node: GraphNode, nodes: Nodes): boolean {
  if (node.op !== "add" || node.shape.length !== 2) return false;
  const [rows, repeated] = node.inputs.map((id) => nodes.at(id));
  const turned = rows.op === "reshape" ? nodes.input(rows) : null;
  const bias = repeated.op === "repeat" ? nodes.input(repeated) : null;
  if (turned === null || bias === null || !isTurned(turned, toRows)) return false;
  const images = nodes.input(turned);
  const [, f] = node.shape;
  if (images.shape.length !== 4 || images.shape[1] !== f || bias.shape.at(-1) !== f || sizeOf(bias.shape) !== f)
    return false;
  const column = nodes.reshape(node, bias.id, [f, 1, 1]);
  const wide = nodes.add(node, "repeat", { shape: images.shape }, [column], images.shape);
  const y = nodes.add(node, "add", {}, [images.id, wide], images.shape);
  const back = nodes.transpose(node, y, toRows);
  nodes.replace(node.id, { op: "reshape", attributes: { shape: node.shape }, inputs: [back] });
  return true;
}
