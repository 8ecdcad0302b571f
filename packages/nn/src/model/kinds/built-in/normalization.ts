/** The kinds of layers that bring activations to mean 0 and variance 1. */
import { sizeOf } from "@adjoint/tensor";
import { optional } from "zod/mini";
import { BatchNormalization } from "../../../layers/batch-normalization.ts";
import { GroupNormalization, LayerNormalization } from "../../../layers/layer-normalization.ts";
import { filled, normalizationPlan } from "../../../layers/parameter-plan.ts";
import type { BatchNormalizationSpec, GroupNormalizationSpec, LayerNormalizationSpec } from "../../spec/rows.ts";
import type { LayerKind } from "../layer-kind.ts";
import { count, epsilon, flag, layerSchema, numberIn } from "../options.ts";
import { divisorsOf } from "./fixes.ts";

export const batchNormalization: LayerKind<BatchNormalizationSpec> = {
  prefix: "batchNorm",
  isTransparent: true,
  schema: layerSchema("batchNormalization", {
    momentum: optional(numberIn("0 ≤ momentum ≤ 1", { low: 0, high: 1 })),
    perChannel: optional(flag),
    epsilon: optional(epsilon),
    initialVariance: optional(numberIn("0 or more", { low: 0 })),
  }),
  parameters: ({ perChannel }, [{ shape }]) => {
    const length = perChannel ? (shape[0] ?? 1) : sizeOf(shape);
    return normalizationPlan([length]);
  },
  statistics: ({ perChannel, initialVariance = 1 }, [{ shape }]) => {
    const length = perChannel ? (shape[0] ?? 1) : sizeOf(shape);
    return { runningMean: filled([length], 0), runningVar: filled([length], initialVariance) };
  },
  minBatchSize: ({ perChannel }, [{ shape }]) => (perChannel && sizeOf(shape.slice(1)) > 1 ? 1 : 2),
  layer: ({ kind: _, name: __, from: ___, ...options }, { parameters: { gamma, beta }, statistics }) => {
    const { runningMean, runningVar } = statistics;
    const layer = new BatchNormalization(gamma, beta, { ...options, runningMean, runningVar, allowSingleValue: false });
    return ([x], mode) => layer.forward(x, mode);
  },
};

export const layerNormalization: LayerKind<LayerNormalizationSpec> = {
  prefix: "layerNorm",
  isTransparent: true,
  schema: layerSchema("layerNormalization", { axes: optional(count(1)), epsilon: optional(epsilon) }),
  parameters: ({ axes = 1 }, [{ shape }]) => normalizationPlan(shape.slice(-axes)),
  layer: ({ epsilon: added }, { parameters: { gamma, beta } }) => {
    const layer = new LayerNormalization(gamma, beta, added === undefined ? {} : { epsilon: added });
    return ([x], mode) => layer.forward(x, mode);
  },
  fixes: (_, [{ shape }]) => [{ axes: shape.length }],
};

export const groupNormalization: LayerKind<GroupNormalizationSpec> = {
  prefix: "groupNorm",
  isTransparent: true,
  schema: layerSchema("groupNormalization", { groups: count(1), epsilon: optional(epsilon) }),
  parameters: (_, [{ shape }]) => normalizationPlan([shape[0] ?? 1]),
  layer: ({ groups, epsilon: added }, { parameters: { gamma, beta } }) => {
    const layer = new GroupNormalization(groups, gamma, beta, added === undefined ? {} : { epsilon: added });
    return ([x], mode) => layer.forward(x, mode);
  },
  fixes: ({ groups }, [{ shape }]) => divisorsOf(shape[0] ?? 1, groups).map((divisor) => ({ groups: divisor })),
};
