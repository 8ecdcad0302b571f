/** The kinds of layers that keep the shape: activations, dropout, batch normalization. */
import { relu, sigmoid, tanh, type UnaryOp, variable } from "@adjoint/autograd";
import { ones, sizeOf, zeros } from "@adjoint/tensor";
import { z } from "zod";
import { BatchNormalization } from "../../layers/batch-normalization.ts";
import { Dropout } from "../../layers/dropout.ts";
import type { ActivationName, ActivationSpec, BatchNormalizationSpec, DropoutSpec } from "../spec.ts";
import { type LayerKind, layerName, withoutParameters } from "./layer-kind.ts";

function activation<Kind extends ActivationName>(kind: Kind, op: UnaryOp): LayerKind<ActivationSpec<Kind>> {
  return {
    prefix: kind,
    schema: z.strictObject({ kind: z.literal(kind), name: layerName.optional() }) as unknown as z.ZodType<
      ActivationSpec<Kind>
    >,
    outputShape: (_, input) => input,
    multiplyAdds: () => 0,
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
    ratio: z.number().min(0).lt(1).optional(),
  }) as z.ZodType<DropoutSpec>,
  outputShape: (_, input) => input,
  multiplyAdds: () => 0,
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
    momentum: z.number().min(0).max(1).optional(),
  }) as z.ZodType<BatchNormalizationSpec>,
  outputShape: (_, input) => input,
  multiplyAdds: () => 0,
  create: ({ momentum = 0.9 }, { name, input, dtype }) => {
    const size = [sizeOf(input)];
    const gamma = variable(ones(size, { dtype }), { name: `${name}.gamma` });
    const beta = variable(zeros(size, { dtype }), { name: `${name}.beta` });
    const statistic = (of: string) => variable(zeros(size, { dtype }), { name: `${name}.${of}`, requiresGrad: false });
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
