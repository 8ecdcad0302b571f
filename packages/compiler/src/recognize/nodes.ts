/** What recognition asks about single nodes. */
import type { GraphNode } from "@adjoint/autograd";
import { kernels, type Shape, sizeOf } from "@adjoint/tensor";

/** The node of a number: in a program, or where nodes were replaced since it was recorded. */
export type NodeAt = (id: number) => GraphNode;

/** The number that all elements of a constant have; null for other nodes. Parameters and inputs have values that may change. */
export function constantOf({ op, value, role }: GraphNode): number | null {
  if (op !== null || value === undefined || value.size === 0 || (role !== "constant" && role !== "gradient"))
    return null;
  const first = Number(value.data[value.offset]);
  if (value.strides.every((step, axis) => step === 0 || value.shape[axis] === 1)) return first;
  return kernels.copy(value).data.every((x) => Object.is(Number(x), first)) ? first : null;
}

/** The node before those of some ops, which have one input. */
export function behind(node: GraphNode, at: NodeAt, ...ops: readonly string[]): GraphNode {
  let source = node;
  while (source.op !== null && ops.includes(source.op)) source = at(source.inputs[0]);
  return source;
}

/** The number that a node has throughout, repeated or in another shape; null for others. */
export const numberOf = (node: GraphNode, at: NodeAt): number | null =>
  constantOf(behind(node, at, "repeat", "reshape"));

/** The axes of a transpose, as text; "" for other ops. */
export function turnOf({ op, attributes }: GraphNode): string {
  return op === "transpose" ? String((attributes as { readonly axes: readonly number[] }).axes) : "";
}

/** A shape around an axis, or neighbors: how many elements lie before, along and after them. */
export function around(shape: Shape, axes: readonly number[]): [outer: number, along: number, inner: number] {
  const [from, to] = [Math.min(...axes), Math.max(...axes) + 1];
  return [sizeOf(shape.slice(0, from)), sizeOf(shape.slice(from, to)), sizeOf(shape.slice(to))];
}
