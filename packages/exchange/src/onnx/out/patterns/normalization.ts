/**
 * Batch normalization for prediction, by running statistics. Normalization by what is measured stays spelled out: ONNX Runtime
 * computes that variance as a difference of squares, which cancels where the mean is large.
 */
import type { GraphNode } from "@adjoint/autograd";
import { numberOf } from "@adjoint/compiler/internal";
import { sizeOf } from "@adjoint/tensor";
import { imagesOf } from "../ops/reducing.ts";
import type { GraphView, Pattern } from "./pattern.ts";

/** The operands of a node of an op that is read once; null for others. */
function partsOf(node: GraphNode, op: string, { nodes, uses }: GraphView): readonly GraphNode[] | null {
  return node.op === op && uses(node.id) === 1 ? node.inputs.map((id) => nodes[id]) : null;
}

/** The vector that a node repeats for every row; null for others. */
function vectorOf(node: GraphNode | undefined, { nodes }: GraphView): GraphNode | null {
  if (node?.op !== "repeat") return null;
  const source = nodes[node.inputs[0]];
  return source.shape.length === 1 && source.shape[0] === node.shape[node.shape.length - 1] ? source : null;
}

/** The parts of batch normalization whose last op a node is: γ (x − μ) / √(σ² + ε) + β; null for others. */
function partsAt(node: GraphNode, graph: GraphView) {
  // In float64 ε would lose digits: attributes are float32.
  if (node.op !== "add" || node.shape.length !== 2 || node.dtype !== "float32" || sizeOf(node.shape) === 0) return null;
  const [scaled, shift] = node.inputs.map((id) => graph.nodes[id]);
  const [normal, scale] = partsOf(scaled, "mul", graph) ?? [];
  const [centered, spread] = (normal && partsOf(normal, "div", graph)) ?? [];
  const [x, offset] = (centered && partsOf(centered, "sub", graph)) ?? [];
  const deviation = vectorOf(spread, graph);
  const sum = deviation?.op === "sqrt" ? graph.nodes[deviation.inputs[0]] : null;
  const [beta, gamma, mean] = [shift, scale, offset].map((one) => vectorOf(one, graph));
  if (x === undefined || sum?.op !== "add" || beta === null || gamma === null || mean === null) return null;
  const [variance, small] = sum.inputs.map((id) => graph.nodes[id]);
  const epsilon = numberOf(small, graph.at);
  return epsilon === null ? null : { x, parts: [gamma, beta, mean, variance], epsilon };
}

/** Batch normalization by running statistics. */
export const batchNormalization: Pattern = {
  name: "batch normalization",
  ops: ["add"],
  find(node, graph) {
    const found = partsAt(node, graph);
    // Statistics that a step measures have rules of their own, which read what is left out here.
    if (found === null || found.parts.some(({ op }) => op !== null)) return null;
    const { x, parts, epsilon } = found;
    return {
      inputs: [x.id, ...parts.map(({ id }) => id)],
      write: (out, [value, ...vectors]) => {
        const rows = out.expand(value, x.shape);
        const own = vectors.map((vector) => out.expand(vector, [node.shape[1]]));
        const images = imagesOf(out, rows);
        const y = out.emit("BatchNormalization", [images ?? rows, ...own], images ?? rows, { epsilon });
        return images === null ? y : out.reshape(out.transpose(y, [0, 2, 3, 1]), node.shape);
      },
    };
  },
};
