/**
 * Nodes that change nothing a reader should look at: a reshape that only adds or drops axes of length 1. They are drawn as
 * part of the box that they read, and have no step of their own.
 */
import type { GraphData, GraphNode } from "@adjoint/autograd";

function withoutOnes(shape: readonly number[]): string {
  return shape.filter((length) => length !== 1).join("×");
}

function isQuiet(nodes: readonly GraphNode[], node: GraphNode, outputs: ReadonlySet<number>): boolean {
  if (node.op !== "reshape" || node.name !== undefined || outputs.has(node.id)) return false;
  const from = nodes[node.inputs[0]];
  const staysInItsPass = (from.role === "gradient") === (node.role === "gradient");
  return staysInItsPass && from.scope === node.scope && withoutOnes(from.shape) === withoutOnes(node.shape);
}

/** For every node the one in whose box it is drawn: itself, but for quiet ones. */
export function shownAs({ nodes, outputs }: GraphData): number[] {
  const ends = new Set(outputs);
  const shown: number[] = [];
  for (const node of nodes) shown.push(isQuiet(nodes, node, ends) ? shown[node.inputs[0]] : node.id);
  return shown;
}
