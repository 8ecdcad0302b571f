/** The activations without options. The graph keeps what their rules read, so that they hold nothing. */
import {
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
import type { PlainLayerSpec } from "./kind/options.ts";

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

/** The activations along the last axis. */
export const lastAxisActivations = [
  activation("softmax", "e^x / Σ e^x along the last axis.", softmax),
  activation("logSoftmax", "log softmax x along the last axis.", logSoftmax),
] as const;
