/** The random numbers of a program, drawn beside ONNX Runtime: in integers of 64 bits, op by op, it takes many times longer. */
import { Graph, type GraphNode } from "@adjoint/autograd";
import type { Program } from "@adjoint/compiler";
import { readyBy } from "@adjoint/compiler/internal";
import type { Tensor } from "@adjoint/tensor";

/** What draws, and what it reads. */
export interface Draws {
  /** The nodes of the program that are drawn. */
  readonly nodes: readonly number[];
  /** Draws, from the values of the leaves that say where to start: keys and counters. */
  draw(read: (leaf: number) => Tensor): readonly Tensor[];
}

/** The nodes that some follow from, themselves included; what those of `stops` follow from is left out. */
export function before(
  ends: readonly number[],
  nodes: readonly GraphNode[],
  stops: readonly number[] = [],
): GraphNode[] {
  const needed = new Set(ends);
  for (const { id, inputs } of nodes.toReversed())
    if (needed.has(id) && !stops.includes(id)) for (const input of inputs) needed.add(input);
  return nodes.filter(({ id }) => needed.has(id));
}

/** What a program draws; null where it draws nothing. */
export function drawsOf({ graph }: Program): Draws | null {
  const nodes = graph.nodes.filter(({ op }) => op?.startsWith("random")).map(({ id }) => id);
  if (nodes.length === 0) return null;
  const part = before(nodes, graph.nodes);
  const places = new Map(part.map(({ id }, place) => [id, place]));
  const at = (id: number): number => places.get(id) as number;
  const leaves = part.filter(({ op, value }) => op === null && value === undefined).map(({ id }) => id);
  const data = {
    nodes: part.map(({ gradientOf: _, ...node }, id): GraphNode => ({ ...node, id, inputs: node.inputs.map(at) })),
    outputs: nodes.map(at),
    gradients: {},
  };
  const program: Program = {
    graph: new Graph(data, ({ id }) => graph.definitionOf(part[id])),
    inputs: leaves.map(at),
    outputs: nodes.map(at),
    states: [],
    checks: [],
  };
  // One thread: a draw takes a small part of the time of what follows.
  const { run } = readyBy("auto", program, { threads: 1, exact: false });
  return { nodes, draw: (read) => run(leaves.map(read), [], () => {}) };
}
