/** Dropout: neurons switched off at random while training. */
import { asVariable, mul, randomBernoulli, type Variable, type VariableLike } from "@adjoint/autograd";
import { checkOptions, isFloat, type RandomGenerator, rng } from "@adjoint/tensor";
import { type ForwardOptions, layerKind } from "./kind/layer-kind.ts";
import { flag, numberIn, optional } from "./kind/options.ts";
import { checkNumberThat } from "./kind/parameter.ts";

/** Options of {@link Dropout}. */
export interface DropoutOptions {
  /** Where masks are drawn from. Default `rng(0)`. */
  readonly rng?: RandomGenerator;
  /** Whether training scales by 1 / (1 − ratio), instead of prediction by 1 − ratio. Default false, as in the book. */
  readonly inverted?: boolean;
}

/**
 * Training: y = x · mask, mask being 1 with probability 1 − ratio, else 0. Prediction: y = x · (1 − ratio).
 *
 * As in the book the mask is not inverted: it is the prediction that is scaled; with `inverted` it is the training, and
 * prediction leaves x as it is. The mask is an op in the graph, drawn
 * from the layer's generator: `rng` in the options, by default `rng(0)`, so give layers generators of their own.
 *
 * @param ratio  the share of neurons that are switched off, 0 ≤ ratio < 1. Default 0.5
 * @throws SpecError for another ratio
 * Source: Deep Learning from Scratch, 6.4.3; Srivastava et al. (2014).
 */
export class Dropout {
  readonly ratio: number;
  readonly inverted: boolean;
  /** Where masks are drawn from; moves on with every forward in training. */
  rng: RandomGenerator;
  /** The mask of the last forward in training: 1 for what was kept. */
  mask: Variable | null = null;

  constructor(ratio = 0.5, options: DropoutOptions = {}) {
    checkOptions("Dropout", options, ["rng", "inverted"]);
    checkNumberThat("Dropout", "ratio", ratio, (x) => x >= 0 && x < 1, "a number, 0 ≤ ratio < 1");
    this.ratio = ratio;
    this.inverted = options.inverted ?? false;
    this.rng = options.rng ?? rng(0);
  }

  /** Drops elements in training (the default), scales in prediction. @param x  any shape, […] @returns […] */
  forward(x: VariableLike, options: ForwardOptions = {}): Variable {
    checkOptions("Dropout", options, ["train"]);
    const input = asVariable("Dropout", x);
    const kept = 1 - this.ratio;
    if (!(options.train ?? true)) return this.inverted ? input : mul(input, kept);
    const dtype = isFloat(input.dtype) ? input.dtype : "float32";
    this.mask = randomBernoulli(this.rng, input.shape, kept, { dtype });
    const y = mul(input, this.mask);
    return this.inverted ? mul(y, 1 / kept) : y;
  }
}

/** Switches neurons off at random in training. */
export const dropout = layerKind({
  kind: "dropout",
  options: {
    /** Share of neurons that are switched off in training, 0 ≤ ratio < 1. Default 0.5. */
    ratio: optional(numberIn("0 ≤ ratio < 1", { low: 0, below: 1 })),
    /** Whether training scales by 1 / (1 − ratio) instead of prediction by 1 − ratio. Default false, as in the book. */
    inverted: optional(flag),
  },
  alone: ["ratio", "number"],
  isTransparent: true,
  layer: ({ ratio = 0.5, inverted = false }, { generator }) => new Dropout(ratio, { rng: generator, inverted }),
});
