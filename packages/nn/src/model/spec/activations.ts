/** Activations as data: elementwise, but for softmax and logSoftmax. */
import type { LayerBase } from "./layer.ts";

/** The names of activations that have no options. */
export type PlainActivationName =
  | "relu"
  | "sigmoid"
  | "tanh"
  | "selu"
  | "silu"
  | "mish"
  | "softplus"
  | "softsign"
  | "logSigmoid";

/** An activation without options. */
export interface ActivationSpec<Kind extends PlainActivationName = PlainActivationName> extends LayerBase {
  readonly kind: Kind;
}

/** y = x where x > 0, slope · x elsewhere. */
export interface LeakyReluSpec extends LayerBase {
  readonly kind: "leakyRelu";
  /** The slope below 0. Default 0.01. */
  readonly slope?: number;
}

/** y = x where x > 0, α (eˣ − 1) elsewhere. */
export interface EluSpec extends LayerBase {
  readonly kind: "elu";
  /** α, minus the limit at −∞. Default 1. */
  readonly alpha?: number;
}

/** y = x · Φ(x), Φ being the normal distribution. */
export interface GeluSpec extends LayerBase {
  readonly kind: "gelu";
  /** "tanh" for the approximation by tanh, "none" for the exact form. Default "none". */
  readonly approximate?: "none" | "tanh";
}

/** e^x / Σ e^x along the last axis. */
export interface SoftmaxSpec extends LayerBase {
  readonly kind: "softmax";
}

/** log softmax x along the last axis. */
export interface LogSoftmaxSpec extends LayerBase {
  readonly kind: "logSoftmax";
}

/** The activations. */
export type ActivationLayerSpec =
  | { [Name in PlainActivationName]: ActivationSpec<Name> }[PlainActivationName]
  | LeakyReluSpec
  | EluSpec
  | GeluSpec
  | SoftmaxSpec
  | LogSoftmaxSpec;
