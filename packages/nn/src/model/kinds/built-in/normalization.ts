/** The kinds of layers that bring activations to mean 0 and variance 1. */
import { sizeOf } from "@adjoint/tensor";
import { optional } from "zod/mini";
import { BatchNormalization } from "../../../layers/batch-normalization.ts";
import { GroupNormalization, LayerNormalization } from "../../../layers/layer-normalization.ts";
import type { BatchNormalizationSpec, GroupNormalizationSpec, LayerNormalizationSpec } from "../../spec/rows.ts";
import { filled, type LayerKind } from "../layer-kind.ts";
import { count, epsilon, flag, layerSchema, numberIn } from "../options.ts";
import { divisorsOf } from "./fixes.ts";

export const batchNormalization: LayerKind<BatchNormalizationSpec> = {
  prefix: "batchNorm",
  isTransparent: true,
  schema: layerSchema("batchNormalization", {
    momentum: optional(numberIn("0 ≤ momentum ≤ 1", { low: 0, high: 1 })),
    perChannel: optional(flag),
    epsilon: optional(epsilon),
  }),
  parameters: ({ perChannel }, [{ shape }]) => {
    const length = perChannel ? (shape[0] ?? 1) : sizeOf(shape);
    return { gamma: filled([length], 1), beta: filled([length], 0) };
  },
  statistics: ({ perChannel }, [{ shape }]) => {
    const length = perChannel ? (shape[0] ?? 1) : sizeOf(shape);
    return { runningMean: filled([length], 0), runningVar: filled([length], 0) };
  },
  layer: ({ kind: _, name: __, from: ___, ...options }, { parameters: { gamma, beta }, statistics }) => {
    const { runningMean, runningVar } = statistics;
    const layer = new BatchNormalization(gamma, beta, { ...options, runningMean, runningVar });
    return ([x], mode) => layer.forward(x, mode);
  },
};

export const layerNormalization: LayerKind<LayerNormalizationSpec> = {
  prefix: "layerNorm",
  isTransparent: true,
  schema: layerSchema("layerNormalization", { axes: optional(count(1)), epsilon: optional(epsilon) }),
  parameters: ({ axes = 1 }, [{ shape }]) => {
    const own = shape.slice(-axes);
    return { gamma: filled(own, 1), beta: filled(own, 0) };
  },
  layer: ({ epsilon: added }, { parameters: { gamma, beta } }) => {
    const layer = new LayerNormalization(gamma, beta, added === undefined ? {} : { epsilon: added });
    return ([x]) => layer.forward(x);
  },
  fixes: (_, [{ shape }]) => [{ axes: shape.length }],
};

export const groupNormalization: LayerKind<GroupNormalizationSpec> = {
  prefix: "groupNorm",
  isTransparent: true,
  schema: layerSchema("groupNormalization", { groups: count(1), epsilon: optional(epsilon) }),
  parameters: (_, [{ shape }]) => ({ gamma: filled([shape[0] ?? 1], 1), beta: filled([shape[0] ?? 1], 0) }),
  layer: ({ groups, epsilon: added }, { parameters: { gamma, beta } }) => {
    const layer = new GroupNormalization(groups, gamma, beta, added === undefined ? {} : { epsilon: added });
    return ([x]) => layer.forward(x);
  },
  fixes: ({ groups }, [{ shape }]) => divisorsOf(shape[0] ?? 1, groups).map((divisor) => ({ groups: divisor })),
};
