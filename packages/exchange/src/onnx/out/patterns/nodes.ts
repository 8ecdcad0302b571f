/** What patterns ask about nodes. */
import type { GraphNode } from "@adjoint/autograd";
import { sizeOf } from "@adjoint/tensor";
import type { WindowAttributes } from "../ops/windows.ts";

/** The one number that a constant holds, however often; null for others. */
export function numberOf(node: GraphNode, nodes: readonly GraphNode[]): number | null {
  const source = node.op === "repeat" || node.op === "reshape" ? nodes[node.inputs[0]] : node;
  if (source !== node) return numberOf(source, nodes);
  const { op, value, role } = node;
  // Parameters and inputs of graphs have values, too, which others may take the place of.
  if (op !== null || role === "parameter" || role === "input" || value === undefined || value.size === 0) return null;
  const isOne = value.strides.every((step, axis) => step === 0 || value.shape[axis] === 1);
  return isOne ? Number(value.data[value.offset]) : null;
}

/** The node before those that only give another shape. */
export function unshaped(node: GraphNode, nodes: readonly GraphNode[]): GraphNode {
  let source = node;
  while (source.op === "reshape") source = nodes[source.inputs[0]];
  return source;
}

/** The im2col of float32 images that a node is; null for others. */
export function windowsAt(node: GraphNode): GraphNode | null {
  return node.op === "im2col" && node.dtype === "float32" && sizeOf(node.shape) > 0 ? node : null;
}

/** The im2col whose windows, channel by channel, are the rows of a node, [rows, FH·FW]; null for others. */
export function windowRowsAt(node: GraphNode, nodes: readonly GraphNode[]): GraphNode | null {
  const col = windowsAt(unshaped(node, nodes));
  if (col === null || node.op !== "reshape") return null;
  const { filterH, filterW } = col.attributes as WindowAttributes;
  return node.shape[node.shape.length - 1] === filterH * filterW ? col : null;
}

/** Whether two windows move alike. */
export function sameWindows(a: object, b: object): boolean {
  const of = ({ filterH, filterW, stride, pad, dilation }: WindowAttributes): string =>
    JSON.stringify([filterH, filterW, [stride].flat(), [pad].flat(), [dilation].flat()]);
  return of(a as WindowAttributes) === of(b as WindowAttributes);
}

/** The axes of a transpose, as text; "" for other ops. */
export function turnOf({ op, attributes }: GraphNode): string {
  return op === "transpose" ? String((attributes as { readonly axes: readonly number[] }).axes) : "";
}
