/** Affine: the fully connected layer. */
import { add, asVariable, matmul, reshape, type Variable, type VariableLike } from "@adjoint/autograd";
import { formatShape, ShapeError, sizeOf } from "@adjoint/tensor";
import { checkParameter, type ParameterLike, parameter } from "./parameter.ts";

/**
 * y = x · W + b. An input of more than two axes is flattened to rows first.
 *
 * @param W  weights, [D, M]
 * @param b  bias, [M]
 * @throws ShapeError when W is no matrix or b does not fit it
 * Source: Deep Learning from Scratch, 5.6 (common/layers.py).
 */
export class Affine {
  W: Variable;
  b: Variable;

  constructor(W: ParameterLike, b: ParameterLike) {
    this.W = parameter(W, "W");
    this.b = parameter(b, "b");
    if (this.W.ndim !== 2) {
      throw new ShapeError({
        op: "Affine",
        problem: `W has shape ${formatShape(this.W.shape)}`,
        argument: "W",
        expected: "[inputs, outputs]",
        received: formatShape(this.W.shape),
        hint: "W has one row for each input and one column for each output.",
      });
    }
    checkParameter("Affine", "b", this.b, [this.W.shape[1]], "Give one bias for each column of W.");
  }

  /** @param x  [N, D], or [N, …] with D numbers for each sample  @returns [N, M] */
  forward(x: VariableLike): Variable {
    return affine(x, this.W, this.b);
  }
}

/** x · W + b, or x · W where there is no bias. @throws ShapeError when x does not fit W */
export function affine(x: VariableLike, W: Variable, b: Variable | null): Variable {
  const input = asVariable("Affine", x);
  const inputs = W.shape[0];
  const given = sizeOf(input.shape.slice(1));
  if (input.ndim < 2 || given !== inputs) {
    throw new ShapeError({
      op: "Affine",
      problem: `an input of shape ${formatShape(input.shape)} does not fit W of shape ${formatShape(W.shape)}`,
      argument: "x",
      expected: `[N, ${inputs}]`,
      received: formatShape(input.shape),
      hint:
        input.ndim < 2
          ? "A batch is needed: reshape one sample to [1, …]."
          : `Each sample has ${given} numbers. Did you mean to build the layer with inputSize ${given}?`,
    });
  }
  const rows = input.ndim === 2 ? input : reshape(input, [input.shape[0], inputs]);
  const y = matmul(rows, W);
  return b === null ? y : add(y, b);
}
