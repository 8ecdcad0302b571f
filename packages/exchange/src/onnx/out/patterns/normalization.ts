/**
 * Batch normalization for prediction, by running statistics, and layer normalization. Batch normalization by what is measured
 * stays spelled out: ONNX Runtime computes that variance as a difference of squares, which cancels where the mean is large.
 */
import type { GraphNode } from "@adjoint/autograd";
import { numberOf } from "@adjoint/compiler/internal";
import { sameShape, sizeOf } from "@adjoint/tensor";
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

/** Of the mean over some axes, what it is the mean of, and the axes; null for others. */
function meanAt({ op, inputs }: GraphNode, { at }: GraphView) {
  const [sum, count] = op === "div" ? inputs.map(at) : [];
  if (sum?.op !== "sum") return null;
  const { axes } = sum.attributes as { readonly axes: readonly number[] };
  const of = at(sum.inputs[0]);
  return numberOf(count, at) === axes.reduce((n, axis) => n * of.shape[axis], 1) ? { of, axes } : null;
}

/** What a node of another op repeats. */
const repeatedAt = (node: GraphNode | undefined, { at }: GraphView): GraphNode | null =>
  node?.op === "repeat" ? at(node.inputs[0]) : null;

/** The parts of layer normalization whose last op a node is: γ (x − μ) / √(σ² + ε) + β over the last axes; null for others. */
function layerAt(node: GraphNode, graph: GraphView) {
  const { at } = graph;
  if (node.op !== "add" || node.dtype !== "float32" || sizeOf(node.shape) === 0) return null;
  const [scaled, shift] = node.inputs.map(at);
  const [normal, scale] = partsOf(scaled, "mul", graph) ?? [];
  const [centered, spread] = (normal && partsOf(normal, "div", graph)) ?? [];
  const [gamma, beta, deviation] = [scale, shift, spread].map((one) => repeatedAt(one, graph));
  if (centered?.op !== "sub" || gamma === null || beta === null || deviation?.op !== "sqrt") return null;
  const sum = at(deviation.inputs[0]);
  const [variance, small] = sum.op === "add" ? sum.inputs.map(at) : [];
  const [square, epsilon] = [variance && meanAt(variance, graph), small && numberOf(small, at)];
  const [x, offset] = centered.inputs.map(at);
  const center = repeatedAt(offset, graph);
  const mean = center && meanAt(center, graph);
  if (!square || !mean || typeof epsilon !== "number" || mean.of.id !== x.id) return null;
  if (square.of.op !== "square" || square.of.inputs[0] !== centered.id) return null;
  const axis = node.shape.length - gamma.shape.length;
  const last = gamma.shape.map((_, i) => axis + i);
  const isLast = [mean, square].every(({ axes }) => String(axes) === String(last));
  const hasShape = [gamma, beta].every(({ shape }) => sameShape(shape, node.shape.slice(axis)));
  return isLast && hasShape ? { x, gamma, beta, axis, epsilon } : null;
}

export const layerNormalization: Pattern = {
  name: "layer normalization",
  ops: ["add"],
  find(node, graph) {
    const found = layerAt(node, graph);
    if (found === null) return null;
    const { x, gamma, beta, axis, epsilon } = found;
    return {
      inputs: [x.id, gamma.id, beta.id],
      write: (out, [value, scale, shift]) => {
        const operands = [out.expand(value, x.shape), out.expand(scale, gamma.shape), out.expand(shift, beta.shape)];
        return out.emit("LayerNormalization", operands, operands[0], { axis, epsilon });
      },
    };
  },
};
