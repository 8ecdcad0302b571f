/** The activations. The graph keeps what their rules read, so that they hold nothing. */
import {
  elu,
  gelu,
  leakyRelu,
  logSigmoid,
  logSoftmax,
  mish,
  relu,
  selu,
  sigmoid,
  silu,
  softmax,
  softplus,
  softsign,
  tanh,
  type Variable,
  type VariableLike,
} from "@adjoint/autograd";
import { type LayerForward, type LayerKind, layerKind } from "./kind/layer-kind.ts";
import { numberIn, oneOf, optional, type PlainLayerSpec } from "./kind/options.ts";

/** y = max(x, 0); the gradient at 0 is 0. Source: Deep Learning from Scratch, 5.5.1. */
export class Relu {
  /** y = max(x, 0). @param x  any shape, […] @returns […] */
  forward(x: VariableLike): Variable {
    return relu(x);
  }
}

/** y = 1 / (1 + e⁻ˣ). Source: Deep Learning from Scratch, 5.5.2. */
export class Sigmoid {
  /** y = 1 / (1 + e⁻ˣ). @param x  any shape, […] @returns […] */
  forward(x: VariableLike): Variable {
    return sigmoid(x);
  }
}

function activation<const Kind extends string>(
  kind: Kind,
  op: (x: Variable) => Variable,
  more: Partial<Pick<LayerKind, "isRectifier" | "synonyms" | "layer">> = {},
): LayerKind<PlainLayerSpec<Kind>> {
  const layer = (): LayerForward => (xs) => op(xs[0]);
  return layerKind<Kind>({ kind, layer, ...more });
}

/** The activations of single numbers that have no options. */
export const plainActivations = [
  /** y = max(x, 0). */
  activation("relu", relu, { isRectifier: true, layer: () => new Relu() }),
  /** y = 1 / (1 + e⁻ˣ). */
  activation("sigmoid", sigmoid, { layer: () => new Sigmoid() }),
  /** y = tanh x. */
  activation("tanh", tanh),
  /** elu scaled so that activations keep mean 0 and variance 1. Klambauer et al. 2017. */
  activation("selu", selu),
  /** y = x · sigmoid x. */
  activation("silu", silu, { isRectifier: true, synonyms: "swish" }),
  /** y = x · tanh(softplus x). */
  activation("mish", mish, { isRectifier: true }),
  /** y = log(1 + eˣ). */
  activation("softplus", softplus),
  /** y = x / (1 + |x|). */
  activation("softsign", softsign),
  /** y = log sigmoid x. */
  activation("logSigmoid", logSigmoid),
] as const;

/** y = x where x > 0, slope · x elsewhere. */
export const leakyReluKind = layerKind({
  kind: "leakyRelu",
  options: {
    /** The slope below 0. Default 0.01. */
    slope: optional(numberIn("finite", {})),
  },
  isRectifier: true,
  synonyms: "lrelu",
  layer:
    ({ slope = 0.01 }) =>
    ([x]) =>
      leakyRelu(x, { slope }),
});

/** y = x where x > 0, α (eˣ − 1) elsewhere. */
export const eluKind = layerKind({
  kind: "elu",
  options: {
    /** α, minus the limit at −∞. Default 1. */
    alpha: optional(numberIn("finite", {})),
  },
  isRectifier: true,
  layer:
    ({ alpha = 1 }) =>
    ([x]) =>
      elu(x, { alpha }),
});

/** y = x · Φ(x), Φ being the normal distribution. */
export const geluKind = layerKind({
  kind: "gelu",
  options: {
    /** "tanh" for the approximation by tanh, "none" for the exact form. Default "none". */
    approximate: optional(oneOf("none", "tanh")),
  },
  isRectifier: true,
  layer:
    ({ approximate = "none" }) =>
    ([x]) =>
      gelu(x, { approximate }),
});

/** The activations along the last axis. */
export const lastAxisActivations = [
  /** e^x / Σ e^x along the last axis. */
  activation("softmax", softmax),
  /** log softmax x along the last axis. */
  activation("logSoftmax", logSoftmax),
] as const;
