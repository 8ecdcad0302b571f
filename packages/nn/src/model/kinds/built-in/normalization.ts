/** The kinds of layers that bring activations to mean 0 and variance 1. */
import { sizeOf } from "@adjoint/tensor";
import { BatchNormalization } from "../../../layers/batch-normalization.ts";
import { GroupNormalization, LayerNormalization } from "../../../layers/layer-normalization.ts";
import { filled, normalizationPlan } from "../../../layers/parameter-plan.ts";
import type { LayerKind } from "../layer-kind.ts";
import { count, described, flag, layerForm, numberIn, optional, type SpecOf } from "../options.ts";
import { divisorsOf } from "./fixes.ts";

/** What is added to a variance. */
const epsilonBy = (initial: string) =>
  optional(numberIn("epsilon > 0", { above: 0 }), `Added to the variance, > 0. Default ${initial}.`);

const batchForm = layerForm(
  "batchNormalization",
  "Every activation brought to mean 0 and variance 1 over the batch, then scaled by γ and shifted by β; in prediction by running statistics, which start from mean 0 and variance 1. Training needs two values or more for each activation.",
  {
    momentum: optional(
      numberIn("0 ≤ momentum ≤ 1", { low: 0, high: 1 }),
      "Weight of the old running statistics, 0 … 1. Default 0.9.",
    ),
    perChannel: optional(
      flag,
      "Whether statistics are those of a channel, over all its pixels; else those of each activation. Default false.",
    ),
    epsilon: epsilonBy("1e-6, the book's"),
    initialVariance: optional(
      numberIn("0 or more", { low: 0 }),
      "The running variance before any training, ≥ 0. Default 1; 0 is the book's.",
    ),
  },
);

export interface BatchNormalizationSpec extends SpecOf<typeof batchForm> {}

export const batchNormalization: LayerKind<BatchNormalizationSpec> = {
  ...batchForm,
  prefix: "batchNorm",
  synonyms: "batchnorm batchnorm1d batchnorm2d bn",
  isTransparent: true,
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
    return new BatchNormalization(gamma, beta, { ...options, runningMean, runningVar, allowSingleValue: false });
  },
};

const layerNormForm = layerForm(
  "layerNormalization",
  "Each sample brought to mean 0 and variance 1 over its last axes, then scaled by γ and shifted by β. Training needs two values or more there.",
  { axes: optional(count(1), "Over how many of the last axes. Default 1."), epsilon: epsilonBy("1e-5") },
);

export interface LayerNormalizationSpec extends SpecOf<typeof layerNormForm> {}

export const layerNormalization: LayerKind<LayerNormalizationSpec> = {
  ...layerNormForm,
  prefix: "layerNorm",
  synonyms: "layernorm ln",
  isTransparent: true,
  parameters: ({ axes = 1 }, [{ shape }]) => normalizationPlan(shape.slice(-axes)),
  layer: ({ epsilon = 1e-5 }, { parameters: { gamma, beta } }) => new LayerNormalization(gamma, beta, { epsilon }),
  fixes: (_, [{ shape }]) => [{ axes: shape.length }],
};

const groupForm = layerForm(
  "groupNormalization",
  "Groups of channels of each sample brought to mean 0 and variance 1, then scaled by γ and shifted by β. Training needs two values or more in a group.",
  {
    groups: described(count(1), "Number of groups; divides the channels. As many as channels: instance normalization."),
    epsilon: epsilonBy("1e-5"),
  },
);

export interface GroupNormalizationSpec extends SpecOf<typeof groupForm> {}

export const groupNormalization: LayerKind<GroupNormalizationSpec, "groups"> = {
  ...groupForm,
  prefix: "groupNorm",
  synonyms: "groupnorm gn",
  alone: ["groups", "number"],
  isTransparent: true,
  parameters: (_, [{ shape }]) => normalizationPlan([shape[0] ?? 1]),
  layer: ({ groups, epsilon = 1e-5 }, { parameters: { gamma, beta } }) =>
    new GroupNormalization(groups, gamma, beta, { epsilon }),
  fixes: ({ groups }, [{ shape }]) => divisorsOf(shape[0] ?? 1, groups).map((divisor) => ({ groups: divisor })),
};
