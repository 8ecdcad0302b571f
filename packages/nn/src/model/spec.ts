/** What a model is as data: plain JSON, the same in a program and in a file. */
import type { WeightInit } from "../initializers.ts";

/** A length for both axes of an image, or [vertical, horizontal]. */
export type Pair = number | readonly [number, number];

/** A layer may be given a name; otherwise it is its kind and number, such as conv1. */
export interface Named {
  readonly name?: string;
}

export interface ConvolutionSpec extends Named {
  readonly kind: "convolution";
  /** Number of filters, and so of output channels. */
  readonly filters: number;
  /** Height and width of a filter in pixels. */
  readonly size: Pair;
  /** Distance between windows, ≥ 1. Default 1. */
  readonly stride?: Pair;
  /** Zeros added on every side. Default 0. */
  readonly pad?: Pair;
  /** Spread of the initial weights. Default: he before relu, xavier otherwise. */
  readonly weightInit?: WeightInit;
}

export interface PoolingSpec extends Named {
  readonly kind: "pooling";
  /** Height and width of a window in pixels. */
  readonly size: Pair;
  /** Distance between windows. Default: the size, so that windows do not overlap. */
  readonly stride?: Pair;
  /** Zeros added on every side. Default 0. */
  readonly pad?: Pair;
}

export interface AffineSpec extends Named {
  readonly kind: "affine";
  /** Number of outputs. */
  readonly units: number;
  /** Spread of the initial weights. Default: he before relu, xavier otherwise. */
  readonly weightInit?: WeightInit;
}

/** The names of activations. */
export type ActivationName = "relu" | "sigmoid" | "tanh";

export interface ActivationSpec<Kind extends ActivationName> extends Named {
  readonly kind: Kind;
}

export interface DropoutSpec extends Named {
  readonly kind: "dropout";
  /** Share of neurons that are switched off in training, 0 ≤ ratio < 1. Default 0.5. */
  readonly ratio?: number;
}

export interface BatchNormalizationSpec extends Named {
  readonly kind: "batchNormalization";
  /** Weight of the old running statistics, 0 … 1. Default 0.9. */
  readonly momentum?: number;
}

export interface FlattenSpec extends Named {
  readonly kind: "flatten";
}

/** A layer as data. */
export type LayerSpec =
  | ConvolutionSpec
  | PoolingSpec
  | AffineSpec
  | ActivationSpec<"relu">
  | ActivationSpec<"sigmoid">
  | ActivationSpec<"tanh">
  | DropoutSpec
  | BatchNormalizationSpec
  | FlattenSpec;

/** The names of layer kinds. */
export type LayerKindName = LayerSpec["kind"];

/** The losses that a model can end in. */
export type LossName = "softmaxWithLoss" | "meanSquaredError";

/** A model as data. */
export interface ModelSpec {
  /** Version of the format. */
  readonly version: 1;
  readonly name?: string;
  /** Shape of one sample, without the batch. */
  readonly input: readonly number[];
  /** The layers, each taking what the one before gives. */
  readonly layers: readonly LayerSpec[];
  readonly loss: LossName;
}
