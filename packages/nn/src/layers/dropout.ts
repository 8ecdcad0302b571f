/** Dropout: neurons switched off at random while training. */
import { asVariable, mul, randomBernoulli, type Variable, type VariableLike } from "@adjoint/autograd";
import { checkOptions, type Generator, isFloat, rng, SpecError } from "@adjoint/tensor";

/** Whether a layer runs for training or for prediction. */
export interface ForwardOptions {
  /** Default true for a layer, as in the book; networks say which. */
  readonly train?: boolean;
}

/**
 * Training: y = x · mask, mask being 1 with probability 1 − ratio, else 0. Prediction: y = x · (1 − ratio).
 *
 * As in the book the mask is not inverted: it is the prediction that is scaled. The mask is an op in the graph, drawn
 * from the layer's generator: `rng` in the options, by default `rng(0)`, so give layers generators of their own.
 *
 * @param ratio  the share of neurons that are switched off, 0 ≤ ratio < 1. Default 0.5
 * @throws SpecError for another ratio
 * Source: Deep Learning from Scratch, 6.4.3; Srivastava et al. (2014).
 */
export class Dropout {
  readonly ratio: number;
  /** Where masks are drawn from; moves on with every forward in training. */
  rng: Generator;
  /** The mask of the last forward in training: 1 for what was kept. */
  mask: Variable | null = null;

  constructor(ratio = 0.5, options: { readonly rng?: Generator } = {}) {
    checkOptions("Dropout", options, ["rng"]);
    if (!(ratio >= 0 && ratio < 1)) {
      throw new SpecError({
        op: "Dropout",
        problem: `ratio is ${ratio}`,
        argument: "ratio",
        expected: "0 ≤ ratio < 1",
        received: String(ratio),
        hint: "The ratio is the share of neurons that are switched off: 0 or more, and less than 1.",
      });
    }
    this.ratio = ratio;
    this.rng = options.rng ?? rng(0);
  }

  forward(x: VariableLike, options: ForwardOptions = {}): Variable {
    checkOptions("Dropout", options, ["train"]);
    const input = asVariable("Dropout", x);
    if (!(options.train ?? true)) return mul(input, 1 - this.ratio);
    const dtype = isFloat(input.dtype) ? input.dtype : "float32";
    this.mask = randomBernoulli(this.rng, input.shape, 1 - this.ratio, { dtype });
    return mul(input, this.mask);
  }
}
