/** Values for graphs that do not hold all of theirs. */
import type { Graph, GraphData } from "@adjoint/autograd";
import { AdjointError } from "@adjoint/tensor";

/** The graph with the value of every node, or as it is where it cannot be run. */
export function withValues<G extends GraphData>(graph: G): G {
  if (graph.nodes.every(({ value }) => value !== undefined)) return graph;
  // By what it can do: a graph that another copy of the library recorded is one, too.
  const { run } = graph as Partial<Graph>;
  if (typeof run !== "function") return graph;
  try {
    return run.call(graph).graph as GraphData as G;
  } catch (error) {
    if (error instanceof AdjointError) return graph;
    throw error;
  }
}
