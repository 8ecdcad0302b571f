/** The kind affine: rows of numbers through a matrix. */
import { add, matmul } from "@adjoint/autograd";
import { sizeOf } from "@adjoint/tensor";
import { Affine, affine as affineMap, affinePlan } from "../../../layers/affine.ts";
import type { LayerKind } from "../layer-kind.ts";
import { biased, count, described, flag, layerForm, optional, type SpecOf, weighted } from "../options.ts";

const form = layerForm("affine", "y = x · W + b.", {
  units: described(count(1), "Number of outputs."),
  flatten: optional(
    flag,
    "Whether a sample of several axes becomes one row first, as the book's Affine does: [...] → [units]. False: the layer is applied along the last axis, position by position: [..., D] → [..., units]. Default true.",
  ),
  ...biased,
  ...weighted,
});

export interface AffineSpec extends SpecOf<typeof form> {}

export const affine: LayerKind<AffineSpec, "units"> = {
  ...form,
  synonyms: "dense linear fc fullyconnected lineartransform",
  alone: ["units", "number"],
  parameters: ({ units, flatten = true, bias = true, weightInit }, [{ shape }]) => {
    const length = flatten ? sizeOf(shape) : (shape[shape.length - 1] ?? 1);
    const { W, b } = affinePlan(length, units, weightInit);
    return { weight: W, ...(bias ? { bias: b } : {}) };
  },
  layer: ({ flatten = true }, { inputs: [{ shape }], parameters: { weight, bias } }) => {
    if (!flatten && shape.length > 1) return ([x]) => (bias ? add(matmul(x, weight), bias) : matmul(x, weight));
    return bias ? new Affine(weight, bias) : ([x]) => affineMap(x, weight, null);
  },
  fixes: ({ flatten = true }, [{ shape }]) => (shape.length === 2 ? [{ flatten: !flatten }] : []),
};
