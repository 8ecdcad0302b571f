/**
 * Max pooling, as the book writes it: im2col, and the largest number of each row.
 */
import type { GraphNode } from "@adjoint/autograd";
import { sizeOf } from "@adjoint/tensor";
import { callOf } from "../calls.ts";
import { addressOf } from "../layout/values.ts";
import type { Pattern } from "./pattern.ts";
import { imageStrides, isImageAfterImage, type WindowAttributes, windowArguments } from "./windows.ts";

/** The node before those that only give another shape. */
function behind(node: GraphNode, nodes: readonly GraphNode[], ...ops: readonly string[]): GraphNode {
  let source = node;
  while (source.op !== null && ops.includes(source.op)) source = nodes[source.inputs[0]];
  return source;
}

/** The im2col whose windows are the rows of `x` [n·oh·ow·c, fh·fw], or null. */
function windowsOf(x: GraphNode, nodes: readonly GraphNode[]): GraphNode | null {
  if (x.op !== "reshape" || x.shape.length !== 2) return null;
  const col = behind(x, nodes, "reshape");
  if (col.op !== "im2col" || col.dtype !== "float32") return null;
  const { filterH, filterW } = col.attributes as WindowAttributes;
  return x.shape[1] === filterH * filterW && sizeOf(x.shape) > 0 ? col : null;
}

/** The largest number of each window, and its place there. */
export const maxPooling: Pattern = {
  name: "max pooling",
  reason: "im2col makes every window a row of its own; the largest of a window can be read from the image",
  ops: ["max", "argmax"],
  find({ op, inputs: [x], attributes }, nodes) {
    const col = windowsOf(nodes[x], nodes);
    if (col === null || (attributes as { readonly axis: number }).axis !== 1) return null;
    return {
      inputs: col.inputs,
      dense: [],
      // The largest numbers and their places are found together.
      shared: { key: JSON.stringify([col.inputs, windowOnly(col.attributes)]), slot: op as string },
      calls: ([images], _, { max, argmax }) => {
        const [values, places] = [max, argmax].map((result) => (result === undefined ? 0 : addressOf(result)));
        const window = windowArguments(images.shape, col.attributes as WindowAttributes);
        const args = [addressOf(images), ...imageStrides(images), values, places, ...window];
        return [callOf("maxPool32", args, images.shape[0], sizeOf(col.shape))];
      },
    };
  },
};

/** The gradient of max pooling. */
export const maxUnpooling: Pattern = {
  name: "max pooling, backward",
  reason: "a row of zeros for every window need not be written to add one number to the image",
  ops: ["col2im"],
  find({ inputs: [x], attributes, dtype }, nodes) {
    const rows = behind(nodes[x], nodes, "reshape");
    if (rows.op !== "scatterAdd" || dtype !== "float32" || sizeOf(rows.shape) === 0) return null;
    const [base, places, updates] = rows.inputs.map((id) => nodes[id]);
    const zero = behind(base, nodes, "repeat", "reshape");
    const isZero =
      zero.op === null && zero.value !== undefined && zero.value.size === 1 && Number(zero.value.item()) === 0;
    if (!isZero || places.op !== "argmax" || (rows.attributes as { readonly axis: number }).axis !== 1) return null;
    const col = windowsOf(nodes[places.inputs[0]], nodes);
    if (col === null || JSON.stringify(windowOnly(col.attributes)) !== JSON.stringify(windowOnly(attributes)))
      return null;
    return {
      inputs: [updates.id, places.id],
      dense: [0, 1],
      layout: col.inputs[0],
      calls: ([numbers, at], y) => {
        const window = windowArguments(y.shape, attributes as WindowAttributes);
        const args = [addressOf(numbers), addressOf(at), ...imageStrides(y), addressOf(y), ...window];
        return [callOf("unpool32", args, y.shape[0], isImageAfterImage(y) ? 2 * sizeOf(y.shape) : 0)];
      },
    };
  },
};

function windowOnly(attributes: object): unknown[] {
  const { filterH, filterW, stride, pad, dilation } = attributes as WindowAttributes;
  return [filterH, filterW, stride, pad, dilation];
}
