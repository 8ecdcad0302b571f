/** Layers as data, made by functions whose options an editor knows. */
import { isObject } from "./parse/plain.ts";
import type {
  ActivationSpec,
  EluSpec,
  GeluSpec,
  LeakyReluSpec,
  LogSoftmaxSpec,
  PlainActivationName,
  SoftmaxSpec,
} from "./spec/activations.ts";
import type {
  AdaptiveAveragePoolingSpec,
  AveragePoolingSpec,
  ConvolutionSpec,
  GlobalAveragePoolingSpec,
  PoolingSpec,
  TransposedConvolutionSpec,
  UpsamplingSpec,
} from "./spec/images.ts";
import type { LayerBase, Pair } from "./spec/layer.ts";
import { makeSpec } from "./spec/make-spec.ts";
import type { BlockSpec, LayerSpec, ResidualSpec, SharedSpec } from "./spec/model.ts";
import type {
  AffineSpec,
  BatchNormalizationSpec,
  DropoutSpec,
  GroupNormalizationSpec,
  LayerNormalizationSpec,
} from "./spec/rows.ts";
import type {
  EmbeddingSpec,
  GruSpec,
  LstmSpec,
  MultiHeadAttentionSpec,
  PositionalEncodingSpec,
  PositionEmbeddingSpec,
} from "./spec/sequences.ts";
import type {
  AddSpec,
  ConcatSpec,
  FlattenSpec,
  MeanSpec,
  MultiplySpec,
  OpSpec,
  PadSpec,
  ReshapeSpec,
  TransposeSpec,
} from "./spec/shapes.ts";

/** The options of a kind: what its specs hold besides the kind. */
type Options<Spec> = Omit<Spec, "kind">;

function plain<Kind extends PlainActivationName>(kind: Kind): (options?: LayerBase) => ActivationSpec<Kind> {
  return (options = {}) => makeSpec<ActivationSpec<Kind>>(kind, options);
}

/** Options given by name, or the one that matters by itself. */
const named = (key: string, value: unknown, isAlone: boolean, options?: object): object => {
  if (isAlone) return { [key]: value, ...options };
  return options === undefined || !isObject(value) ? (value as object) : { ...value, ...options };
};

