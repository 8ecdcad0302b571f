/** The table of layer kinds by name: to add a kind, write it in its file, name it in spec/, and list it here. */
import type { BuiltInLayerSpec } from "../spec/model.ts";
import {
  dropout,
  eluKind,
  geluKind,
  leakyReluKind,
  logSoftmaxKind,
  plainActivations,
  softmaxKind,
} from "./built-in/activations.ts";
import { affine } from "./built-in/affine.ts";
import { convolution, transposedConvolution } from "./built-in/convolution.ts";
import { batchNormalization, groupNormalization, layerNormalization } from "./built-in/normalization.ts";
import { opKind } from "./built-in/op.ts";
import {
  adaptiveAveragePooling,
  averagePooling,
  globalAveragePooling,
  pooling,
  upsampling,
} from "./built-in/pooling.ts";
import {
  embedding,
  gru,
  lstm,
  multiHeadAttention,
  positionalEncoding,
  positionEmbedding,
} from "./built-in/sequences.ts";
import {
  addKind,
  concatKind,
  flatten,
  meanKind,
  multiplyKind,
  padKind,
  reshapeKind,
  transposeKind,
} from "./built-in/shapes.ts";
import type { LayerKind } from "./layer-kind.ts";
import type { StructureName } from "./structures.ts";

/** The names of kinds that compute. */
type ComputingKindName = Exclude<BuiltInLayerSpec["kind"], StructureName>;

const table: { readonly [Name in ComputingKindName]: LayerKind<Extract<BuiltInLayerSpec, { kind: Name }>> } = {
  convolution,
  transposedConvolution,
  pooling,
  averagePooling,
  globalAveragePooling,
  adaptiveAveragePooling,
  upsampling,
  affine,
  ...plainActivations,
  leakyRelu: leakyReluKind,
  elu: eluKind,
  gelu: geluKind,
  softmax: softmaxKind,
  logSoftmax: logSoftmaxKind,
  dropout,
  batchNormalization,
  layerNormalization,
  groupNormalization,
  embedding,
  positionEmbedding,
  positionalEncoding,
  lstm,
  gru,
  multiHeadAttention,
  flatten,
  reshape: reshapeKind,
  transpose: transposeKind,
  pad: padKind,
  mean: meanKind,
  add: addKind,
  multiply: multiplyKind,
  concat: concatKind,
  op: opKind,
};

/** The built-in kinds that compute, by name. */
export const builtInKinds: ReadonlyMap<string, LayerKind> = new Map(
  Object.entries(table as unknown as Record<string, LayerKind>),
);
