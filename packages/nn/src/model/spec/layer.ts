/** What all layers of a spec have in common. */
import type { WeightInit } from "../../initializers.ts";

/** A length for both axes of an image, or [vertical, horizontal]. */
export type Pair = number | readonly [number, number];

/** What any layer may say. */
export interface LayerBase {
  /** Its name: parameters are called after it, and others take from it by it. Default: kind and number, such as conv1. */
  readonly name?: string;
  /** The layer (or input) above whose output it takes, or several. Default: the layer before. */
  readonly from?: string | readonly string[];
}

/** What a layer with weights may say of them. */
export interface Weighted {
  /** Spread of the initial weights. Default: he where a relu or one of its kin comes next, xavier otherwise. */
  readonly weightInit?: WeightInit;
  /** λ of ½ λ Σ W², added to the loss for the weights of this layer, ≥ 0. Default: that of the model. */
  readonly weightDecay?: number;
  /** λ of λ Σ |W|, added to the loss for the weights of this layer, ≥ 0. Default: that of the model. */
  readonly l1?: number;
}

/** What a layer with a bias may say of it. */
export interface Biased {
  /** Whether a bias is added. Default true. */
  readonly bias?: boolean;
}
