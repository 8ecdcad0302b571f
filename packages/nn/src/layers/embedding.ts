/** Embedding: a row of a table for each label. */
import { asVariable, indexSelect, reshape, type Variable, type VariableLike } from "@adjoint/autograd";
import { DTypeError, formatShape, ShapeError } from "@adjoint/tensor";
import { checkLabels } from "../targets.ts";
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
    const [vocabulary] = this.W.shape;
    checkLabels("Embedding", labels, vocabulary, {
      argument: "indices",
      place: (i) => `element ${i}`,
      all: `a vocabulary of ${vocabulary}`,
      hint: `Labels are 0 … ${vocabulary - 1}. Padding needs a row of its own: count other labels from 1, pad with 0, and make the vocabulary larger by 1.`,
    });
    const rows = indexSelect(this.W, reshape(labels, [labels.size]));
    return reshape(rows, [...labels.shape, this.W.shape[1]]);
  }
}
