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
  for (const output of outputs) {
    let next: Node | null = output;
    for (;;) {
      if (next !== null && !seen.has(next) && enter(next)) {
        seen.add(next);
        path.push(next);
        nextInput.push(0);
      }
      const top = path.length - 1;
      if (top < 0) break;
      const node = path[top];
      const i = nextInput[top]++;
      next = i < node.inputs.length && !leaves?.has(node) ? node.inputs[i] : null;
      if (next !== null) continue;
      order.push(node);
      path.pop();
      nextInput.pop();
    }
  }
  return order;
}
