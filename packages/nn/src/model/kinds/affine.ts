/** The kinds of layers on rows of numbers: affine, and flatten before it. */
import { asVariable, reshape, variable } from "@adjoint/autograd";
import { sizeOf, zeros } from "@adjoint/tensor";
import { z } from "zod";
import { initializeWeight } from "../../initializers.ts";
import { Affine } from "../../layers/affine.ts";
import type { AffineSpec, FlattenSpec } from "../spec.ts";
import { count, type LayerKind, layerName, weightInit, withoutParameters } from "./layer-kind.ts";

/** Images are flattened, as the book's Affine does. */
export const affine: LayerKind<AffineSpec> = {
  prefix: "affine",
  schema: z.strictObject({
    kind: z.literal("affine"),
    name: layerName.optional(),
    units: count(1),
    weightInit: weightInit.optional(),
  }) as z.ZodType<AffineSpec>,
  outputShape: ({ units }) => [units],
  multiplyAdds: ({ units }, input) => units * sizeOf(input),
  parameterShapes: ({ units }, input) => ({ weight: [sizeOf(input), units], bias: [units] }),
  create: (spec, { name, input, next, generator, dtype }) => {
    const shapes = affine.parameterShapes(spec, input);
    const init = spec.weightInit ?? (next === "relu" ? "he" : "xavier");
    const W = initializeWeight(shapes.weight, sizeOf(input), init, generator, dtype);
    const weight = variable(W, { name: `${name}.weight` });
    const bias = variable(zeros(shapes.bias, { dtype }), { name: `${name}.bias` });
    const layer = new Affine(weight, bias);
    return { parameters: { weight, bias }, statistics: {}, forward: (x) => layer.forward(x) };
  },
};

export const flatten: LayerKind<FlattenSpec> = {
  prefix: "flatten",
  schema: z.strictObject({ kind: z.literal("flatten"), name: layerName.optional() }) as z.ZodType<FlattenSpec>,
  outputShape: (_, input) => [sizeOf(input)],
  multiplyAdds: () => 0,
  parameterShapes: () => ({}),
  create: (_, { input }) =>
    withoutParameters((x) => {
      const batch = asVariable("flatten", x);
      return reshape(batch, [batch.shape[0], sizeOf(input)]);
    }),
};
