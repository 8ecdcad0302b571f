/** Matrix products with a bias, and means. */
import type { GraphNode } from "@adjoint/autograd";
import { numberOf } from "@adjoint/compiler/internal";
import { isFloat, sizeOf } from "@adjoint/tensor";
import { columnSums, hasColumns, product } from "../ops/reducing.ts";
import type { GraphView, Pattern } from "./pattern.ts";

/** Of a sum, the operand computed for it alone, and the vector repeated for each of its rows; null for other sums. */
export function biasedAt(node: GraphNode, { nodes, uses }: GraphView) {
  if (node.op !== "add" || node.shape.length !== 2) return null;
  for (const [x, b] of [node.inputs, node.inputs.toReversed()]) {
    const repeated = nodes[b];
    if (repeated.op !== "repeat" || uses(x) !== 1) continue;
    const { id, shape } = nodes[repeated.inputs[0]];
    const isRow = shape.length > 0 && sizeOf(shape) === shape[shape.length - 1] && sizeOf(shape) === node.shape[1];
    if (isRow) return { of: nodes[x], bias: id };
  }
  return null;
}

/** x · W + b. */
export const gemm: Pattern = {
  name: "product with a bias",
  ops: ["add"],
  find(node, graph) {
    const sum = biasedAt(node, graph);
    if (sum === null || sum.of.op !== "matmul" || !isFloat(node.dtype) || sizeOf(sum.of.shape) === 0) return null;
    const [a, b] = sum.of.inputs.map((id) => graph.nodes[id]);
    if (a.shape[1] === 0) return null;
    return {
      inputs: [a.id, b.id, sum.bias],
      write: (out, [x, w, bias]) => {
        const whole = [out.expand(x, a.shape), out.expand(w, b.shape)] as const;
        const y = product(out, ...whole);
        // The op that reads matrices as they were before they were transposed.
        const before = out.producerOf(y);
        const [[left, right], attributes] = before?.op === "Gemm" ? [before.inputs, before.attributes] : [whole, {}];
        const operands = [left, right, out.reshape(bias, [b.shape[1]])];
        return out.emit("Gemm", operands, { shape: node.shape, type: y.type }, attributes);
      },
    };
  },
};

/** The sum over axes, divided by the number of elements. */
export const mean: Pattern = {
  name: "mean",
  ops: ["div"],
  find({ inputs: [total, by], dtype, shape }, { nodes, at, uses }) {
    const sum = nodes[total];
    const count = numberOf(at(by), at);
    if (sum.op !== "sum" || uses(total) !== 1 || count === null || !isFloat(dtype) || dtype !== sum.dtype) return null;
    const [id] = sum.inputs;
    const { axes, keepDims } = sum.attributes as { readonly axes: readonly number[]; readonly keepDims: boolean };
    const elements = axes.reduce((n, axis) => n * nodes[id].shape[axis], 1);
    if (elements !== count || axes.length === 0 || sizeOf(shape) === 0) return null;
    return {
      inputs: [id],
      write: (out, [given]) => {
        const x = out.expand(given, nodes[id].shape);
        if (axes.length > 1 || axes[0] !== 0 || !hasColumns(out, x)) return out.reduce("ReduceMean", x, axes, keepDims);
        return out.reshape(out.map("Div", [columnSums(out, x), count]), shape);
      },
    };
  },
};
