/** Embedding: a row of a table for each label. */
import { asVariable, indexSelect, reshape, type Variable, type VariableLike } from "@adjoint/autograd";
import { DTypeError, ShapeError } from "@adjoint/tensor";
import type { WeightInit } from "../initializers.ts";
import { checkLabels } from "../targets.ts";
import { layerKind } from "./kind/layer-kind.ts";
import { count, weighted } from "./kind/options.ts";
import { drawn, type OwnWeights, ParameterLayer, type ParameterLike, type ParameterRecipe } from "./kind/parameter.ts";

/** The parameters of an embedding: normal numbers of deviation 1, unless weightInit is given. */
const embeddingPlan = (vocabulary: number, units: number, weightInit: WeightInit = 1) => ({
  W: drawn([vocabulary, units], weightInit, vocabulary, units),
});

const recipe: ParameterRecipe<"W", object> = {
  parameters: ["W"],
  sizes: ["vocabulary", "units"],
  plan: ([vocabulary, units], { weightInit }) => embeddingPlan(vocabulary, units, weightInit),
};

/**
 * y[…] = W[indices[…]]: the row of each index. The gradients of a row that was taken several times add up.
 *
 * `new Embedding(W)` takes its table W, [V, D], one row for each of V labels. `new Embedding(V, D, { seed })` makes it, of
 * normal numbers.
 *
 * @throws ShapeError unless W is a matrix; SpecError for wrong numbers or options
 * Source: Deep Learning from Scratch 2, 4.1 (common/layers.py `Embedding`).
 */
export class Embedding extends ParameterLayer<"W"> {
  declare W: Variable;

  constructor(W: ParameterLike);
  constructor(vocabulary: number, units: number, options?: OwnWeights);
  constructor(...args: readonly unknown[]) {
    super("Embedding", recipe, args);
    if (this.W.ndim === 2) return;
    throw ShapeError.of("Embedding", "W", this.W, "[labels, dimensions], a row for each label");
  }

  /**
   * @param indices  integers 0 … V − 1 (int32), of any shape
   * @returns        [...indices.shape, D]
   * @throws DTypeError for indices of another dtype, IndexError for one out of range
   */
  forward(indices: VariableLike): Variable {
    const labels = asVariable("Embedding", indices, "indices");
    if (labels.dtype !== "int32") {
      throw DTypeError.of("Embedding", "indices", labels.dtype, "int32", {
        problem: `indices are ${labels.dtype}`,
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

/** A row of a table for each label: [...] of integers → [..., units]. */
export const embedding = layerKind({
  kind: "embedding",
  options: {
    /** Number of labels: they are 0 … vocabulary − 1. */
    vocabulary: count(1),
    /** Length of a row. */
    units: count(1),
    ...weighted,
  },
  synonyms: "embed lookup",
  takes: "labels",
  parameters: ({ vocabulary, units, weightInit }) => ({ weight: embeddingPlan(vocabulary, units, weightInit).W }),
  layer: (_, { parameters: { weight } }) => new Embedding(weight),
});
