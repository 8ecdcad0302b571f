/** Gradients that pass or stop. */
import { numberOf } from "./nodes.ts";
import type { Pattern } from "./pattern.ts";

/**
 * The gradient of relu: it passes where the output is positive. As a product with 0 or 1, which is faster than a choice.
 * Gradients that are infinite or NaN become NaN where they would stop.
 */
export const reluGate: Pattern = {
  name: "relu, backward",
  ops: ["where"],
  find({ inputs: [condition, gradient, zero], shape }, { nodes }) {
    const relation = nodes[condition];
    if (relation.op !== "gt" || numberOf(nodes[zero], nodes) !== 0 || nodes[gradient].dtype === "int32") return null;
    const [y, bound] = relation.inputs;
    if (nodes[y].op !== "relu" || numberOf(nodes[bound], nodes) !== 0) return null;
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
