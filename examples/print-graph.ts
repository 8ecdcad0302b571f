/** A graph as text: one line for each node. */
import { type Graph, type GraphNode, graphOf, type Variable } from "adjoint";

/**
 * Lines such as `x3 = mul(apple, number)`: leaves by their names, results by their numbers; the backward pass below the
 * forward one, with what each line is the gradient of.
 */
function printGraph(graph: Graph): void {
  const nameOf = (id: number): string => graph.nodes[id].name ?? `x${id}`;
  const line = ({ id, op, inputs, value }: GraphNode): string =>
    op === null
      ? `${nameOf(id)} = ${value?.size === 1 ? rounded(value.item()) : "…"}`
      : `${nameOf(id)} = ${op}(${inputs.map(nameOf).join(", ")})`;
  for (const [title, isBackward] of [
    ["forward", false],
    ["backward", true],
  ] as const) {
    console.log(title);
    for (const node of graph.nodes) if ((node.role === "gradient") === isBackward) console.log(`  ${line(node)}`);
  }
  for (const [leaf, gradient] of Object.entries(graph.gradients)) {
    console.log(`  gradient of ${nameOf(Number(leaf))}: ${nameOf(gradient)}`);
  }
}

/** The result of a computation that ran backward, and the gradients of its leaves; then its graph, which it returns. */
export function printGradients(price: Variable, leaves: readonly Variable[]): Graph {
  console.log(`price: ${rounded(price.item())} yen`);
  for (const x of leaves) console.log(`gradient of ${x.name}: ${rounded(x.grad?.item() ?? Number.NaN)}`);
  const graph = graphOf(price, { backward: true });
  console.log();
  printGraph(graph);
  console.log();
  return graph;
}

/** A number without the last digits of its binary rounding: 220.00000000000003 as 220. */
function rounded(x: number | boolean): number {
  return Number(Number(x).toPrecision(12));
}
