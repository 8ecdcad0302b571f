// Models as data: names only.
export {
  type DefinedLayer,
  type DefinedLayerContext,
  type DefinedParameter,
  defineLayer,
  type LayerDefinition,
} from "../layers/define-layer.ts";
export type { LayerForward } from "../layers/kind/layer-kind.ts";
export type { Used } from "../layers/registry.ts";
export { type BuildOptions, build } from "../model/build.ts";
export type { OutputFunction } from "../model/evaluate.ts";
export type { ModelInputs, ModelTargets } from "../model/inputs.ts";
export type { ModelLayer, RunOptions } from "../model/layer.ts";
export type { ModelLoss } from "../model/loss.ts";
export { Model } from "../model/model.ts";
export { type RandomSamples, randomSamples } from "../model/random-samples.ts";
export {
  decodeModel,
  encodeModel,
  type LoadModelOptions,
  loadModel,
  type SaveModelOptions,
  saveModel,
  statesMetadata,
} from "../model/save.ts";
export { type LayerRow, layerRows, summary } from "../model/summary.ts";
export type { WeightLayout } from "../model/weights/layouts/table.ts";
export { type LoadWeightsOptions, loadWeights } from "../model/weights/load-weights.ts";
export type { WeightNames } from "../model/weights/name-map.ts";
export type { NamingOptions } from "../model/weights/naming.ts";
export { type SaveWeightsOptions, saveWeights, weightsFor } from "../model/weights/save-weights.ts";
export { inputsOf, type PlannedInput } from "../read/inputs.ts";
export { type ModelOptions, model, parseModel } from "../read/parse.ts";
export { type ModelTextOptions, parseModelText } from "../read/text/parse-model-text.ts";
export { type Column, renderTable } from "../table.ts";
