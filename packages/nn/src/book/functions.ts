/**
 * The book's functions, in ops: activations, their derivatives written out, and losses. `sigmoid`, `relu` and `softmax`
 * are the ops themselves.
 * Source: Deep Learning from Scratch, chapters 3 and 4 (common/functions.py).
 */
import { asVariable, cast, gt, mul, neg, sigmoid, type Variable, type VariableLike } from "@adjoint/autograd";

/** y = x: the output function of regression. @param x  any shape, […] */
export function identityFunction(x: VariableLike): Variable {
  return asVariable("identityFunction", x);
}

/** y = 1 for x > 0, else 0: int32, without a derivative. The book's perceptron. @param x  any shape, […] */
export function stepFunction(x: VariableLike): Variable {
  return cast(gt(asVariable("stepFunction", x), 0), "int32");
}

/**
 * The derivative of sigmoid, (1 − σ(x)) · σ(x), written out as in the book, with 1 − σ(x) as σ(−x), which does not
 * cancel; the graph needs no such function.
 */
export function sigmoidGrad(x: VariableLike): Variable {
  const input = asVariable("sigmoidGrad", x);
  return mul(sigmoid(neg(input)), sigmoid(input));
}

/**
 * The derivative of relu, elementwise: y = 1 for x > 0, else 0.
 * (The book's `relu_grad` cannot run as printed, and counts x = 0 as positive although its Relu layer does not; here it
 * is 0 there, as in the layer.)
 */
export function reluGrad(x: VariableLike): Variable {
  const input = asVariable("reluGrad", x);
  return cast(gt(input, 0), input.dtype);
}
