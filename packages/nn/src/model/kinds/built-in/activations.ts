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
import { optional } from "zod/mini";
import { Dropout } from "../../../layers/dropout.ts";
import type {
  ActivationSpec,
  EluSpec,
  GeluSpec,
  LeakyReluSpec,
  LogSoftmaxSpec,
  PlainActivationName,
  SoftmaxSpec,
} from "../../spec/activations.ts";
import type { DropoutSpec } from "../../spec/rows.ts";
import type { LayerKind } from "../layer-kind.ts";
import { flag, layerSchema, numberIn, oneOf } from "../options.ts";

type Activation = (x: Variable) => Variable;

function activation<Kind extends PlainActivationName>(
  kind: Kind,
  op: Activation,
  rectifies = false,
): LayerKind<ActivationSpec<Kind>> {
  return {
    prefix: kind,
    ...(rectifies ? { isRectifier: true } : {}),
    schema: layerSchema(kind, {}),
    layer:
      () =>
      ([x]) =>
        op(x),
  };
}

/** The activations without options, by name. */
export const plainActivations: { readonly [Name in PlainActivationName]: LayerKind<ActivationSpec<Name>> } = {
  relu: activation("relu", relu, true),
  sigmoid: activation("sigmoid", sigmoid),
  tanh: activation("tanh", tanh),
  selu: activation("selu", selu),
  silu: activation("silu", silu, true),
  mish: activation("mish", mish, true),
  softplus: activation("softplus", softplus),
  softsign: activation("softsign", softsign),
  logSigmoid: activation("logSigmoid", logSigmoid),
};

export const leakyReluKind: LayerKind<LeakyReluSpec> = {
  prefix: "leakyRelu",
  isRectifier: true,
  schema: layerSchema("leakyRelu", { slope: optional(numberIn("finite", {})) }),
  layer:
    ({ slope = 0.01 }) =>
    ([x]) =>
      leakyRelu(x, { slope }),
};

export const eluKind: LayerKind<EluSpec> = {
  prefix: "elu",
  isRectifier: true,
  schema: layerSchema("elu", { alpha: optional(numberIn("finite", {})) }),
  layer:
    ({ alpha = 1 }) =>
    ([x]) =>
      elu(x, { alpha }),
};

export const geluKind: LayerKind<GeluSpec> = {
  prefix: "gelu",
  isRectifier: true,
  schema: layerSchema("gelu", { approximate: optional(oneOf("none", "tanh")) }),
  layer:
    ({ approximate = "none" }) =>
    ([x]) =>
      gelu(x, { approximate }),
};

export const softmaxKind: LayerKind<SoftmaxSpec> = {
  prefix: "softmax",
  schema: layerSchema("softmax", {}),
  layer:
    () =>
    ([x]) =>
      softmax(x),
};

export const logSoftmaxKind: LayerKind<LogSoftmaxSpec> = {
  prefix: "logSoftmax",
  schema: layerSchema("logSoftmax", {}),
  layer:
    () =>
    ([x]) =>
      logSoftmax(x),
};

export const dropout: LayerKind<DropoutSpec> = {
  prefix: "dropout",
  isTransparent: true,
  schema: layerSchema("dropout", {
    ratio: optional(numberIn("0 ≤ ratio < 1", { low: 0, below: 1 })),
    inverted: optional(flag),
  }),
  layer: ({ ratio = 0.5, inverted = false }, { generator }) => {
    const layer = new Dropout(ratio, { rng: generator, inverted });
    return ([x], options) => layer.forward(x, options);
  },
};
