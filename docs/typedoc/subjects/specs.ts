/**
 * The types of specs, which an editor completes and checks, and the functions that make layers as data.
 *
 * [layers.md](../layers.md) has every kind with its options, ranges and defaults. Import the names of this page from
 * `adjoint`.
 *
 * @module Types of specs
 */
export {
  type BuiltInLayerSpec,
  type DefinedLayerSpec,
  type FullLossSpec,
  type InputSpec,
  type LayerBase,
  type LayerKindName,
  type LayerSpec,
  type LayerSpecOf,
  type LossBase,
  type LossName,
  type LossSpec,
  type LossSpecOf,
  layers,
  type MetricSpec,
  type ModelSpec,
  type Pair,
  type PlainLayerSpec,
  type PlainMetricName,
  type TopAccuracySpec,
  type TrainingSpec,
} from "adjoint";
