/** Topological order of a graph, without recursion, so that a chain of any length can be walked. */
import { checkKind } from "@adjoint/tensor";
import { checkFunction } from "./synchronous.ts";
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
  checkKind(
    "topologicalOrder",
    "outputs",
    outputs,
    isNodes,
    "an array of nodes",
    "Pass nodes: topologicalOrder([y.node]).",
  );
  checkFunction("topologicalOrder", enter, "enter");
  checkKind("topologicalOrder", "leaves", leaves, leaves === null || leaves instanceof Set, "a Set of nodes");
  const order: Node[] = [];
  const seen = new Set<Node>();
  const path: Node[] = [];
  const nextInput: number[] = [];
  for (const output of outputs) {
    if (seen.has(output) || !enter(output)) continue;
    seen.add(output);
    path.push(output);
    nextInput.push(0);
    while (path.length > 0) {
      const top = path.length - 1;
      const node = path[top];
      const i = nextInput[top];
      if (i < node.inputs.length && !leaves?.has(node)) {
        nextInput[top] = i + 1;
        const input = node.inputs[i];
        if (!seen.has(input) && enter(input)) {
          seen.add(input);
          path.push(input);
          nextInput.push(0);
        }
      } else {
        order.push(node);
        path.pop();
        nextInput.pop();
      }
    }
  }
  return order;
}
