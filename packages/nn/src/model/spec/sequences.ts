/** Layers on sequences, [time, features], as data. */
import type { LayerBase, Weighted } from "./layer.ts";

/** A row of a table for each label: [...] of whole numbers → [..., units]. */
export interface EmbeddingSpec extends LayerBase, Weighted {
  readonly kind: "embedding";
  /** Number of labels: they are 0 … vocabulary − 1. */
  readonly vocabulary: number;
  /** Length of a row. */
  readonly units: number;
}

/** A learned row added at each time step: [T, D] → [T, D]. */
export interface PositionEmbeddingSpec extends LayerBase, Weighted {
  readonly kind: "positionEmbedding";
}

/** Sines and cosines of the time added, not learned: [T, D] → [T, D]. Vaswani et al. 2017. */
export interface PositionalEncodingSpec extends LayerBase {
  readonly kind: "positionalEncoding";
}

/** A long short-term memory over a sequence: [T, D] → [T, units], or [units]. */
export interface LstmSpec extends LayerBase, Weighted {
  readonly kind: "lstm";
  /** Length of the state. */
  readonly units: number;
  /** The output of every step, or of the last alone. Default "all". */
  readonly output?: "all" | "last";
}

/** Gated recurrent units over a sequence: [T, D] → [T, units], or [units]. */
export interface GruSpec extends LayerBase, Weighted {
  readonly kind: "gru";
  /** Length of the state. */
  readonly units: number;
  /** The output of every step, or of the last alone. Default "all". */
  readonly output?: "all" | "last";
}

/** Self-attention with several heads: [T, D] → [T, D]. */
export interface MultiHeadAttentionSpec extends LayerBase, Weighted {
  readonly kind: "multiHeadAttention";
  /** Number of heads; divides D. Default 1. */
  readonly heads?: number;
  /** Whether a step attends to itself and earlier ones alone. Default false. */
  readonly causal?: boolean;
}

/** The layers on sequences. */
export type SequenceLayerSpec =
  | EmbeddingSpec
  | PositionEmbeddingSpec
  | PositionalEncodingSpec
  | LstmSpec
  | GruSpec
  | MultiHeadAttentionSpec;
