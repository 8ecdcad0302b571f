/** The lower and the upper triangle of matrices; each is its own adjoint. */
import { checkOptions, kernels, type Tensor } from "@adjoint/tensor";
import { checkMatrices } from "@adjoint/tensor/internal";
import { asVariable } from "../core/leaf.ts";
import { defineOp, type Op } from "../core/op.ts";
import type { BatchContext, ValueSpec, Variable, VariableLike } from "../core/variable.ts";

interface TriangleAttributes {
  readonly k: number;
}

/** The parts of an op that keeps a triangle of each matrix. */
function triangle(name: string, kernel: typeof kernels.tril) {
  return {
    name,
    infer: ([x]: readonly ValueSpec[]): ValueSpec => {
      checkMatrices(name, x);
      return x;
    },
    forward: ([x]: readonly Tensor[], { k }: TriangleAttributes) => kernel(x, k),
    saves: "none" as const,
    linear: true as const,
    batch: ({ spread, apply }: BatchContext<TriangleAttributes>) => apply(spread()),
  };
}

const trilPrimitive: Op<TriangleAttributes> = defineOp<TriangleAttributes>({
  ...triangle("tril", kernels.tril),
  backward: [({ grad, attributes }) => trilPrimitive(grad, attributes)],
  // y[i, j] = x[i, j] where j − i ≤ k, else 0 ⇒ x̄ = tril ȳ
  // The upper triangle of the gradient is cut off.
  // […, m, n] → […, m, n]; adjoint: tril
});

const triuPrimitive: Op<TriangleAttributes> = defineOp<TriangleAttributes>({
  ...triangle("triu", kernels.triu),
  backward: [({ grad, attributes }) => triuPrimitive(grad, attributes)],
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

export const primitives = { tril: trilPrimitive, triu: triuPrimitive };
export default { tril, triu };
