// Types of specs: names only.
export { layers } from "../layers/builders.ts";
export type { LayerBase, Pair, PlainLayerSpec } from "../layers/kind/options.ts";
export type {
  BuiltInLayerSpec,
  DefinedLayerSpec,
  LayerKindName,
  LayerSpec,
  LayerSpecOf,
} from "../layers/structures.ts";
export type { FullLossSpec, LossName, LossSpec, LossSpecOf } from "../losses/all.ts";
export type { LossBase } from "../losses/loss-kind.ts";
export type { MetricSpec, PlainMetricName, TopAccuracySpec } from "../losses/metrics.ts";
export type { InputSpec, ModelSpec } from "../read/model-spec.ts";
export type { TrainingSpec } from "../read/training-spec.ts";
