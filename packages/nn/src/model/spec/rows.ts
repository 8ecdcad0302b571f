/** Affine layers, normalizations and dropout as data. */
import type { Biased, LayerBase, Weighted } from "./layer.ts";

/** y = x · W + b. */
export interface AffineSpec extends LayerBase, Weighted, Biased {
  readonly kind: "affine";
  /** Number of outputs. */
  readonly units: number;
  /**
   * Whether a sample of several axes becomes one row first, as the book's Affine does: [...] → [units]. False: the layer
   * is applied along the last axis, position by position: [..., D] → [..., units]. Default true.
   */
  readonly flatten?: boolean;
}

/**
 * Every activation brought to mean 0 and variance 1 over the batch, then scaled by γ and shifted by β; in prediction by
 * running statistics, which start from mean 0 and variance 1. Training needs two values or more for each activation.
 */
export interface BatchNormalizationSpec extends LayerBase {
  readonly kind: "batchNormalization";
  /** Weight of the old running statistics, 0 … 1. Default 0.9. */
  readonly momentum?: number;
  /** Whether statistics are those of a channel, over all its pixels; else those of each activation. Default false. */
  readonly perChannel?: boolean;
  /** Added to the variance, > 0. Default 1e-6, the book's. */
  readonly epsilon?: number;
  /** The running variance before any training, ≥ 0. Default 1; 0 is the book's. */
  readonly initialVariance?: number;
}

/**
 * Each sample brought to mean 0 and variance 1 over its last axes, then scaled by γ and shifted by β. Training needs two
 * values or more there.
 */
export interface LayerNormalizationSpec extends LayerBase {
  readonly kind: "layerNormalization";
  /** Over how many of the last axes. Default 1. */
  readonly axes?: number;
  /** Added to the variance, > 0. Default 1e-5. */
  readonly epsilon?: number;
}

/**
 * Groups of channels of each sample brought to mean 0 and variance 1, then scaled by γ and shifted by β. Training needs two
 * values or more in a group.
 */
export interface GroupNormalizationSpec extends LayerBase {
  readonly kind: "groupNormalization";
  /** Number of groups; divides the channels. As many as channels: instance normalization. */
  readonly groups: number;
  /** Added to the variance, > 0. Default 1e-5. */
  readonly epsilon?: number;
}

/** Neurons switched off at random in training. */
export interface DropoutSpec extends LayerBase {
  readonly kind: "dropout";
  /** Share of neurons that are switched off in training, 0 ≤ ratio < 1. Default 0.5. */
  readonly ratio?: number;
  /** Whether training scales by 1 / (1 − ratio) instead of prediction by 1 − ratio. Default false, as in the book. */
  readonly inverted?: boolean;
}

/** The layers on rows, and those that keep the shape. */
export type RowLayerSpec =
  | AffineSpec
  | BatchNormalizationSpec
  | LayerNormalizationSpec
  | GroupNormalizationSpec
  | DropoutSpec;
