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
  words: string,
  op: (x: Variable) => Variable,
  more: Partial<Pick<LayerKind, "isRectifier" | "synonyms" | "layer">> = {},
): LayerKind<PlainLayerSpec<Kind>> {
  const layer = (): LayerForward => (xs) => op(xs[0]);
  return layerKind<Kind>({ kind, words, layer, ...more });
}

/** The activations of single numbers that have no options. */
export const plainActivations = [
  activation("relu", "y = max(x, 0).", relu, { isRectifier: true, layer: () => new Relu() }),
  activation("sigmoid", "y = 1 / (1 + e⁻ˣ).", sigmoid, { layer: () => new Sigmoid() }),
  activation("tanh", "y = tanh x.", tanh),
  activation("selu", "elu scaled so that activations keep mean 0 and variance 1. Klambauer et al. 2017.", selu),
  activation("silu", "y = x · sigmoid x.", silu, { isRectifier: true, synonyms: "swish" }),
  activation("mish", "y = x · tanh(softplus x).", mish, { isRectifier: true }),
  activation("softplus", "y = log(1 + eˣ).", softplus),
  activation("softsign", "y = x / (1 + |x|).", softsign),
  activation("logSigmoid", "y = log sigmoid x.", logSigmoid),
] as const;

export const leakyReluKind = layerKind({
  kind: "leakyRelu",
  words: "y = x where x > 0, slope · x elsewhere.",
  options: { slope: optional(numberIn("finite", {}), "The slope below 0. Default 0.01.") },
  isRectifier: true,
  synonyms: "lrelu",
  layer:
    ({ slope = 0.01 }) =>
    ([x]) =>
      leakyRelu(x, { slope }),
});

export const eluKind = layerKind({
  kind: "elu",
  words: "y = x where x > 0, α (eˣ − 1) elsewhere.",
  options: { alpha: optional(numberIn("finite", {}), "α, minus the limit at −∞. Default 1.") },
  isRectifier: true,
  layer:
    ({ alpha = 1 }) =>
    ([x]) =>
      elu(x, { alpha }),
});

export const geluKind = layerKind({
  kind: "gelu",
  words: "y = x · Φ(x), Φ being the normal distribution.",
  options: {
    approximate: optional(
      oneOf("none", "tanh"),
      '"tanh" for the approximation by tanh, "none" for the exact form. Default "none".',
    ),
  },
  isRectifier: true,
  layer:
    ({ approximate = "none" }) =>
    ([x]) =>
      gelu(x, { approximate }),
});

/** The activations along the last axis. */
export const lastAxisActivations = [
  activation("softmax", "e^x / Σ e^x along the last axis.", softmax),
  activation("logSoftmax", "log softmax x along the last axis.", logSoftmax),
] as const;
