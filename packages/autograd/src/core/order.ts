/** Topological order of a graph, without recursion, so that a chain of any length can be walked. */
import { checkKind } from "@adjoint/tensor";
import { checkFunction } from "@adjoint/tensor/internal";
import type { Node } from "./variable.ts";

/**
 * All nodes that `outputs` follow from, inputs before the nodes that use them. Each once; linear in nodes and edges.
 *
 * @param enter returns false for nodes to leave out, with all below them
 * @param leaves nodes that count as leaves: all below them is left out
 */
export function topologicalOrder(
  outputs: readonly Node[],
  enter: (node: Node) => boolean = () => true,
  leaves: ReadonlySet<Node> | null = null,
): Node[] {
  const isNodes = Array.isArray(outputs) && outputs.every((node) => Array.isArray(node?.inputs));
  const hint = "Pass nodes: topologicalOrder([y.node]).";
  checkKind("topologicalOrder", "outputs", outputs, isNodes, "an array of nodes", hint);
  checkFunction("topologicalOrder", enter, "enter");
  checkKind("topologicalOrder", "leaves", leaves, leaves === null || leaves instanceof Set, "a Set of nodes");
  const order: Node[] = [];
  const seen = new Set<Node>();
  const path: Node[] = [];
  const nextInput: number[] = [];
  const visit = (node: Node): void => {
    if (seen.has(node) || !enter(node)) return;
    seen.add(node);
    path.push(node);
    nextInput.push(0);
  };
  for (const output of outputs) {
    visit(output);
    while (path.length > 0) {
      const node = path[path.length - 1];
      const i = nextInput[path.length - 1]++;
      if (i < node.inputs.length && !leaves?.has(node)) visit(node.inputs[i]);
      else {
        order.push(node);
        path.pop();
        nextInput.pop();
      }
    }
  }
  return order;
}
