/**
 * Where the nodes of the backward pass belong: each at the forward node whose gradient it helps to compute, as the
 * book draws them. Sums of gradients belong to the node that they arrive at: copying forward is adding backward.
 */
import type { GraphData } from "@adjoint/autograd";
import { shownAs } from "./quiet.ts";

/** For every node of the graph the forward node that it is drawn at: itself for forward nodes. */
export function homesOf({ nodes, backward }: GraphData): number[] {
  const homes = nodes.map(({ id, role, gradientOf }) => (role === "gradient" ? (gradientOf ?? -1) : id));
  for (const { node, gradient, total } of backward?.starts ?? []) {
    homes[gradient] = node;
    if (total !== gradient) homes[total] = node;
  }
  for (const { node, contributions } of backward?.steps ?? []) {
    for (const { input, gradient, total } of contributions) {
      if (total !== gradient) homes[total] = nodes[node].inputs[input];
    }
  }
  // What no rule made is drawn where it is read first.
  for (const node of nodes) {
    for (const input of node.inputs) if (homes[input] < 0) homes[input] = homes[node.id];
  }
  return homes.map((home, id) => (home < 0 ? id : home));
}

/** For each forward node that gradients arrive at, the node that is its complete gradient. */
export function gradientsOf({ gradients, backward }: GraphData): Map<number, number> {
  const found = new Map<number, number>();
  for (const { node, total } of backward?.starts ?? []) found.set(node, total);
  for (const { node, upstream } of backward?.steps ?? []) found.set(node, upstream);
  for (const [leaf, gradient] of Object.entries(gradients)) found.set(Number(leaf), gradient);
  return found;
}

const completedBy = new WeakMap<GraphData, ReadonlyMap<number, number>>();

/**
 * For each node that is a complete gradient the forward node whose gradient it is; also where only a reshape that is
 * drawn as part of it lies between.
 */
export function completedIn(graph: GraphData): ReadonlyMap<number, number> {
  const known = completedBy.get(graph);
  if (known !== undefined) return known;
  // The same node may be the gradient of several: of a sum of two values both get it as it is. The last is nearest to it.
  const found = new Map([...gradientsOf(graph)].sort(([a], [b]) => a - b).map(([node, gradient]) => [gradient, node]));
  const shown = shownAs(graph);
  for (const [gradient, node] of [...found]) {
    if (!found.has(shown[gradient])) found.set(shown[gradient], node);
  }
  completedBy.set(graph, found);
  return found;
}
