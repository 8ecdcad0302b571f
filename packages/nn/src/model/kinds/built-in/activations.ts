/** The kinds of layers that keep the shape and learn nothing: activations and dropout. */
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
} from "@adjoint/autograd";
import { Relu, Sigmoid } from "../../../layers/activations.ts";
import { Dropout } from "../../../layers/dropout.ts";
import type { LayerKind } from "../layer-kind.ts";
import { flag, layerForm, numberIn, oneOf, optional, type PlainLayerSpec, type SpecOf } from "../options.ts";

function activation<const Kind extends string>(
  kind: Kind,
  words: string,
  op: (x: Variable) => Variable,
  more: Pick<LayerKind, "isRectifier" | "synonyms"> = {},
): LayerKind<PlainLayerSpec<Kind>> {
  return {
    ...layerForm(kind, words, {}),
    ...more,
    layer:
      () =>
      ([x]) =>
        op(x),
  };
}

/** The activations of single numbers that have no options. */
export const plainActivations = [
  { ...activation("relu", "y = max(x, 0).", relu, { isRectifier: true }), layer: () => new Relu() },
  { ...activation("sigmoid", "y = 1 / (1 + e⁻ˣ).", sigmoid), layer: () => new Sigmoid() },
  activation("tanh", "y = tanh x.", tanh),
  activation("selu", "elu scaled so that activations keep mean 0 and variance 1. Klambauer et al. 2017.", selu),
  activation("silu", "y = x · sigmoid x.", silu, { isRectifier: true, synonyms: "swish" }),
  activation("mish", "y = x · tanh(softplus x).", mish, { isRectifier: true }),
  activation("softplus", "y = log(1 + eˣ).", softplus),
  activation("softsign", "y = x / (1 + |x|).", softsign),
  activation("logSigmoid", "y = log sigmoid x.", logSigmoid),
] as const;

const leakyReluForm = layerForm("leakyRelu", "y = x where x > 0, slope · x elsewhere.", {
  slope: optional(numberIn("finite", {}), "The slope below 0. Default 0.01."),
});

export interface LeakyReluSpec extends SpecOf<typeof leakyReluForm> {}

export const leakyReluKind: LayerKind<LeakyReluSpec> = {
  ...leakyReluForm,
  isRectifier: true,
  synonyms: "lrelu",
  layer:
    ({ slope = 0.01 }) =>
    ([x]) =>
      leakyRelu(x, { slope }),
};

const eluForm = layerForm("elu", "y = x where x > 0, α (eˣ − 1) elsewhere.", {
  alpha: optional(numberIn("finite", {}), "α, minus the limit at −∞. Default 1."),
});

export interface EluSpec extends SpecOf<typeof eluForm> {}

export const eluKind: LayerKind<EluSpec> = {
  ...eluForm,
  isRectifier: true,
  layer:
    ({ alpha = 1 }) =>
    ([x]) =>
      elu(x, { alpha }),
};

const geluForm = layerForm("gelu", "y = x · Φ(x), Φ being the normal distribution.", {
  approximate: optional(
    oneOf("none", "tanh"),
    '"tanh" for the approximation by tanh, "none" for the exact form. Default "none".',
  ),
});

export interface GeluSpec extends SpecOf<typeof geluForm> {}

export const geluKind: LayerKind<GeluSpec> = {
  ...geluForm,
  isRectifier: true,
  layer:
    ({ approximate = "none" }) =>
    ([x]) =>
      gelu(x, { approximate }),
};

/** The activations along the last axis. */
export const lastAxisActivations = [
  activation("softmax", "e^x / Σ e^x along the last axis.", softmax),
  activation("logSoftmax", "log softmax x along the last axis.", logSoftmax),
] as const;

const dropoutForm = layerForm("dropout", "Neurons switched off at random in training.", {
  ratio: optional(
    numberIn("0 ≤ ratio < 1", { low: 0, below: 1 }),
    "Share of neurons that are switched off in training, 0 ≤ ratio < 1. Default 0.5.",
  ),
  inverted: optional(
    flag,
    "Whether training scales by 1 / (1 − ratio) instead of prediction by 1 − ratio. Default false, as in the book.",
  ),
});

export interface DropoutSpec extends SpecOf<typeof dropoutForm> {}

export const dropout: LayerKind<DropoutSpec, "ratio"> = {
  ...dropoutForm,
  alone: ["ratio", "number"],
  isTransparent: true,
  layer: ({ ratio = 0.5, inverted = false }, { generator }) => new Dropout(ratio, { rng: generator, inverted }),
};
