/** The contents of @adjoint/nn: names only. */
// What the options of defined layers are made of: the same zod that specs are read by.
export { z } from "zod";
export {
  type ConvParam,
  DeepConvNet,
  type DeepConvNetOptions,
  SimpleConvNet,
  type SimpleConvNetOptions,
} from "./book/convolutional.ts";
export {
  type Activation,
  MultiLayerNet,
  MultiLayerNetExtend,
  type MultiLayerNetExtendOptions,
  type MultiLayerNetOptions,
  TwoLayerNet,
  type TwoLayerNetOptions,
} from "./book/fully-connected.ts";
export { LayeredNetwork, type NetworkOptions } from "./book/layered-network.ts";
export { type CheckModuleOptions, checkModule } from "./check/check-module.ts";
export type { CheckedLayer, CheckedModule } from "./check/parts.ts";
export type { LayerReport, ModuleReport } from "./check/render.ts";
export {
  crossEntropyError,
  identityFunction,
  meanSquaredError,
  reluGrad,
  sigmoidGrad,
  softmaxLoss,
  stepFunction,
} from "./functions.ts";
export { initializerNames, initializeWeight, type WeightInit, weightStd } from "./initializers.ts";
export { Relu, Sigmoid } from "./layers/activations.ts";
export { Affine } from "./layers/affine.ts";
export {
  type AttentionOptions,
  type AttentionParameters,
  MultiHeadAttention,
} from "./layers/attention.ts";
export { AdaptiveAveragePooling, AveragePooling, GlobalAveragePooling } from "./layers/average-pooling.ts";
export { BatchNormalization, type BatchNormalizationOptions } from "./layers/batch-normalization.ts";
export { Convolution, type ConvolutionOptions } from "./layers/convolution.ts";
export { Dropout, type DropoutOptions } from "./layers/dropout.ts";
export { Embedding } from "./layers/embedding.ts";
export { GroupNormalization, LayerNormalization, type NormalizationOptions } from "./layers/layer-normalization.ts";
export type { ParameterLike } from "./layers/parameter.ts";
export type { OwnParameters, OwnWeights } from "./layers/parameter-plan.ts";
export { Pooling, type PoolingOptions } from "./layers/pooling.ts";
export { Gru, GruCell, Lstm, LstmCell, type LstmState } from "./layers/recurrent.ts";
export { SoftmaxWithLoss } from "./layers/softmax-with-loss.ts";
export { TransposedConvolution, type TransposedConvolutionOptions } from "./layers/transposed-convolution.ts";
export {
  binaryCrossEntropyWithLogits,
  type CrossEntropyOptions,
  crossEntropy,
  huberLoss,
  klDivergence,
  l1Loss,
  mseLoss,
} from "./losses.ts";
export { type BuildOptions, build } from "./model/build.ts";
export { layers } from "./model/builders.ts";
export {
  type DefinedLayer,
  type DefinedLayerContext,
  type DefinedParameter,
  defineLayer,
  type LayerDefinition,
} from "./model/kinds/define-layer.ts";
export type { Used } from "./model/kinds/kit.ts";
export type { ForwardOptions, Layer } from "./model/kinds/layer-kind.ts";
export type { LayerBase, Pair, PlainLayerSpec } from "./model/kinds/options.ts";
export type {
  BuiltInLayerSpec,
  DefinedLayerSpec,
  LayerKindName,
  LayerSpec,
  LayerSpecOf,
} from "./model/kinds/structures.ts";
export type { MetricSpec, PlainMetricName, TopAccuracySpec } from "./model/losses/metrics.ts";
export type { FullLossSpec, LossBase, LossName, LossSpec, LossSpecOf } from "./model/losses/table.ts";
export { type Mistake, ModelSpecError } from "./model/mistake.ts";
export type { InputSpec, ModelSpec } from "./model/model-spec.ts";
export type { Gradients } from "./model/network/gradients.ts";
export type { ModelInputs, ModelTargets } from "./model/network/inputs.ts";
export type { ModelLayer } from "./model/network/layer.ts";
export type { ModelLoss } from "./model/network/loss.ts";
export { Model } from "./model/network/model.ts";
export { type RandomSamples, randomSamples } from "./model/network/random-samples.ts";
export { type LayerRow, layerRows, summary } from "./model/network/summary.ts";
export { type ModelOptions, model, parseModel } from "./model/parse/parse.ts";
export { inputsOf, type PlannedInput } from "./model/plan/inputs.ts";
export {
  decodeModel,
  encodeModel,
  type LoadModelOptions,
  loadModel,
  type SaveModelOptions,
  saveModel,
} from "./model/save.ts";
export { type ModelTextOptions, parseModelText } from "./model/text/parse-model-text.ts";
export type { WeightLayout } from "./model/weights/layouts/table.ts";
export { type LoadWeightsOptions, loadWeights } from "./model/weights/load-weights.ts";
export type { WeightNames } from "./model/weights/name-map.ts";
export { type Column, renderTable } from "./table.ts";
