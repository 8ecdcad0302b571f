/** Matrix products and sums over named axes. */
import { add, einsum, matmul, mul, transpose, type Variable } from "@adjoint/autograd";
import type { NodeCall } from "../nodes/call.ts";
import type { Lowerings } from "./lowering.ts";

/** α A B + β C, A and B transposed on request. */
function gemm(node: NodeCall): Variable {
  const [alpha, beta] = [node.float("alpha", 1), node.float("beta", 1)];
  node.checkSameType(0, 2);
  const a = node.int("transA", 0) === 0 ? node.x(0) : transpose(node.x(0));
  const b = node.int("transB", 0) === 0 ? node.x(1) : transpose(node.x(1));
  if (a.ndim !== 2 || b.ndim !== 2) throw node.refuse("multiplies what are no matrices");
  const product = matmul(a, b);
  const y = alpha === 1 ? product : mul(product, alpha);
  const c = node.optional(2);
  if (c === null || beta === 0) return y;
  return node.like(y, add(y, beta === 1 ? c : mul(c, beta)));
}

export const products: Lowerings = {
  MatMul: (node) => {
    node.checkSameType(0, 2);
    return matmul(node.x(0), node.x(1));
  },
  Gemm: gemm,
  Einsum: (node) => {
    node.checkSameType(0, node.count);
    return einsum(node.string("equation") ?? "", ...node.xs());
  },
};
