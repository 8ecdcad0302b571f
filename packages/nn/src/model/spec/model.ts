/** What a model is as data: plain JSON, the same in a program and in a file. */
import type { ActivationLayerSpec } from "./activations.ts";
import type { ImageLayerSpec } from "./images.ts";
import type { LayerBase } from "./layer.ts";
import type { LossSpec, MetricSpec } from "./losses.ts";
import type { RowLayerSpec } from "./rows.ts";
import type { SequenceLayerSpec } from "./sequences.ts";
import type { ShapeLayerSpec } from "./shapes.ts";

/** Layers one after the other, under one name; repeated, each time with parameters of its own. */
export interface BlockSpec extends LayerBase {
  readonly kind: "block";
  /** The layers; inside, "input" is what the block takes. */
  readonly layers: readonly LayerSpec[];
  /** How often, each taking what the one before gives. Default 1. */
  readonly repeat?: number;
}

/** What the layers give, and the input itself (or what the shortcut makes of it), added up. He et al. 2016. */
export interface ResidualSpec extends LayerBase {
  readonly kind: "residual";
  /** The layers of the residual. */
  readonly layers: readonly LayerSpec[];
  /** Layers on the way around, where shapes differ. Default: none, the input itself. */
  readonly shortcut?: readonly LayerSpec[];
}

/** A layer (or block) from above once more, with the same parameters. */
export interface SharedSpec extends LayerBase {
  readonly kind: "shared";
  /** The name of the layer whose parameters are used. */
  readonly layer: string;
}

/** What `defineLayer` adds to the type of its specs, so that a wrong built-in one cannot pass for one. */
declare const defined: unique symbol;

/** A layer of a kind that was made by `defineLayer`. */
export interface DefinedLayerSpec extends LayerBase {
  readonly kind: string;
  readonly [defined]: true;
}

/** A layer that is built in, as data. */
export type BuiltInLayerSpec =
  | ImageLayerSpec
  | RowLayerSpec
  | ActivationLayerSpec
  | SequenceLayerSpec
  | ShapeLayerSpec
  | BlockSpec
  | ResidualSpec
  | SharedSpec;

/** A layer as data. */
export type LayerSpec = BuiltInLayerSpec | DefinedLayerSpec;

/** The names of the built-in kinds of layers. */
export type LayerKindName = BuiltInLayerSpec["kind"];

/** One input of a model: the shape of a sample without the batch, or that and what the numbers are. */
export type InputSpec =
  | readonly number[]
  | {
      /** The shape of one sample, without the batch. */
      readonly shape: readonly number[];
      /** "float" for real numbers (default), "labels" for whole ones, such as characters. */
      readonly type?: "float" | "labels";
    };

/** A model as data. */
export interface ModelSpec {
  /** Where an editor finds the JSON Schema of this format; read by editors alone. */
  readonly $schema?: string;
  /** Version of the format. */
  readonly version: 1;
  /** A name for people. */
  readonly name?: string;
  /** The only input. */
  readonly input?: InputSpec;
  /** Several inputs by name, instead of `input`. */
  readonly inputs?: Readonly<Record<string, InputSpec>>;
  /** The layers, each taking what the one before gives, or what `from` says. */
  readonly layers: readonly LayerSpec[];
  /** The names of the layers whose outputs the model gives. Default: the last layer alone. */
  readonly outputs?: readonly string[];
  /** The loss of the only output. */
  readonly loss?: LossSpec;
  /** The losses of several outputs by their names, instead of `loss`; they are added up. */
  readonly losses?: Readonly<Record<string, LossSpec>>;
  /** What is measured beside the loss: of the only output, or by the outputs' names. Default: accuracy after a loss for classes. */
  readonly metrics?: readonly MetricSpec[] | Readonly<Record<string, readonly MetricSpec[]>>;
  /** λ of ½ λ Σ W², added to the loss for all weights (not biases, γ and β), ≥ 0. Default 0. */
  readonly weightDecay?: number;
  /** λ of λ Σ |W|, added to the loss for all weights, ≥ 0. Default 0. */
  readonly l1?: number;
}
