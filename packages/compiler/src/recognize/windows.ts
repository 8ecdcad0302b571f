/**
 * Convolution and max pooling with their gradients, recognized in what the book writes out: products with the rows of im2col,
 * and the largest number of each row. Engines and exporters say what they write instead.
 */
import type { GraphNode } from "@adjoint/autograd";
import { isFloat, type Shape, sameShape, sizeOf, type WindowOptions, windowOf } from "@adjoint/tensor";
import { behind, type NodeAt, numberOf, turnOf } from "./nodes.ts";

/** The attributes of im2col and col2im. */
export type WindowAttributes = Required<WindowOptions> & { readonly filterH: number; readonly filterW: number };

/** How windows lie on images. */
export function windowsOn(images: Shape, { filterH, filterW, stride, pad, dilation }: WindowAttributes) {
  return windowOf("im2col", images, filterH, filterW, { stride, pad, dilation });
}

/** Windows over images: the node of im2col, that of the images, and how windows move. */
export interface Windows {
  readonly col: GraphNode;
  readonly images: GraphNode;
  readonly attributes: WindowAttributes;
}

/** The windows whose rows a node is: im2col of real numbers. */
export function windowsAt(col: GraphNode, at: NodeAt): Windows | null {
  if (col.op !== "im2col" || !isFloat(col.dtype) || sizeOf(col.shape) === 0) return null;
  return { col, images: at(col.inputs[0]), attributes: col.attributes as WindowAttributes };
}

/** The windows that are the rows of a node channel by channel: [rows, FH·FW], or [N, OH, OW, C, FH·FW] and the like. */
export function windowRowsAt(node: GraphNode, at: NodeAt): Windows | null {
  const windows = node.op === "reshape" ? windowsAt(behind(node, at, "reshape"), at) : null;
  if (windows === null) return null;
  const { filterH, filterW } = windows.attributes;
  return node.shape[node.shape.length - 1] === filterH * filterW ? windows : null;
}

/** Windows times filters [C·FH·FW, F]: the rows of a convolution. */
export function convolutionAt(node: GraphNode, at: NodeAt) {
  if (node.op !== "matmul" || node.shape.length !== 2 || sizeOf(node.shape) === 0) return null;
  const [rows, filters] = node.inputs.map(at);
  const windows = windowsAt(rows, at);
  return windows === null ? null : { windows, filters };
}

/** Windows, transposed, times gradients [N·OH·OW, F]: the gradients of filters. */
export function filterGradientsAt(node: GraphNode, at: NodeAt) {
  if (node.op !== "matmul" || node.shape.length !== 2 || sizeOf(node.shape) === 0) return null;
  const [turned, gradients] = node.inputs.map(at);
  const windows = turnOf(turned) === "1,0" ? windowsAt(at(turned.inputs[0]), at) : null;
  return windows === null ? null : { windows, gradients };
}

/**
 * Rows [N·OH·OW, F] times filters [F, C·FH·FW], added up where windows overlap: the gradients of images, or a transposed
 * convolution.
 */
export function imageGradientsAt(node: GraphNode, at: NodeAt) {
  const product = node.op === "col2im" ? at(node.inputs[0]) : null;
  if (product?.op !== "matmul" || !isFloat(node.dtype) || sizeOf(node.shape) === 0 || sizeOf(product.shape) === 0)
    return null;
  const [gradients, filters] = product.inputs.map(at);
  return gradients.shape[1] === 0
    ? null
    : { product, gradients, filters, attributes: node.attributes as WindowAttributes };
}

const isAlongRows = ({ attributes }: GraphNode): boolean => (attributes as { readonly axis: number }).axis === 1;

/** The windows of whose rows a node has the largest numbers, or their places. */
export function maxPoolingAt(node: GraphNode, at: NodeAt): Windows | null {
  if ((node.op !== "max" && node.op !== "argmax") || !isAlongRows(node)) return null;
  const rows = at(node.inputs[0]);
  return rows.shape.length === 2 ? windowRowsAt(rows, at) : null;
}

/** Whether two windows move alike. */
function sameWindows(a: WindowAttributes, b: WindowAttributes): boolean {
  const of = ({ filterH, filterW, stride, pad, dilation }: WindowAttributes): string =>
    JSON.stringify([filterH, filterW, [stride].flat(), [pad].flat(), [dilation].flat()]);
  return of(a) === of(b);
}

/**
 * Updates at the places of the largest numbers, added up where windows overlap: the gradient of max pooling. `rows` is the
 * node that has the updates in the rows of windows.
 */
export function maxUnpoolingAt(node: GraphNode, at: NodeAt) {
  const rows = node.op === "col2im" ? behind(at(node.inputs[0]), at, "reshape") : null;
  if (rows?.op !== "scatterAdd" || !isAlongRows(rows) || sizeOf(rows.shape) === 0) return null;
  const [base, places, updates] = rows.inputs.map(at);
  const windows = places.op === "argmax" && numberOf(base, at) === 0 ? maxPoolingAt(places, at) : null;
  const isSame =
    windows !== null &&
    sameWindows(windows.attributes, node.attributes as WindowAttributes) &&
    sameShape(windows.images.shape, node.shape);
  return isSame ? { windows, rows, places, updates } : null;
}
