/** Layers on images, [channels, height, width], as data. */
import type { Biased, LayerBase, Pair, Weighted } from "./layer.ts";

/** Filters slid over an image: [C, H, W] → [filters, OH, OW]. */
export interface ConvolutionSpec extends LayerBase, Weighted, Biased {
  readonly kind: "convolution";
  /** Number of filters, and so of output channels. */
  readonly filters: number;
  /** Height and width of a filter in pixels. */
  readonly size: Pair;
  /** Distance between windows, ≥ 1. Default 1. */
  readonly stride?: Pair;
  /** Zeros added on every side. Default 0. */
  readonly pad?: Pair;
  /** Distance between the pixels that a filter reads, ≥ 1. Default 1. */
  readonly dilation?: Pair;
  /** Groups of channels that are convolved each by itself; divides channels and filters. Default 1. */
  readonly groups?: number;
}

/** The adjoint of a convolution, which makes images larger: [C, H, W] → [filters, OH, OW]. */
export interface TransposedConvolutionSpec extends LayerBase, Weighted, Biased {
  readonly kind: "transposedConvolution";
  /** Number of filters, and so of output channels. */
  readonly filters: number;
  /** Height and width of a filter in pixels. */
  readonly size: Pair;
  /** Distance between the windows that are written, ≥ 1. Default 1. */
  readonly stride?: Pair;
  /** Pixels cut off on every side. Default 0. */
  readonly pad?: Pair;
  /** Distance between the pixels that a filter writes, ≥ 1. Default 1. */
  readonly dilation?: Pair;
  /** Rows and columns added at the lower right, less than the stride. Default 0. */
  readonly outputPad?: Pair;
}

/** The largest value of each window: [C, H, W] → [C, OH, OW]. */
export interface PoolingSpec extends LayerBase {
  readonly kind: "pooling";
  /** Height and width of a window in pixels. */
  readonly size: Pair;
  /** Distance between windows. Default: the size, so that windows do not overlap. */
  readonly stride?: Pair;
  /** Zeros added on every side. Default 0. */
  readonly pad?: Pair;
}

/** The mean of each window, zeros of the padding counted: [C, H, W] → [C, OH, OW]. */
export interface AveragePoolingSpec extends LayerBase {
  readonly kind: "averagePooling";
  /** Height and width of a window in pixels. */
  readonly size: Pair;
  /** Distance between windows. Default: the size, so that windows do not overlap. */
  readonly stride?: Pair;
  /** Zeros added on every side. Default 0. */
  readonly pad?: Pair;
}

/** The mean of each channel: [C, H, W] → [C]. */
export interface GlobalAveragePoolingSpec extends LayerBase {
  readonly kind: "globalAveragePooling";
}

/** Means of windows that are chosen so that the output has this size: [C, H, W] → [C, *size]. */
export interface AdaptiveAveragePoolingSpec extends LayerBase {
  readonly kind: "adaptiveAveragePooling";
  /** Height and width of the output in pixels. */
  readonly size: Pair;
}

/** Every pixel repeated (nearest neighbour): [C, H, W] → [C, H · factor, W · factor]. */
export interface UpsamplingSpec extends LayerBase {
  readonly kind: "upsampling";
  /** How often each pixel is repeated, down and across. */
  readonly factor: Pair;
}

/** The layers on images. */
export type ImageLayerSpec =
  | ConvolutionSpec
  | TransposedConvolutionSpec
  | PoolingSpec
  | AveragePoolingSpec
  | GlobalAveragePoolingSpec
  | AdaptiveAveragePoolingSpec
  | UpsamplingSpec;
