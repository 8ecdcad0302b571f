/**
 * A model is data: read a spec, build it, print it, save it with its weights, load it again, or define a layer that
 * specs can name.
 *
 * [models.md](../models.md) explains the format. Import the names of this page from `adjoint`.
 *
 * @module Models as data
 */
export {
  type BuildOptions,
  build,
  type Column,
  type DefinedLayer,
  type DefinedLayerContext,
  type DefinedParameter,
  decodeModel,
  defineLayer,
  encodeModel,
  inputsOf,
  type LayerDefinition,
  type LayerForward,
  type LayerRow,
  type LoadModelOptions,
  type LoadWeightsOptions,
  layerRows,
  loadModel,
  loadWeights,
  Model,
  type ModelInputs,
  type ModelLayer,
  type ModelLoss,
  type ModelOptions,
  type ModelTargets,
  type ModelTextOptions,
  model,
  type OutputFunction,
  type PlannedInput,
  parseModel,
  parseModelText,
  type RandomSamples,
  type RunOptions,
  randomSamples,
  renderTable,
  type SaveModelOptions,
  saveModel,
  statesMetadata,
  summary,
  type Used,
  type WeightLayout,
  type WeightNames,
} from "adjoint";
