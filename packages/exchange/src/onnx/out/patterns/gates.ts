/** Products with gates: gradients that pass or stop, gelu and selu. */
import type { GraphNode } from "@adjoint/autograd";
import { type NodeAt, numberOf } from "@adjoint/compiler/internal";
import { isFloat } from "@adjoint/tensor";
import type { Pattern } from "./pattern.ts";

/** The output of relu that a choice between a gradient and 0 goes by; null for other choices. */
export function gatedBy({ op, inputs: [condition, , zero] }: GraphNode, at: NodeAt): number | null {
  if (op !== "where" || at(condition).op !== "gt" || numberOf(at(zero), at) !== 0) return null;
  const [y, bound] = at(condition).inputs;
  return at(y).op === "relu" && numberOf(at(bound), at) === 0 ? y : null;
}

/**
 * The gradient of relu: it passes where the output is positive. As a product with 0 or 1, which is faster than a choice.
 * Gradients that are infinite or NaN become NaN where they would stop.
 */
export const reluGate: Pattern = {
  name: "relu, backward",
  ops: ["where"],
  find(node, { nodes, at }) {
    const y = gatedBy(node, at);
    const [, gradient] = node.inputs;
    const { shape } = node;
    if (y === null || !isFloat(nodes[gradient].dtype)) return null;
    return {
      inputs: [y, gradient],
      write: (out, [output, g]) => {
        const isOpen = out.map("Greater", [output, 0]);
        const gate = out.map("Mul", [g, out.cast(isOpen, g.type)]);
        return gate.shape.length === shape.length ? gate : out.expand(gate, shape);
      },
    };
  },
};

/** α and λ of selu, as ONNX has them. Source: the ONNX operators, Selu. */
const [alphaOfSelu, scaleOfSelu] = [1.6732631921768188, 1.0507010221481323];

/** selu(x) = λ elu(x, α), whose numbers are rounded to float32. */
export const selu: Pattern = {
  name: "selu",
  ops: ["mul"],
  find({ inputs: [y, scale], dtype }, { at, uses }) {
    const { op, inputs, attributes } = at(y);
    if (op !== "elu" || uses(y) !== 1 || dtype !== "float32") return null;
    const { alpha } = attributes as { readonly alpha: number };
    const isSelu = Math.fround(alpha) === alphaOfSelu && Math.fround(numberOf(at(scale), at) ?? 0) === scaleOfSelu;
    return isSelu ? { inputs: [inputs[0]], write: (out, [x]) => out.map("Selu", [x]) } : null;
  },
};

/** The gates of gelu, and what ONNX calls the forms that they belong to. */
const forms: ReadonlyMap<string | null, string> = new Map([
  ["normalCdf", "none"],
  ["geluGate", "tanh"],
]);

/** gelu(x) = x Φ(x), exactly or by tanh. ONNX has it from opset 20 on. */
export const gelu: Pattern = {
  name: "gelu",
  ops: ["mul"],
  find(node, { at, uses, opset }) {
    if (opset < 20 || node.dtype !== "float32") return null;
    for (const [x, gate] of [node.inputs, node.inputs.toReversed()]) {
      const { op, inputs } = at(gate);
      const approximate = forms.get(op);
      // What training reads again stays.
      if (approximate === undefined || inputs[0] !== x || uses(gate) !== 1) continue;
      return { inputs: [x], write: (out, [value]) => out.map("Gelu", [value], { approximate }) };
    }
    return null;
  },
};
