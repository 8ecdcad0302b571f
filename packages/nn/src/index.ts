/** The contents of @adjoint/nn: names only. */
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
export { identityFunction, reluGrad, sigmoidGrad, stepFunction } from "./book/functions.ts";
export { LayeredNetwork, type NetworkOptions } from "./book/layered-network.ts";
export { type CheckModuleOptions, checkModule } from "./check/check-module.ts";
export type { CheckedLayer, CheckedModule } from "./check/parts.ts";
export type { LayerReport, ModuleReport } from "./check/render.ts";
export { initializerNames, initializeWeight, type WeightInit, weightStd } from "./initializers.ts";
export { Relu, Sigmoid } from "./layers/activations.ts";
export { AdaptiveAveragePooling } from "./layers/adaptive-average-pooling.ts";
export { Affine } from "./layers/affine.ts";
export { type AttentionOptions, type AttentionParameters, MultiHeadAttention } from "./layers/attention.ts";
export { AveragePooling } from "./layers/average-pooling.ts";
export { BatchNormalization, type BatchNormalizationOptions } from "./layers/batch-normalization.ts";
export { layers } from "./layers/builders.ts";
export { Convolution, type ConvolutionOptions } from "./layers/convolution.ts";
export { Convolution1d, type Convolution1dOptions } from "./layers/convolution-1d.ts";
export {
  type DefinedLayer,
  type DefinedLayerContext,
  type DefinedParameter,
  defineLayer,
  type LayerDefinition,
} from "./layers/define-layer.ts";
export { Dropout, type DropoutOptions } from "./layers/dropout.ts";
export { Embedding } from "./layers/embedding.ts";
export { GlobalAveragePooling } from "./layers/global-average-pooling.ts";
export { GroupNormalization } from "./layers/group-normalization.ts";
export { Gru, GruCell } from "./layers/gru.ts";
export type { ForwardOptions, Layer, LayerForward } from "./layers/kind/layer-kind.ts";
export { type SequenceOptions, sequenceMask } from "./layers/kind/mask.ts";
export type { NormalizationOptions, OwnNormalization } from "./layers/kind/normalization.ts";
export type { LayerBase, Pair, PlainLayerSpec } from "./layers/kind/options.ts";
export type { Padding, Sides } from "./layers/kind/padding.ts";
export type { OwnParameters, OwnWeights, ParameterLike } from "./layers/kind/parameter.ts";
export type { TimePadding, TimeWindow } from "./layers/kind/sequence-windows.ts";
export { LayerNormalization } from "./layers/layer-normalization.ts";
export { Lstm, LstmCell, type LstmState } from "./layers/lstm.ts";
export { Pooling, type PoolingOptions } from "./layers/pooling.ts";
export { AveragePooling1d, Pooling1d, type Pooling1dOptions } from "./layers/pooling-1d.ts";
export { Bidirectional, type SequenceLayer } from "./layers/recurrent.ts";
export type { Used } from "./layers/registry.ts";
export { Rnn, RnnCell, type RnnOptions } from "./layers/rnn.ts";
export type { BuiltInLayerSpec, DefinedLayerSpec, LayerKindName, LayerSpec, LayerSpecOf } from "./layers/structures.ts";
export { TransposedConvolution, type TransposedConvolutionOptions } from "./layers/transposed-convolution.ts";
export type { FullLossSpec, LossName, LossSpec, LossSpecOf } from "./losses/all.ts";
export { binaryCrossEntropyWithLogits } from "./losses/binary-cross-entropy.ts";
export { type CrossEntropyOptions, crossEntropy } from "./losses/cross-entropy.ts";
export { huberLoss } from "./losses/huber.ts";
export { klDivergence } from "./losses/kl-divergence.ts";
export { l1Loss } from "./losses/l1.ts";
export type { LossBase } from "./losses/loss-kind.ts";
export { meanSquaredError } from "./losses/mean-squared-error.ts";
export type { MetricSpec, PlainMetricName, TopAccuracySpec } from "./losses/metrics.ts";
export { mseLoss } from "./losses/mse.ts";
export { crossEntropyError, SoftmaxWithLoss, softmaxLoss } from "./losses/softmax-with-loss.ts";
export { type BuildOptions, build } from "./model/build.ts";
export type { OutputFunction } from "./model/evaluate.ts";
export type { Gradients } from "./model/gradients.ts";
export type { ModelInputs, ModelTargets } from "./model/inputs.ts";
export type { ModelLayer, RunOptions } from "./model/layer.ts";
export type { ModelLoss } from "./model/loss.ts";
export { Model } from "./model/model.ts";
export { type RandomSamples, randomSamples } from "./model/random-samples.ts";
export {
  decodeModel,
  encodeModel,
  type LoadModelOptions,
  loadModel,
  type SaveModelOptions,
  saveModel,
  statesMetadata,
} from "./model/save.ts";
export { type LayerRow, layerRows, summary } from "./model/summary.ts";
export type { WeightLayout } from "./model/weights/layouts/table.ts";
export { type LoadWeightsOptions, loadWeights } from "./model/weights/load-weights.ts";
export type { WeightNames } from "./model/weights/name-map.ts";
export type { NamingOptions } from "./model/weights/naming.ts";
export { type SaveWeightsOptions, saveWeights, weightsFor } from "./model/weights/save-weights.ts";
export { inputsOf, type PlannedInput } from "./read/inputs.ts";
export { type Mistake, ModelSpecError } from "./read/mistake.ts";
export type { InputSpec, ModelSpec } from "./read/model-spec.ts";
export { type ModelOptions, model, parseModel } from "./read/parse.ts";
export { type ModelTextOptions, parseModelText } from "./read/text/parse-model-text.ts";
export type { TrainingSpec } from "./read/training-spec.ts";
export { type Column, renderTable } from "./table.ts";

// What the options of defined layers are made of: the same zod that specs are read by.
