/** SoftmaxWithLoss: the last layer of a classifier. */
import type { Variable, VariableLike } from "@adjoint/autograd";
import { softmaxWithLoss } from "../functions.ts";

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
