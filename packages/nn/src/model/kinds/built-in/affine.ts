/** The kind affine: rows of numbers through a matrix. */
import { add, matmul } from "@adjoint/autograd";
import { sizeOf } from "@adjoint/tensor";
import { optional } from "zod/mini";
import { affine as affineMap, affinePlan } from "../../../layers/affine.ts";
import type { AffineSpec } from "../../spec/rows.ts";
import type { LayerKind } from "../layer-kind.ts";
import { count, flag, layerSchema, weighted } from "../options.ts";

export const affine: LayerKind<AffineSpec> = {
  prefix: "affine",
  schema: layerSchema("affine", { units: count(1), flatten: optional(flag), bias: optional(flag), ...weighted }),
  parameters: ({ units, flatten = true, bias = true, weightInit }, [{ shape }]) => {
    const length = flatten ? sizeOf(shape) : (shape[shape.length - 1] ?? 1);
    const { W, b } = affinePlan(length, units, weightInit);
    return { weight: W, ...(bias ? { bias: b } : {}) };
  },
  layer: ({ flatten = true }, { inputs: [{ shape }], parameters: { weight, bias = null } }) => {
    if (flatten || shape.length < 2) return ([x]) => affineMap(x, weight, bias);
    return ([x]) => (bias === null ? matmul(x, weight) : add(matmul(x, weight), bias));
  },
  fixes: ({ flatten = true }, [{ shape }]) => (shape.length === 2 ? [{ flatten: !flatten }] : []),
};
