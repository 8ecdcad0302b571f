/** Matrix products and sums over named axes. */
import { einsum, type Variable } from "@adjoint/autograd";
import type { NodeCall } from "../nodes/call.ts";
import type { Lowerings } from "./lowering.ts";

/** α A B + β C, A and B transposed on request. */
function gemm(node: NodeCall): Variable {
  const [alpha, beta] = [node.float("alpha", 1), node.float("beta", 1)];
  node.checkSameType(0, 2);
  const a = node.int("transA", 0) === 0 ? node.x(0) : node.x(0).transpose();
  const b = node.int("transB", 0) === 0 ? node.x(1) : node.x(1).transpose();
  if (a.ndim !== 2 || b.ndim !== 2) throw node.refuse("multiplies what are no matrices");
  const product = a.matmul(b);
  const y = alpha === 1 ? product : product.mul(alpha);
  const c = node.optional(2);
  if (c === null || beta === 0) return y;
  return node.like(y, y.add(beta === 1 ? c : c.mul(beta)));
}

export const products: Lowerings = {
  MatMul: (node) => {
    node.checkSameType(0, 2);
    return node.x(0).matmul(node.x(1));
  },
  Gemm: gemm,
  Einsum: (node) => {
    node.checkSameType(0, node.count);
    return einsum(node.string("equation") ?? "", ...node.xs());
  },
};
