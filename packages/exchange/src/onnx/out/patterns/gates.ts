/** Gradients that pass or stop. */
import type { GraphNode } from "@adjoint/autograd";
import { isFloat } from "@adjoint/tensor";
import { numberOf } from "./nodes.ts";
import type { Pattern } from "./pattern.ts";

/** The output of relu that a choice between a gradient and 0 goes by; null for other choices. */
export function gatedBy({ op, inputs: [condition, , zero] }: GraphNode, nodes: readonly GraphNode[]): number | null {
  if (op !== "where" || nodes[condition].op !== "gt" || numberOf(nodes[zero], nodes) !== 0) return null;
  const [y, bound] = nodes[condition].inputs;
  return nodes[y].op === "relu" && numberOf(nodes[bound], nodes) === 0 ? y : null;
}

/**
 * The gradient of relu: it passes where the output is positive. As a product with 0 or 1, which is faster than a choice.
 * Gradients that are infinite or NaN become NaN where they would stop.
 */
export const reluGate: Pattern = {
  name: "relu, backward",
  ops: ["where"],
  find(node, { nodes }) {
    const y = gatedBy(node, nodes);
    const [, gradient] = node.inputs;
    const { shape } = node;
    if (y === null || !isFloat(nodes[gradient].dtype)) return null;
    return {
      inputs: [y, gradient],
      write: (out, [output, g]) => {
        const isOpen = out.map("Greater", [output, out.scalar(0, output.type)], {}, "bool");
        const gate = out.map("Mul", [g, out.cast(isOpen, g.type)]);
        return gate.shape.length === shape.length ? gate : out.expand(gate, shape);
      },
    };
  },
};
