/** Made by scripts/builder-words.ts from the comments of the kinds of layers. */
import type { BuilderOf } from "./builder.ts";

interface Common {
  /** Its name, which its parameters start with and which other layers take it by. Default: kind and number, such as conv1. */
  readonly name?: unknown;
  /** The earlier layer or input that it takes, or several. Default: the layer before. */
  readonly from?: unknown;
}

/** The functions that make layers as data, by kind. */
export interface DescribedBuilders {
  /** Filters slid over an image: [C, H, W] → [filters, OH, OW]. */
  readonly convolution: BuilderOf<"convolution", Common & {
      /** Number of filters, and so of output channels. */
      readonly filters: unknown;
      /** Height and width of a filter in pixels. */
      readonly size: unknown;
      /** Distance between windows, ≥ 1. Default 1. */
      readonly stride?: unknown;
      /** Zeros added on every side; two numbers for [vertical, horizontal], [[top, bottom], [left, right]] for each side, or "same" for ⌈length / stride⌉ windows, what is odd of it at the lower right. Default 0. */
      readonly pad?: unknown;
      /** Distance between the pixels that a filter reads, ≥ 1. Default 1. */
      readonly dilation?: unknown;
      /** Number of groups of channels, each with its own filters; divides channels and filters. Default 1. */
      readonly groups?: unknown;
      /** Whether a bias is added. Default true. */
      readonly bias?: unknown;
      /** Spread of the initial weights. Default: he before ReLU-like layers, xavier otherwise. */
      readonly weightInit?: unknown;
      /** λ of ½ λ Σ W², added to the loss for the weights of this layer, ≥ 0. Default: that of the model. */
      readonly weightDecay?: unknown;
      /** λ of λ Σ |W|, added to the loss for the weights of this layer, ≥ 0. Default: that of the model. */
      readonly l1?: unknown;
    }>;
  /** The adjoint of a convolution, which makes images larger: [C, H, W] → [filters, OH, OW]. */
  readonly transposedConvolution: BuilderOf<"transposedConvolution", Common & {
      /** Number of filters, and so of output channels. */
      readonly filters: unknown;
      /** Height and width of a filter in pixels. */
      readonly size: unknown;
      /** Distance between the windows that are written, ≥ 1. Default 1. */
      readonly stride?: unknown;
      /** Pixels cut off on every side; two numbers for [vertical, horizontal], [[top, bottom], [left, right]] for each side, or "same" for an output of length · stride. Default 0. */
      readonly pad?: unknown;
      /** Distance between the pixels that a filter writes, ≥ 1. Default 1. */
      readonly dilation?: unknown;
      /** Rows and columns added at the lower right, less than the stride. Default 0. */
      readonly outputPad?: unknown;
      /** Whether a bias is added. Default true. */
      readonly bias?: unknown;
      /** Spread of the initial weights. Default: he before ReLU-like layers, xavier otherwise. */
      readonly weightInit?: unknown;
      /** λ of ½ λ Σ W², added to the loss for the weights of this layer, ≥ 0. Default: that of the model. */
      readonly weightDecay?: unknown;
      /** λ of λ Σ |W|, added to the loss for the weights of this layer, ≥ 0. Default: that of the model. */
      readonly l1?: unknown;
    }>;
  /** The largest value of each window: [C, H, W] → [C, OH, OW]. */
  readonly pooling: BuilderOf<"pooling", Common & {
      /** Height and width of a window in pixels. */
      readonly size: unknown;
      /** Distance between windows. Default: the size, so that windows do not overlap. */
      readonly stride?: unknown;
      /** Pixels added on every side; two numbers for [vertical, horizontal], [[top, bottom], [left, right]] for each side, or "same" for ⌈length / stride⌉ windows, what is odd of it at the lower right. Default 0. */
      readonly pad?: unknown;
      /** Whether the padding counts, as zeros; else windows are reduced over the pixels of the image alone. Default true, as in the book, but false where pad is a word such as "same". */
      readonly countPad?: unknown;
    }>;
  /** The mean of each window: [C, H, W] → [C, OH, OW]. */
  readonly averagePooling: BuilderOf<"averagePooling", Common & {
      /** Height and width of a window in pixels. */
      readonly size: unknown;
      /** Distance between windows. Default: the size, so that windows do not overlap. */
      readonly stride?: unknown;
      /** Pixels added on every side; two numbers for [vertical, horizontal], [[top, bottom], [left, right]] for each side, or "same" for ⌈length / stride⌉ windows, what is odd of it at the lower right. Default 0. */
      readonly pad?: unknown;
      /** Whether the padding counts, as zeros; else windows are reduced over the pixels of the image alone. Default true, as in the book, but false where pad is a word such as "same". */
      readonly countPad?: unknown;
    }>;
  /** Filters slid over time: [T, D] → [T′, filters]. */
  readonly convolution1d: BuilderOf<"convolution1d", Common & {
      /** Number of filters, and so of output channels. */
      readonly filters: unknown;
      /** Number of steps in a window. */
      readonly size: unknown;
      /** Distance between windows, ≥ 1. Default 1. */
      readonly stride?: unknown;
      /** Steps of zeros added at both ends, [before, after], "same" for ⌈T / stride⌉ windows, or "causal": before the start alone, so that no window reads a later step. Default 0. */
      readonly pad?: unknown;
      /** Distance between the steps that a filter reads, ≥ 1. Default 1. */
      readonly dilation?: unknown;
      /** Number of groups of features, each with its own filters; divides features and filters. Default 1. */
      readonly groups?: unknown;
      /** Whether a bias is added. Default true. */
      readonly bias?: unknown;
      /** Spread of the initial weights. Default: he before ReLU-like layers, xavier otherwise. */
      readonly weightInit?: unknown;
      /** λ of ½ λ Σ W², added to the loss for the weights of this layer, ≥ 0. Default: that of the model. */
      readonly weightDecay?: unknown;
      /** λ of λ Σ |W|, added to the loss for the weights of this layer, ≥ 0. Default: that of the model. */
      readonly l1?: unknown;
    }>;
  /** The largest value of each window over time: [T, D] → [T′, D]. */
  readonly pooling1d: BuilderOf<"pooling1d", Common & {
      /** Number of steps in a window. */
      readonly size: unknown;
      /** Distance between windows. Default: the size, so that windows do not overlap. */
      readonly stride?: unknown;
      /** Steps of zeros added at both ends, [before, after], "same" for ⌈T / stride⌉ windows, or "causal": before the start alone, so that no window reads a later step. Default 0. */
      readonly pad?: unknown;
      /** Whether the padding counts, as zeros; else windows are reduced over the pixels of the image alone. Default true, as in the book, but false where pad is a word such as "same". */
      readonly countPad?: unknown;
    }>;
  /** The mean of each window over time: [T, D] → [T′, D]. */
  readonly averagePooling1d: BuilderOf<"averagePooling1d", Common & {
      /** Number of steps in a window. */
      readonly size: unknown;
      /** Distance between windows. Default: the size, so that windows do not overlap. */
      readonly stride?: unknown;
      /** Steps of zeros added at both ends, [before, after], "same" for ⌈T / stride⌉ windows, or "causal": before the start alone, so that no window reads a later step. Default 0. */
      readonly pad?: unknown;
      /** Whether the padding counts, as zeros; else windows are reduced over the pixels of the image alone. Default true, as in the book, but false where pad is a word such as "same". */
      readonly countPad?: unknown;
    }>;
  /** The mean of each channel: [C, H, W] → [C]. */
  readonly globalAveragePooling: BuilderOf<"globalAveragePooling", Common>;
  /** Means of windows that are chosen so that the output has this size: [C, H, W] → [C, *size]. */
  readonly adaptiveAveragePooling: BuilderOf<"adaptiveAveragePooling", Common & {
      /** Height and width of the output in pixels. */
      readonly size: unknown;
    }>;
  /** Every pixel repeated (nearest neighbour): [C, H, W] → [C, H · factor, W · factor]. */
  readonly upsampling: BuilderOf<"upsampling", Common & {
      /** How many times each pixel is repeated, down and across. */
      readonly factor: unknown;
    }>;
  /** y = x · W + b. */
  readonly affine: BuilderOf<"affine", Common & {
      /** Number of outputs. */
      readonly units: unknown;
      /** Whether a sample of several axes becomes one row first, as the book's Affine does: [...] → [units]. False: the layer is applied along the last axis, position by position: [..., D] → [..., units]. Default true. */
      readonly flatten?: unknown;
      /** Whether a bias is added. Default true. */
      readonly bias?: unknown;
      /** Spread of the initial weights. Default: he before ReLU-like layers, xavier otherwise. */
      readonly weightInit?: unknown;
      /** λ of ½ λ Σ W², added to the loss for the weights of this layer, ≥ 0. Default: that of the model. */
      readonly weightDecay?: unknown;
      /** λ of λ Σ |W|, added to the loss for the weights of this layer, ≥ 0. Default: that of the model. */
      readonly l1?: unknown;
    }>;
  /** y = max(x, 0). */
  readonly relu: BuilderOf<"relu", Common>;
  /** y = 1 / (1 + e⁻ˣ). */
  readonly sigmoid: BuilderOf<"sigmoid", Common>;
  /** y = tanh x. */
  readonly tanh: BuilderOf<"tanh", Common>;
  /** elu scaled so that activations keep mean 0 and variance 1. Klambauer et al. 2017. */
  readonly selu: BuilderOf<"selu", Common>;
  /** y = x · sigmoid x. */
  readonly silu: BuilderOf<"silu", Common>;
  /** y = x · tanh(softplus x). */
  readonly mish: BuilderOf<"mish", Common>;
  /** y = log(1 + eˣ). */
  readonly softplus: BuilderOf<"softplus", Common>;
  /** y = x / (1 + |x|). */
  readonly softsign: BuilderOf<"softsign", Common>;
  /** y = log sigmoid x. */
  readonly logSigmoid: BuilderOf<"logSigmoid", Common>;
  /** y = x where x > 0, slope · x elsewhere. */
  readonly leakyRelu: BuilderOf<"leakyRelu", Common & {
      /** The slope below 0. Default 0.01. */
      readonly slope?: unknown;
    }>;
  /** y = x where x > 0, α (eˣ − 1) elsewhere. */
  readonly elu: BuilderOf<"elu", Common & {
      /** α, minus the limit at −∞. Default 1. */
      readonly alpha?: unknown;
    }>;
  /** y = x · Φ(x), Φ being the normal distribution. */
  readonly gelu: BuilderOf<"gelu", Common & {
      /** "tanh" for the approximation by tanh, "none" for the exact form. Default "none". */
      readonly approximate?: unknown;
    }>;
  /** e^x / Σ e^x along the last axis. */
  readonly softmax: BuilderOf<"softmax", Common>;
  /** log softmax x along the last axis. */
  readonly logSoftmax: BuilderOf<"logSoftmax", Common>;
  /** Switches neurons off at random in training. */
  readonly dropout: BuilderOf<"dropout", Common & {
      /** Share of neurons that are switched off in training, 0 ≤ ratio < 1. Default 0.5. */
      readonly ratio?: unknown;
      /** Whether training scales by 1 / (1 − ratio) instead of prediction by 1 − ratio. Default false, as in the book. */
      readonly inverted?: unknown;
    }>;
  /** Normalizes every activation to mean 0 and variance 1 over the batch, then scales by γ and shifts by β. Prediction uses running statistics, which start at mean 0 and variance 1. Training needs two values or more for each activation. */
  readonly batchNormalization: BuilderOf<"batchNormalization", Common & {
      /** Weight of the old running statistics, 0 … 1. Default 0.9. */
      readonly momentum?: unknown;
      /** Whether statistics are taken per channel, over all its pixels, instead of per activation. Default false. */
      readonly perChannel?: unknown;
      /** Added to the variance, > 0. Default 1e-6, the book's. */
      readonly epsilon?: unknown;
      /** The running variance before training, ≥ 0. Default 1; the book's is 0. */
      readonly initialVariance?: unknown;
      /** Whether the result is scaled by γ. Default true. */
      readonly scale?: unknown;
      /** Whether the result is shifted by β. Default true. */
      readonly center?: unknown;
    }>;
  /** Normalizes each sample to mean 0 and variance 1 over its last axes, then scales by γ and shifts by β. Training needs two values or more there. */
  readonly layerNormalization: BuilderOf<"layerNormalization", Common & {
      /** Number of last axes to normalize over. Default 1. */
      readonly axes?: unknown;
      /** Added to the variance, > 0. Default 1e-5. */
      readonly epsilon?: unknown;
      /** Whether the result is scaled by γ. Default true. */
      readonly scale?: unknown;
      /** Whether the result is shifted by β. Default true. */
      readonly center?: unknown;
    }>;
  /** Normalizes groups of channels of each sample to mean 0 and variance 1, then scales by γ and shifts by β. Training needs two values or more in a group. */
  readonly groupNormalization: BuilderOf<"groupNormalization", Common & {
      /** Number of groups; divides the channels. As many as channels: instance normalization. */
      readonly groups: unknown;
      /** Added to the variance, > 0. Default 1e-5. */
      readonly epsilon?: unknown;
      /** Whether the result is scaled by γ. Default true. */
      readonly scale?: unknown;
      /** Whether the result is shifted by β. Default true. */
      readonly center?: unknown;
    }>;
  /** A row of a table for each label: [...] of integers → [..., units]. */
  readonly embedding: BuilderOf<"embedding", Common & {
      /** Number of labels: they are 0 … vocabulary − 1. */
      readonly vocabulary: unknown;
      /** Length of a row. */
      readonly units: unknown;
      /** Spread of the initial weights. Default: he before ReLU-like layers, xavier otherwise. */
      readonly weightInit?: unknown;
      /** λ of ½ λ Σ W², added to the loss for the weights of this layer, ≥ 0. Default: that of the model. */
      readonly weightDecay?: unknown;
      /** λ of λ Σ |W|, added to the loss for the weights of this layer, ≥ 0. Default: that of the model. */
      readonly l1?: unknown;
    }>;
  /** A learned row added at each time step: [T, D] → [T, D]. */
  readonly positionEmbedding: BuilderOf<"positionEmbedding", Common & {
      /** Spread of the initial weights. Default: he before ReLU-like layers, xavier otherwise. */
      readonly weightInit?: unknown;
      /** λ of ½ λ Σ W², added to the loss for the weights of this layer, ≥ 0. Default: that of the model. */
      readonly weightDecay?: unknown;
      /** λ of λ Σ |W|, added to the loss for the weights of this layer, ≥ 0. Default: that of the model. */
      readonly l1?: unknown;
    }>;
  /** Sines and cosines of the time added, not learned: [T, D] → [T, D]. Vaswani et al. 2017. */
  readonly positionalEncoding: BuilderOf<"positionalEncoding", Common>;
  /** A simple recurrent layer over a sequence, h′ = tanh(x Wx + h Wh + b): [T, D] → [T, units], or [units]. */
  readonly rnn: BuilderOf<"rnn", Common & {
      /** Length of the state. */
      readonly units: unknown;
      /** The output of every step, or only of the last. Default "all". */
      readonly output?: unknown;
      /** Whether a second layer reads the sequence from its end; the outputs of both are side by side. Default false. */
      readonly bidirectional?: unknown;
      /** The input or layer of labels that says which steps count: [T], 0 where a step is padding, or [1], how many steps there are. Default: all. */
      readonly mask?: unknown;
      /** Spread of the initial weights. Default: he before ReLU-like layers, xavier otherwise. */
      readonly weightInit?: unknown;
      /** λ of ½ λ Σ W², added to the loss for the weights of this layer, ≥ 0. Default: that of the model. */
      readonly weightDecay?: unknown;
      /** λ of λ Σ |W|, added to the loss for the weights of this layer, ≥ 0. Default: that of the model. */
      readonly l1?: unknown;
      /** The function of the new state. Default "tanh". */
      readonly activation?: unknown;
    }>;
  /** A long short-term memory over a sequence: [T, D] → [T, units], or [units]. */
  readonly lstm: BuilderOf<"lstm", Common & {
      /** Length of the state. */
      readonly units: unknown;
      /** The output of every step, or only of the last. Default "all". */
      readonly output?: unknown;
      /** Whether a second layer reads the sequence from its end; the outputs of both are side by side. Default false. */
      readonly bidirectional?: unknown;
      /** The input or layer of labels that says which steps count: [T], 0 where a step is padding, or [1], how many steps there are. Default: all. */
      readonly mask?: unknown;
      /** Spread of the initial weights. Default: he before ReLU-like layers, xavier otherwise. */
      readonly weightInit?: unknown;
      /** λ of ½ λ Σ W², added to the loss for the weights of this layer, ≥ 0. Default: that of the model. */
      readonly weightDecay?: unknown;
      /** λ of λ Σ |W|, added to the loss for the weights of this layer, ≥ 0. Default: that of the model. */
      readonly l1?: unknown;
    }>;
  /** Gated recurrent units over a sequence: [T, D] → [T, units], or [units]. */
  readonly gru: BuilderOf<"gru", Common & {
      /** Length of the state. */
      readonly units: unknown;
      /** The output of every step, or only of the last. Default "all". */
      readonly output?: unknown;
      /** Whether a second layer reads the sequence from its end; the outputs of both are side by side. Default false. */
      readonly bidirectional?: unknown;
      /** The input or layer of labels that says which steps count: [T], 0 where a step is padding, or [1], how many steps there are. Default: all. */
      readonly mask?: unknown;
      /** Spread of the initial weights. Default: he before ReLU-like layers, xavier otherwise. */
      readonly weightInit?: unknown;
      /** λ of ½ λ Σ W², added to the loss for the weights of this layer, ≥ 0. Default: that of the model. */
      readonly weightDecay?: unknown;
      /** λ of λ Σ |W|, added to the loss for the weights of this layer, ≥ 0. Default: that of the model. */
      readonly l1?: unknown;
    }>;
  /** Self-attention with several heads: [T, D] → [T, D]. */
  readonly multiHeadAttention: BuilderOf<"multiHeadAttention", Common & {
      /** Number of heads; divides D. Default 1. */
      readonly heads?: unknown;
      /** Whether a step attends only to itself and earlier ones. Default false. */
      readonly causal?: unknown;
      /** The input or layer of labels that says which steps count: [T], 0 where a step is padding, or [1], how many steps there are. Default: all. */
      readonly mask?: unknown;
      /** Spread of the initial weights. Default: he before ReLU-like layers, xavier otherwise. */
      readonly weightInit?: unknown;
      /** λ of ½ λ Σ W², added to the loss for the weights of this layer, ≥ 0. Default: that of the model. */
      readonly weightDecay?: unknown;
      /** λ of λ Σ |W|, added to the loss for the weights of this layer, ≥ 0. Default: that of the model. */
      readonly l1?: unknown;
    }>;
  /** [...] → [product]. An affine layer does this by itself. */
  readonly flatten: BuilderOf<"flatten", Common>;
  /** The same numbers in another shape. */
  readonly reshape: BuilderOf<"reshape", Common & {
      /** The shape of one sample. One length may be −1: it follows from the others. */
      readonly shape: unknown;
    }>;
  /** The axes of a sample in another order. */
  readonly transpose: BuilderOf<"transpose", Common & {
      /** For each axis of the output the axis of the input, counted from 0 without the batch. */
      readonly axes: unknown;
    }>;
  /** Zeros before and after along each axis of a sample. */
  readonly pad: BuilderOf<"pad", Common & {
      /** For each axis (without the batch), the zeros before and after. */
      readonly widths: unknown;
    }>;
  /** The mean over axes of a sample, which are removed. */
  readonly mean: BuilderOf<"mean", Common & {
      /** The axes, counted from 0 without the batch. */
      readonly axes: unknown;
      /** The input or layer of labels that says which steps count: [T], 0 where a step is padding, or [1], how many steps there are. Default: all. */
      readonly mask?: unknown;
    }>;
  /** The largest value over axes of a sample, which are removed: axes [0] of a sequence is pooling over all of its time. */
  readonly max: BuilderOf<"max", Common & {
      /** The axes, counted from 0 without the batch. */
      readonly axes: unknown;
      /** The input or layer of labels that says which steps count: [T], 0 where a step is padding, or [1], how many steps there are. Default: all. */
      readonly mask?: unknown;
    }>;
  /** The sum of several outputs of one shape, those that `from` names. */
  readonly add: BuilderOf<"add", Common>;
  /** The product, element by element, of the outputs of one shape that `from` names. */
  readonly multiply: BuilderOf<"multiply", Common>;
  /** The outputs that `from` names, side by side along an axis. */
  readonly concat: BuilderOf<"concat", Common & {
      /** The axis, counted from 0 without the batch: 0 joins channels. Default 0. */
      readonly axis?: unknown;
    }>;
  /** An op by its name: a built-in one of one input that keeps the shape, such as exp or square, or one made by defineOp. */
  readonly op: BuilderOf<"op", Common & {
      /** The name of the op. */
      readonly op: unknown;
      /** The attributes of an op made by defineOp, if it has any. */
      readonly attributes?: unknown;
    }>;
  /** A sequence of layers under one name, which may repeat, each time with its own parameters. */
  readonly block: BuilderOf<"block", Common & {
      /** The layers. Inside, "input" names the input of the block. */
      readonly layers: unknown;
      /** How many times, each taking the output of the one before. Default 1. */
      readonly repeat?: unknown;
    }>;
  /** The sum of the output of the layers and the input, or the output of the shortcut. He et al. 2016. */
  readonly residual: BuilderOf<"residual", Common & {
      /** The layers of the residual. */
      readonly layers: unknown;
      /** Layers for the input, where shapes differ. Default: none. */
      readonly shortcut?: unknown;
    }>;
  /** An earlier layer or block again, with the same parameters. */
  readonly shared: BuilderOf<"shared", Common & {
      /** The name of the layer whose parameters are used. */
      readonly layer: unknown;
    }>;
}
