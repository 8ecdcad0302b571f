/** The kinds of layers that keep the shape: activations, dropout, batch normalization. */
import { relu, sigmoid, tanh, type UnaryOp, variable } from "@adjoint/autograd";
import { ones, sizeOf, zeros } from "@adjoint/tensor";
import { z } from "zod";
import { BatchNormalization } from "../../layers/batch-normalization.ts";
import { Dropout } from "../../layers/dropout.ts";
import type { ActivationName, ActivationSpec, BatchNormalizationSpec, DropoutSpec } from "../spec.ts";
import { type LayerKind, layerName, numberIn, withoutParameters } from "./layer-kind.ts";

function activation<Kind extends ActivationName>(kind: Kind, op: UnaryOp): LayerKind<ActivationSpec<Kind>> {
  return {
    prefix: kind,
    schema: z.strictObject({ kind: z.literal(kind), name: layerName.optional() }) as unknown as z.ZodType<
      ActivationSpec<Kind>
    >,
    outputShape: (_, input) => input,
    multiplyAdds: () => 0,
    parameterShapes: () => ({}),
    create: () => withoutParameters((x) => op(x)),
  };
}

/** The activations by name. */
export const activations = {
  relu: activation("relu", relu),
  sigmoid: activation("sigmoid", sigmoid),
  tanh: activation("tanh", tanh),
};

export const dropout: LayerKind<DropoutSpec> = {
  prefix: "dropout",
  schema: z.strictObject({
    kind: z.literal("dropout"),
    name: layerName.optional(),
    ratio: numberIn("0 ≤ ratio < 1", (ratio) => ratio >= 0 && ratio < 1).optional(),
  }) as z.ZodType<DropoutSpec>,
  outputShape: (_, input) => input,
  multiplyAdds: () => 0,
  parameterShapes: () => ({}),
  create: ({ ratio = 0.5 }, { generator }) => {
    const layer = new Dropout(ratio, { rng: generator });
    return withoutParameters((x, options) => layer.forward(x, options));
  },
};

/** Statistics are per activation, as in the book. */
export const batchNormalization: LayerKind<BatchNormalizationSpec> = {
  prefix: "batchNorm",
  schema: z.strictObject({
    kind: z.literal("batchNormalization"),
    name: layerName.optional(),
    momentum: numberIn("0 ≤ momentum ≤ 1", (momentum) => momentum >= 0 && momentum <= 1).optional(),
  }) as z.ZodType<BatchNormalizationSpec>,
  outputShape: (_, input) => input,
  multiplyAdds: () => 0,
  parameterShapes: (_, input) => ({ gamma: [sizeOf(input)], beta: [sizeOf(input)] }),
  create: (spec, { name, input, dtype }) => {
    const { momentum = 0.9 } = spec;
    const shapes = batchNormalization.parameterShapes(spec, input);
    const gamma = variable(ones(shapes.gamma, { dtype }), { name: `${name}.gamma` });
    const beta = variable(zeros(shapes.beta, { dtype }), { name: `${name}.beta` });
    const statistic = (of: string) =>
      variable(zeros(shapes.gamma, { dtype }), { name: `${name}.${of}`, requiresGrad: false });
    const runningMean = statistic("runningMean");
    const runningVar = statistic("runningVar");
    const layer = new BatchNormalization(gamma, beta, { momentum, runningMean, runningVar });
    return {
      parameters: { gamma, beta },
      statistics: { runningMean, runningVar },
      forward: (x, options) => layer.forward(x, options),
    };
  },
};
