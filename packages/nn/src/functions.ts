/**
 * The book's functions, in ops: activations, their derivatives written out, and losses. `sigmoid`, `relu` and `softmax`
 * are the ops themselves.
 * Source: Deep Learning from Scratch, chapters 3 and 4 (common/functions.py).
 */
import {
  add,
  asVariable,
  cast,
  div,
  gt,
  log,
  mul,
  neg,
  sigmoid,
  softmax,
  square,
  sub,
  sum,
  type Variable,
  type VariableLike,
} from "@adjoint/autograd";
import { calledAs, formatShape, ShapeError, sameShape } from "@adjoint/tensor";
import { checkDistributions, labelProbabilities, rowsOf, targetsOf } from "./targets.ts";

export { relu, sigmoid, softmax } from "@adjoint/autograd";

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

/**
 * L = ½ Σ (y − t)², y and t […]: half the sum of squares, **not a mean**, as in the book (4.2.1).
 * @throws ShapeError unless y and t have one shape
 */
export function meanSquaredError(y: VariableLike, t: VariableLike): Variable {
  const [output, target] = [asVariable("meanSquaredError", y, "y"), asVariable("meanSquaredError", t, "t")];
  if (!sameShape(output.shape, target.shape)) {
    throw new ShapeError({
      op: "meanSquaredError",
      problem: `y has shape ${formatShape(output.shape)}, t ${formatShape(target.shape)}`,
      argument: "t",
      expected: formatShape(output.shape),
      received: formatShape(target.shape),
      hint: "Give one target for each output.",
    });
  }
  return mul(sum(square(sub(output, target))), 0.5);
}

/**
 * The cross entropy of probabilities y with targets t: L = −Σ t · log(y + 1e-7) / N; the 1e-7 keeps log from −∞
 * (4.2.4).
 *
 * @param y  probabilities, [N, C], or [C] for one sample
 * @param t  one-hot targets of the shape of y, or labels: N integers 0 … C − 1
 * @throws ShapeError when t is neither; IndexError for a label out of range; DTypeError for labels that are not whole;
 *         DataError where a row of y (scores, say) or of one-hot targets has negative numbers or does not sum to 1
 */
export function crossEntropyError(y: VariableLike, t: VariableLike): Variable {
  const output = rowsOf("crossEntropyError", asVariable("crossEntropyError", y, "y"));
  checkDistributions("crossEntropyError", "y", output, output.shape[1]);
  return crossEntropyOf("crossEntropyError", output, t);
}

/** The same of what softmax gave. */
function crossEntropyOf(op: string, output: Variable, t: VariableLike): Variable {
  const targets = targetsOf(op, t, output);
  const count = output.shape[0];
  if (targets.labels === null) {
    return div(neg(sum(mul(targets.oneHot, log(add(output, 1e-7))))), count);
  }
  return div(neg(sum(log(add(labelProbabilities(output, targets.labels), 1e-7)))), count);
}

/** Softmax and the cross entropy of what it gives, which {@link softmaxLoss} and SoftmaxWithLoss are. */
export function softmaxWithLoss(
  op: string,
  x: VariableLike,
  t: VariableLike,
): { readonly y: Variable; readonly loss: Variable } {
  const y = softmax(asVariable(op, x));
  return { y, loss: crossEntropyOf(op, rowsOf(op, y), t) };
}

/**
 * The cross entropy of softmax(x) with targets t: `crossEntropyError(softmax(x), t)`, as in the book. Its gradient
 * vanishes where the network is confidently wrong; see SoftmaxWithLoss, and crossEntropy for a loss that learns there.
 */
export function softmaxLoss(x: VariableLike, t: VariableLike): Variable {
  return calledAs("softmaxLoss", () => softmaxWithLoss("softmaxLoss", x, t)).loss;
}
