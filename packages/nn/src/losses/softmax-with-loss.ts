/** The book's softmax with cross entropy, as functions and as the last layer of a classifier. */
import {
  add,
  asVariable,
  constant,
  div,
  log,
  mul,
  neg,
  softmax,
  sum,
  type Variable,
  type VariableLike,
} from "@adjoint/autograd";
import { calledAs, sizeOf } from "@adjoint/tensor";
import { checkDistributions, labelProbabilities, rowsOf, targetsOf } from "../targets.ts";
import { plainLoss } from "./loss-kind.ts";

/**
 * The cross entropy of softmax(x) with the targets: L = −Σ t · log(softmax(x) + 1e-7) / N.
 *
 * The book writes its backward by hand as (y − t) / N, which leaves the 1e-7 out of account. The graph's gradient is
 * the true one of this loss: (y − t) / N scaled by p / (p + 1e-7), where p is the probability of the right class. So it
 * vanishes where the network is confidently wrong: half of it is left when the scores differ by 16, 2 % at 20. The loss
 * `crossEntropy` learns there as everywhere.
 * Source: Deep Learning from Scratch, 5.6.3 and appendix A.
 */
export class SoftmaxWithLoss {
  /** The loss of the last forward. */
  loss: Variable | null = null;
  /** The probabilities of the last forward, [N, C]. */
  y: Variable | null = null;

  /**
   * @param x  scores, [N, C], or [C] for one sample
   * @param t  one-hot rows of the shape of x, or N labels 0 … C − 1
   * @throws ShapeError, IndexError, DTypeError, DataError for targets that do not fit
   */
  forward(x: VariableLike, t: VariableLike): Variable {
    const { y, loss } = softmaxWithLoss("SoftmaxWithLoss", x, t);
    this.y = y;
    this.loss = loss;
    return loss;
  }
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
  const output = asVariable("crossEntropyError", y, "y");
  const rows = rowsOf("crossEntropyError", output);
  checkDistributions("crossEntropyError", "y", rows, rows.shape[1]);
  return crossEntropyOf("crossEntropyError", output, t);
}

/** The same of what softmax gave. */
function crossEntropyOf(op: string, y: Variable, t: VariableLike): Variable {
  const output = rowsOf(op, y);
  const targets = targetsOf(op, t, output, y);
  const count = constant(output.shape[0], { name: "batch size", dtype: output.dtype });
  if (targets.labels === null) {
    return div(neg(sum(mul(targets.oneHot, log(add(output, 1e-7))))), count);
  }
  return div(neg(sum(log(add(labelProbabilities(output, targets.labels), 1e-7)))), count);
}

/** Softmax and the cross entropy of what it gives, which {@link softmaxLoss} and SoftmaxWithLoss are. */
export function softmaxWithLoss(op: string, x: VariableLike, t: VariableLike) {
  const y = softmax(asVariable(op, x));
  return { y, loss: crossEntropyOf(op, y, t) };
}

/**
 * The cross entropy of softmax(x) with targets t: `crossEntropyError(softmax(x), t)`, as in the book. Its gradient
 * vanishes where the network is confidently wrong; see SoftmaxWithLoss, and crossEntropy for a loss that learns there.
 */
export function softmaxLoss(x: VariableLike, t: VariableLike): Variable {
  return calledAs("softmaxLoss", () => softmaxWithLoss("softmaxLoss", x, t)).loss;
}

/**
 * The book's softmax with cross entropy, −log(p + 1e-7): rows of scores, and labels or one-hot rows. Its gradient is y
 * − t scaled by p / (p + 1e-7), so it vanishes where the network is confidently wrong (2 % is left when scores differ
 * by 20). crossEntropy learns there too.
 */
export const softmaxWithLossKind = plainLoss("softmaxWithLoss", (y, t) => new SoftmaxWithLoss().forward(y, t), {
  needs: (shape) => (shape.length === 1 ? null : "one row of scores, [classes]"),
  classifies: true,
  targets: (_, generator, { count, shape }) => generator.integers(0, sizeOf(shape), [count]),
});
