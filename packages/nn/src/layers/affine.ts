/** The fully connected layer: rows of numbers times a matrix. */
import { add, asVariable, matmul, reshape, type Variable, type VariableLike } from "@adjoint/autograd";
import { formatShape, ShapeError, sizeOf } from "@adjoint/tensor";
import type { WeightInit } from "../initializers.ts";
import { layerKind } from "./kind/layer-kind.ts";
import { biased, count, flag, optional, weighted } from "./kind/options.ts";
import {
  checkWeights,
  drawn,
  filled,
  type OwnWeights,
  ParameterLayer,
  type ParameterLike,
  type ParameterRecipe,
  weightAndBias,
} from "./kind/parameter.ts";

/** The parameters of an affine layer. */
const affinePlan = (inputs: number, units: number, weightInit?: WeightInit) => ({
  W: drawn([inputs, units], weightInit, inputs, units),
  b: filled([units], 0),
});

const recipe: ParameterRecipe<"W" | "b", object> = {
  parameters: ["W", "b"],
  sizes: ["inputs", "units"],
  plan: ([inputs, units], { weightInit }) => affinePlan(inputs, units, weightInit),
};

/**
 * y = x · W + b. An input of more than two axes is flattened to rows first.
 *
 * `new Affine(W, b)` takes its parameters: weights W, [D, M], and a bias b, [M]. `new Affine(D, M, { seed })` makes them:
 * Xavier weights (`weightInit: "he"` before a ReLU) and a bias of zeros.
 *
 * @throws ShapeError unless W is a matrix and b fits it; SpecError for wrong numbers or options
 * Source: Deep Learning from Scratch, 5.6 (common/layers.py).
 */
export class Affine extends ParameterLayer<"W" | "b"> {
  declare W: Variable;
  declare b: Variable;

  constructor(W: ParameterLike, b: ParameterLike);
  constructor(inputs: number, units: number, options?: OwnWeights);
  constructor(...args: readonly unknown[]) {
    super("Affine", recipe, args);
    checkWeights("Affine", this, "[inputs, outputs]", 1, "column of W");
  }

  /** @param x  [N, D], or [N, …] with D numbers for each sample  @returns [N, M] */
  forward(x: VariableLike): Variable {
    return affineMap(x, this.W, this.b);
  }
}

/** x · W + b, or x · W where there is no bias. @throws ShapeError when x does not fit W */
export function affineMap(x: VariableLike, W: Variable, b: Variable | null): Variable {
  const input = asVariable("Affine", x);
  const inputs = W.shape[0];
  const given = sizeOf(input.shape.slice(1));
  if (input.ndim < 2 || given !== inputs) {
    throw ShapeError.of("Affine", "x", formatShape(input.shape), `[N, ${inputs}]`, {
      problem: `an input of shape ${formatShape(input.shape)} does not fit W of shape ${formatShape(W.shape)}`,
      hint:
        input.ndim < 2
          ? "Reshape one sample to [1, …]."
          : `Each sample has ${given} numbers. Did you mean to build the layer with inputSize ${given}?`,
    });
  }
  const rows = input.ndim === 2 ? input : reshape(input, [input.shape[0], inputs]);
  const y = matmul(rows, W);
  return b === null ? y : add(y, b);
}

/** y = x · W + b. */
export const affine = layerKind({
  kind: "affine",
  options: {
    /** Number of outputs. */
    units: count(1),
    /**
     * Whether a sample of several axes becomes one row first, as the book's Affine does: [...] → [units]. False: the
     * layer is applied along the last axis, position by position: [..., D] → [..., units]. Default true.
     */
    flatten: optional(flag),
    ...biased,
    ...weighted,
  },
  synonyms: "dense linear fc fullyconnected lineartransform",
  alone: ["units", "number"],
  parameters: ({ units, flatten = true, bias, weightInit }, [{ shape }]) => {
    const length = flatten ? sizeOf(shape) : (shape[shape.length - 1] ?? 1);
    return weightAndBias(affinePlan(length, units, weightInit), bias);
  },
  layer: ({ flatten = true }, { inputs: [{ shape }], parameters: { weight, bias } }) => {
    if (!flatten && shape.length > 1) return ([x]) => (bias ? add(matmul(x, weight), bias) : matmul(x, weight));
    return bias ? new Affine(weight, bias) : ([x]) => affineMap(x, weight, null);
  },
  fixes: ({ flatten = true }, [{ shape }]) => (shape.length === 2 ? [{ flatten: !flatten }] : []),
});
