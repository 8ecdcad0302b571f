/** Matrix products. The primitive takes batches of equal shape; `matmul` repeats batches and lifts vectors. */
import {
  DTypeError,
  formatShape,
  formatSpec,
  kernels,
  matmulShape,
  ShapeError,
  sameShape,
  sizeOf,
} from "@adjoint/tensor";
import { asVariable, locating } from "../core/leaf.ts";
import { defineOp, type Op } from "../core/op.ts";
import type { Variable, VariableLike } from "../core/variable.ts";
import { mul } from "./arithmetic.ts";
import { promoted } from "./broadcast.ts";
import { repeat, sum } from "./repeat-sum.ts";
import { reshape } from "./reshape-transpose.ts";
import { matrixTranspose } from "./views.ts";

const matmulPrimitive: Op = defineOp({
  name: "matmul",
  infer: ([a, b]) => {
    const shape = matmulShape("matmul", a.shape, b.shape);
    if (a.dtype !== b.dtype || !sameShape(a.shape.slice(0, -2), b.shape.slice(0, -2))) {
      throw new (a.dtype !== b.dtype ? DTypeError : ShapeError)({
        op: "matmul",
        problem: `the primitive got ${formatSpec(a)} and ${formatSpec(b)}`,
        expected: "one dtype, and equal lengths of the leading axes",
        hint: "Call matmul itself, which casts and repeats.",
      });
    }
    return { shape, dtype: a.dtype === "bool" ? "int32" : a.dtype };
  },
  forward: ([a, b]) => kernels.matmul(a, b),
  backward: [
    ({ grad, inputs: [, b] }) => matmulPrimitive(grad, matrixTranspose(b)),
    ({ grad, inputs: [a] }) => matmulPrimitive(matrixTranspose(a), grad),
  ],
  saves: "inputs",
  linear: [0, 1],
  batch: ({ inputs: [a, b], isBatched, spread, size, shape, apply }) => {
    // One matrix on the right for the whole batch: a single product of tall and flat.
    if (isBatched[1] || b.ndim > 2) return apply(spread());
    const rows = a.shape[0] * a.shape[1];
    return reshape(apply([reshape(a, [rows, a.shape[2]]), b]), [size, ...shape]);
  },
  // Y = A B ⇒ Ā = Ȳ Bᵀ, B̄ = Aᵀ Ȳ
  // Each factor gets the gradient times the transpose of the other: the Affine layer.
  // […, m, k], […, k, n] → […, m, n]; adjoint: matmul; source: the book, 5.6
});

/**
 * The matrix product Y = A B over the last two axes; leading axes broadcast. A vector on the left is a row, on the
 * right a column, and its axis is left out of the result (NumPy's matmul).
 *
 * Adjoint in each operand: Ā = Ȳ Bᵀ, B̄ = Aᵀ Ȳ (the book's Affine, 5.6).
 * @throws ShapeError when the inner dimensions differ or an operand is a single number
 */
export function matmul(a: VariableLike, b: VariableLike): Variable {
  let [x, y] = promoted(asVariable("matmul", a, "first operand"), asVariable("matmul", b, "second operand"));
  if (x.ndim === 2 && y.ndim === 2) return matmulPrimitive(x, y);
  const row = x.ndim === 1;
  const column = y.ndim === 1;
  if (row) x = reshape(x, [1, x.shape[0]]);
  if (column) y = reshape(y, [y.shape[0], 1]);
  const shape = locating([x, y], () => matmulShape("matmul", x.shape, y.shape));
  let product: Variable;
  if (y.ndim === 2) {
    // One matrix for the whole batch: a single product of tall and flat.
    const rows = sizeOf(shape.slice(0, -1));
    const flat = x.ndim === 2 ? x : reshape(x, [rows, x.shape[x.ndim - 1]]);
    product = reshape(matmulPrimitive(flat, y), shape);
  } else {
    const batch = shape.slice(0, -2);
    product = matmulPrimitive(repeat(x, [...batch, ...x.shape.slice(-2)]), repeat(y, [...batch, ...y.shape.slice(-2)]));
  }
  if (!row && !column) return product;
  const kept = shape.filter((_, i) => !(row && i === shape.length - 2) && !(column && i === shape.length - 1));
  return reshape(product, kept);
}

/**
 * The dot product Σ aᵢ bᵢ of two vectors of equal length.
 * @throws ShapeError when an operand is no vector or the lengths differ
 */
export function dot(a: VariableLike, b: VariableLike): Variable {
  const [x, y] = vectors("dot", a, b, "two vectors of equal length", "Use matmul for matrices.");
  return sum(mul(x, y));
}

function vectors(op: "dot" | "outer", a: VariableLike, b: VariableLike, expected: string, hint: string) {
  const [x, y] = [asVariable(op, a, "first operand"), asVariable(op, b, "second operand")];
  if (x.ndim === 1 && y.ndim === 1 && (op === "outer" || x.size === y.size)) return [x, y] as const;
  const received = `${formatShape(x.shape)} and ${formatShape(y.shape)}`;
  throw ShapeError.of(op, "operands", received, expected, { problem: `operands have shapes ${received}`, hint });
}

/**
 * The outer product yᵢⱼ = aᵢ bⱼ of two vectors: [n], [m] → [n, m].
 * @throws ShapeError when an operand is no vector
 */
export function outer(a: VariableLike, b: VariableLike): Variable {
  const hint = 'Flatten them first, or use einsum, for example "ij,kl->ijkl".';
  const [x, y] = vectors("outer", a, b, "two vectors", hint);
  return mul(reshape(x, [x.size, 1]), reshape(y, [1, y.size]));
}

export const primitives = { matmul: matmulPrimitive };
export default { matmul, dot, outer };