/** The layers of declarative models: each function returns plain data. `model` and `build` check it. */
export const layers = {
  /** y[n, f] = b[f] + Σ_c W[f, c] ⋆ x[n, c] over windows: [C, H, W] → [filters, OH, OW]. */
  convolution: (options: Options<ConvolutionSpec>): ConvolutionSpec => makeSpec("convolution", options),
  /** The adjoint of a convolution, which makes images larger: [C, H, W] → [filters, OH, OW]. */
  transposedConvolution: (options: Options<TransposedConvolutionSpec>): TransposedConvolutionSpec =>
    makeSpec("transposedConvolution", options),
  /** The largest value of each window: [C, H, W] → [C, OH, OW]. */
  pooling: (options: Options<PoolingSpec>): PoolingSpec => makeSpec("pooling", options),
  /** The mean of each window: [C, H, W] → [C, OH, OW]. */
  averagePooling: (options: Options<AveragePoolingSpec>): AveragePoolingSpec => makeSpec("averagePooling", options),
  /** The mean of each channel: [C, H, W] → [C]. */
  globalAveragePooling: (options: LayerBase = {}): GlobalAveragePoolingSpec =>
    makeSpec("globalAveragePooling", options),
  /** Means of windows chosen so that the output has this size: [C, H, W] → [C, *size]. */
  adaptiveAveragePooling: (size: Pair | Options<AdaptiveAveragePoolingSpec>): AdaptiveAveragePoolingSpec =>
    makeSpec("adaptiveAveragePooling", named("size", size, typeof size === "number" || Array.isArray(size))),
  /** Every pixel repeated: [C, H, W] → [C, H · factor, W · factor]. */
  upsampling: (factor: Pair | Options<UpsamplingSpec>): UpsamplingSpec =>
    makeSpec("upsampling", named("factor", factor, typeof factor === "number" || Array.isArray(factor))),
  /** y = x · W + b, images being flattened: [...] → [units]. */
  affine: (units: number | Options<AffineSpec>): AffineSpec =>
    makeSpec("affine", named("units", units, typeof units === "number")),
  /** y = max(x, 0). */
  relu: plain("relu"),
  /** y = 1 / (1 + e⁻ˣ). */
  sigmoid: plain("sigmoid"),
  /** y = tanh x. */
  tanh: plain("tanh"),
  /** y = x where x > 0, slope · x elsewhere. */
  leakyRelu: (options: Options<LeakyReluSpec> = {}): LeakyReluSpec => makeSpec("leakyRelu", options),
  /** y = x where x > 0, α (eˣ − 1) elsewhere. */
  elu: (options: Options<EluSpec> = {}): EluSpec => makeSpec("elu", options),
  /** elu scaled so that activations keep mean 0 and variance 1. Klambauer et al. 2017. */
  selu: plain("selu"),
  /** y = x · Φ(x). */
  gelu: (options: Options<GeluSpec> = {}): GeluSpec => makeSpec("gelu", options),
  /** y = x · sigmoid x. */
  silu: plain("silu"),
  /** y = x · tanh(softplus x). */
  mish: plain("mish"),
  /** y = log(1 + eˣ). */
  softplus: plain("softplus"),
  /** y = x / (1 + |x|). */
  softsign: plain("softsign"),
  /** y = log sigmoid x. */
  logSigmoid: plain("logSigmoid"),
  /** y = eˣ / Σ eˣ along the last axis. */
  softmax: (options: LayerBase = {}): SoftmaxSpec => makeSpec("softmax", options),
  /** y = log softmax x along the last axis. */
  logSoftmax: (options: LayerBase = {}): LogSoftmaxSpec => makeSpec("logSoftmax", options),
  /** Switches neurons off at random in training; scales at prediction, as the book does. */
  dropout: (ratio: number | Options<DropoutSpec> = {}): DropoutSpec =>
    makeSpec("dropout", named("ratio", ratio, typeof ratio === "number")),
  /** Brings every activation (or channel) to mean 0 and variance 1 over the batch. */
  batchNormalization: (options: Options<BatchNormalizationSpec> = {}): BatchNormalizationSpec =>
    makeSpec("batchNormalization", options),
  /** Brings each sample to mean 0 and variance 1 over its last axes. */
  layerNormalization: (options: Options<LayerNormalizationSpec> = {}): LayerNormalizationSpec =>
    makeSpec("layerNormalization", options),
  /** Brings groups of channels of each sample to mean 0 and variance 1. */
  groupNormalization: (groups: number | Options<GroupNormalizationSpec>): GroupNormalizationSpec =>
    makeSpec("groupNormalization", named("groups", groups, typeof groups === "number")),
  /** A row of a table for each label: [...] → [..., units]. */
  embedding: (options: Options<EmbeddingSpec>): EmbeddingSpec => makeSpec("embedding", options),
  /** A learned row added at each time step: [T, D] → [T, D]. */
  positionEmbedding: (options: Options<PositionEmbeddingSpec> = {}): PositionEmbeddingSpec =>
    makeSpec("positionEmbedding", options),
  /** Sines and cosines of the time added: [T, D] → [T, D]. */
  positionalEncoding: (options: LayerBase = {}): PositionalEncodingSpec => makeSpec("positionalEncoding", options),
  /** A long short-term memory over a sequence: [T, D] → [T, units]. */
  lstm: (units: number | Options<LstmSpec>): LstmSpec =>
    makeSpec("lstm", named("units", units, typeof units === "number")),
  /** Gated recurrent units over a sequence: [T, D] → [T, units]. */
  gru: (units: number | Options<GruSpec>): GruSpec => makeSpec("gru", named("units", units, typeof units === "number")),
  /** Self-attention with several heads: [T, D] → [T, D]. */
  multiHeadAttention: (options: Options<MultiHeadAttentionSpec> = {}): MultiHeadAttentionSpec =>
    makeSpec("multiHeadAttention", options),
  /** [...] → [product]. An affine layer does so by itself. */
  flatten: (options: LayerBase = {}): FlattenSpec => makeSpec("flatten", options),
  /** The same numbers in another shape; one length may be −1. */
  reshape: (shape: readonly number[] | Options<ReshapeSpec>): ReshapeSpec =>
    makeSpec("reshape", named("shape", shape, Array.isArray(shape))),
  /** The axes of a sample in another order. */
  transpose: (axes: readonly number[] | Options<TransposeSpec>): TransposeSpec =>
    makeSpec("transpose", named("axes", axes, Array.isArray(axes))),
  /** Zeros before and after along each axis of a sample. */
  pad: (widths: PadSpec["widths"] | Options<PadSpec>): PadSpec =>
    makeSpec("pad", named("widths", widths, Array.isArray(widths))),
  /** The mean over axes of a sample, which are dropped. */
  mean: (axes: readonly number[] | Options<MeanSpec>): MeanSpec =>
    makeSpec("mean", named("axes", axes, Array.isArray(axes))),
  /** The sum of the outputs of several layers, of one shape. */
  add: (from: readonly string[] | Options<AddSpec>): AddSpec =>
    makeSpec("add", named("from", from, Array.isArray(from))),
  /** The product, element by element, of the outputs of several layers, of one shape. */
  multiply: (from: readonly string[] | Options<MultiplySpec>): MultiplySpec =>
    makeSpec("multiply", named("from", from, Array.isArray(from))),
  /** The outputs of several layers side by side along an axis of a sample; 0 joins channels. */
  concat: (options: Options<ConcatSpec>): ConcatSpec => makeSpec("concat", options),
  /** An op of one input by its name: exp, square, or one made by defineOp. */
  op: (op: string | Options<OpSpec>): OpSpec => makeSpec("op", named("op", op, typeof op === "string")),
  /** Layers one after the other under one name, repeated if wanted. */
  block: (inner: readonly LayerSpec[] | Options<BlockSpec>, options?: Omit<Options<BlockSpec>, "layers">): BlockSpec =>
    makeSpec("block", named("layers", inner, Array.isArray(inner), options)),
  /** What the layers give and the input itself (or what the shortcut makes of it), added up. */
  residual: (
    inner: readonly LayerSpec[] | Options<ResidualSpec>,
    options?: Omit<Options<ResidualSpec>, "layers">,
  ): ResidualSpec => makeSpec("residual", named("layers", inner, Array.isArray(inner), options)),
  /** A layer (or block) from above once more, with the same parameters. */
  shared: (layer: string | Options<SharedSpec>, options?: Omit<Options<SharedSpec>, "layer">): SharedSpec =>
    makeSpec("shared", named("layer", layer, typeof layer === "string", options)),
};
