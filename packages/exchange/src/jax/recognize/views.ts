/** Nodes that only pass on or rearrange: several in a row become one, and sums look through them. */
import type { GraphNode } from "@adjoint/autograd";
import { constantOf } from "@adjoint/compiler/internal";
import { type AxisSlice, sameShape, sizeOf } from "@adjoint/tensor";
import type { Nodes } from "./nodes.ts";

interface Reduction {
  readonly axes: readonly number[];
  readonly keepDims: boolean;
}

interface SliceAttributes {
  readonly slices: readonly AxisSlice[];
}

/** Whether slices take everything, in order. */
function isWhole({ slices }: SliceAttributes, { shape }: GraphNode): boolean {
  return slices.every(({ start, step, length }, axis) => start === 0 && step === 1 && length === shape[axis]);
}

/** What only passes its input on. */
export function passing(node: GraphNode, nodes: Nodes): boolean {
  const { op } = node;
  if (op === null) return false;
  const source = node.inputs.length === 0 ? null : nodes.input(node);
  const isSame =
    source !== null &&
    (op === "identity" ||
      op === "detach" ||
      (["reshape", "repeat"].includes(op) && sameShape(source.shape, node.shape)) ||
      (op === "cast" && source.dtype === node.dtype) ||
      (op === "slice" && isWhole(node.attributes as SliceAttributes, source)));
  if (isSame) nodes.alias(node.id, source.id);
  return isSame;
}

/** A product with 1, as the gradient that a backward pass begins with makes one. */
export function timesOne(node: GraphNode, nodes: Nodes): boolean {
  if (node.op !== "mul") return false;
  const [a, b] = node.inputs.map((id) => nodes.at(id));
  const other = repeatedNumber(a, nodes) === 1 ? b : repeatedNumber(b, nodes) === 1 ? a : null;
  if (other !== null) nodes.alias(node.id, other.id);
  return other !== null;
}

/** A reshape of a reshape; of a sum that kept the axes which it leaves out. */
export function reshapes(node: GraphNode, nodes: Nodes): boolean {
  if (node.op !== "reshape") return false;
  const source = nodes.input(node);
  if (source.op === "reshape") {
    nodes.alias(node.id, nodes.reshape(node, source.inputs[0], node.shape));
    return true;
  }
  if (source.op !== "sum") return false;
  const { axes, keepDims } = source.attributes as Reduction;
  const rest = source.shape.filter((_, axis) => !axes.includes(axis));
  if (!keepDims || !sameShape(rest, node.shape)) return false;
  nodes.replace(node.id, { op: "sum", attributes: { axes, keepDims: false }, inputs: source.inputs });
  // What is summed may be rearranged.
  sums(nodes.at(node.id), nodes);
  return true;
}

export function transposes(node: GraphNode, nodes: Nodes): boolean {
  if (node.op !== "transpose") return false;
  const source = nodes.input(node);
  const { axes } = node.attributes as { readonly axes: readonly number[] };
  if (source.op !== "transpose" && axes.some((axis, i) => axis !== i)) return false;
  nodes.alias(node.id, nodes.transpose(node, source.id, axes));
  return true;
}

/** A sum over rows or axes of rearranged numbers. */
export function sums(node: GraphNode, nodes: Nodes): boolean {
  const { axes, keepDims } = node.attributes as Reduction;
  if (node.op !== "sum" || keepDims) return false;
  const source = nodes.input(node);
  if (source.op === "reshape" && String(axes) === "0") {
    // Several axes that were made one: as many as make up the first.
    const from = nodes.input(source);
    const kept = source.shape.length - 1;
    const lead = from.shape.length - kept;
    const isMerged = lead > 0 && sameShape(from.shape.slice(lead), source.shape.slice(1));
    if (!isMerged || sizeOf(from.shape) === 0) return false;
    const all = from.shape.slice(0, lead).map((_, axis) => axis);
    nodes.replace(node.id, { op: "sum", attributes: { axes: all, keepDims }, inputs: [from.id] });
    sums(nodes.at(node.id), nodes);
    return true;
  }
  if (source.op !== "transpose") return false;
  const { axes: order } = source.attributes as { readonly axes: readonly number[] };
  const rest = order.filter((_, axis) => !axes.includes(axis));
  if (rest.some((axis, i) => i > 0 && axis < rest[i - 1])) return false;
  const own = axes.map((axis) => order[axis]).sort((a, b) => a - b);
  nodes.replace(node.id, { op: "sum", attributes: { axes: own, keepDims }, inputs: source.inputs });
  return true;
}

/** A sum, or its negative, divided by the number of what was summed. */
export function means(node: GraphNode, nodes: Nodes): boolean {
  if (node.op !== "div") return false;
  const [dividend, divisor] = node.inputs.map((id) => nodes.at(id));
  const count = repeatedNumber(divisor, nodes);
  const total = dividend.op === "neg" ? nodes.input(dividend) : dividend;
  if (total.op !== "sum" || count === null) return false;
  const { axes, keepDims } = total.attributes as Reduction;
  const x = nodes.input(total);
  const isMean = axes.length > 0 && axes.reduce((n, axis) => n * x.shape[axis], 1) === count;
  if (!isMean || x.dtype !== node.dtype) return false;
  const mean = { op: "mean", attributes: { axes, keepDims }, inputs: [x.id] };
  if (total === dividend) nodes.replace(node.id, mean);
  else {
    const positive = nodes.add(node, mean.op, mean.attributes, mean.inputs, node.shape);
    nodes.replace(node.id, { op: "neg", attributes: {}, inputs: [positive] });
  }
  return true;
}

/** The number that a node has throughout, repeated or not; null for others. */
function repeatedNumber(node: GraphNode, nodes: Nodes): number | null {
  return constantOf(node.op === "repeat" ? nodes.input(node) : node);
}

/** Running sums of ones: 1, 2, 3, …; less 1 they begin at 0. */
export function counting(node: GraphNode, nodes: Nodes): boolean {
  if (node.shape.length !== 1 || node.inputs.length === 0) return false;
  const source = nodes.input(node);
  if (node.op === "cumsum" && repeatedNumber(source, nodes) === 1 && source.dtype === node.dtype) {
    const { reverse } = node.attributes as { readonly reverse: boolean };
    if (reverse) return false;
    nodes.replace(node.id, { op: "arange", attributes: { start: 1 }, inputs: [] });
    return true;
  }
  if (node.op !== "sub" || source.op !== "arange" || repeatedNumber(nodes.input(node, 1), nodes) !== 1) return false;
  nodes.replace(node.id, { op: "arange", attributes: { start: 0 }, inputs: [] });
  return true;
}
