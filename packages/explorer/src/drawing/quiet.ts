/**
 * Nodes that change nothing a reader should look at. A reshape that only adds or drops axes of length 1 is drawn as part
 * of the box that it reads, and has no step of its own. A rule that takes care of digits is drawn as one box, its result:
 * what it goes through on the way would hide what it computes.
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

/** The ops whose rules compute what textbooks say in another way, to keep its digits. */
export const carefulOps = ["softmax", "logSoftmax"] as const;

/** Whether the rule of an op takes care of digits. */
export function isCareful(op: string | null): op is (typeof carefulOps)[number] {
  return carefulOps.some((careful) => careful === op);
}

/** Of the nodes that a careful rule goes through the result of the rule. */
function resultsOfRules({ nodes, backward }: GraphData): ReadonlyMap<number, number> {
  const results = new Map<number, number>();
  for (const { node, contributions } of backward?.steps ?? []) {
    if (!isCareful(nodes[node].op)) continue;
    for (const { gradient } of contributions) {
      const open = [gradient];
      for (let id = open.pop(); id !== undefined; id = open.pop()) {
        if (nodes[id].role !== "gradient" || nodes[id].gradientOf !== node || results.has(id)) continue;
        results.set(id, gradient);
        open.push(...nodes[id].inputs);
      }
    }
  }
  return results;
}

/** For every node the one in whose box it is drawn: itself, but for quiet ones. */
export function shownAs(graph: GraphData): number[] {
  const { nodes } = graph;
  const ends = new Set(graph.outputs);
  const results = resultsOfRules(graph);
  const shown: number[] = [];
  for (const node of nodes) {
    const own = isQuiet(nodes, node, ends) ? shown[node.inputs[0]] : node.id;
    shown.push(results.get(node.id) ?? own);
  }
  return shown;
}
