/** The lower and the upper triangle of matrices; each is its own adjoint. */
import { checkOptions, kernels } from "@adjoint/tensor";
import { checkMatrices } from "@adjoint/tensor/internal";
import { asVariable } from "../core/leaf.ts";
import { defineOp, type Op } from "../core/op.ts";
import type { ValueSpec, Variable, VariableLike } from "../core/variable.ts";

interface TriangleAttributes {
  readonly k: number;
}

function matrices(op: string, x: ValueSpec): ValueSpec {
  checkMatrices(op, x);
  return x;
}

const trilPrimitive: Op<TriangleAttributes> = defineOp<TriangleAttributes>({
  name: "tril",
  infer: ([x]) => matrices("tril", x),
  forward: ([x], { k }) => kernels.tril(x, k),
  backward: [({ grad, attributes }) => trilPrimitive(grad, attributes)],
  saves: "none",
  linear: true,
  batch: ({ spread, apply }) => apply(spread()),
  // y[i, j] = x[i, j] where j − i ≤ k, else 0 ⇒ x̄ = tril ȳ
  // The upper triangle of the gradient is cut off.
  // […, m, n] → […, m, n]; adjoint: tril
});

const triuPrimitive: Op<TriangleAttributes> = defineOp<TriangleAttributes>({
  name: "triu",
  infer: ([x]) => matrices("triu", x),
  forward: ([x], { k }) => kernels.triu(x, k),
  backward: [({ grad, attributes }) => triuPrimitive(grad, attributes)],
  saves: "none",
  linear: true,
  batch: ({ spread, apply }) => apply(spread()),
  // y[i, j] = x[i, j] where j − i ≥ k, else 0 ⇒ x̄ = triu ȳ
  // The lower triangle of the gradient is cut off.
  // […, m, n] → […, m, n]; adjoint: triu
});

/**
 * The lower triangle of each matrix, […, n, m]: zeros above diagonal `k` (default 0, the main one; 1 is the next above).
 * @throws ShapeError when x has fewer than two axes
 */
export function tril(x: VariableLike, options: { readonly k?: number } = {}): Variable {
  checkOptions("tril", options, ["k"]);
  return trilPrimitive(asVariable("tril", x), { k: options.k ?? 0 });
}

/**
 * The upper triangle of each matrix, […, n, m]: zeros below diagonal `k` (default 0, the main one; 1 is the next above).
 * @throws ShapeError when x has fewer than two axes
 */
export function triu(x: VariableLike, options: { readonly k?: number } = {}): Variable {
  checkOptions("triu", options, ["k"]);
  return triuPrimitive(asVariable("triu", x), { k: options.k ?? 0 });
}

// For the list of ops: what graphs are made of in this family.
export const primitives = { tril: trilPrimitive, triu: triuPrimitive };

// For the list of ops: the methods of this family.
export default { tril, triu };
