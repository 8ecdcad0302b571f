/** Embedding: a row of a table for each label. */
import { asVariable, indexSelect, reshape, type Variable, type VariableLike } from "@adjoint/autograd";
import { DTypeError, formatShape, ShapeError } from "@adjoint/tensor";
import { type ParameterLike, parameter } from "./parameter.ts";

/**
 * y[…] = W[indices[…]]: the row of each index. The gradients of a row that was taken several times add up.
 *
 * @param W  the table, [V, D]: one row for each of V labels
 * @throws ShapeError when W is no matrix
 * Source: Deep Learning from Scratch 2, 4.1 (common/layers.py `Embedding`).
 */
export class Embedding {
  W: Variable;

  constructor(W: ParameterLike) {
    this.W = parameter(W, "W");
    if (this.W.ndim === 2) return;
    throw new ShapeError({
      op: "Embedding",
      problem: `W has shape ${formatShape(this.W.shape)}`,
      argument: "W",
      expected: "[labels, dimensions]",
      received: formatShape(this.W.shape),
      hint: "W has one row for each label.",
    });
  }

  /**
   * @param indices  whole numbers 0 … V − 1 (int32), of any shape
   * @returns        [...indices.shape, D]
   * @throws DTypeError for indices of another dtype, IndexError for one out of range
   */
  forward(indices: VariableLike): Variable {
    const labels = asVariable("Embedding", indices, "indices");
    if (labels.dtype !== "int32") {
      throw new DTypeError({
        op: "Embedding",
        problem: `indices are ${labels.dtype}`,
        argument: "indices",
        expected: "int32",
        received: labels.dtype,
        hint: 'Make them with tensor([…], { dtype: "int32" }).',
      });
    }
    const rows = indexSelect(this.W, reshape(labels, [labels.size]));
    return reshape(rows, [...labels.shape, this.W.shape[1]]);
  }
}
