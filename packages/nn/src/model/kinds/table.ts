/** The list of layer kinds, in the order of the reference: to add a kind, write it in its file and list it here. */
import {
  dropout,
  eluKind,
  geluKind,
  lastAxisActivations,
  leakyReluKind,
  plainActivations,
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

/** The built-in kinds that compute. */
export const computingKinds = [
  convolution,
  transposedConvolution,
  pooling,
  averagePooling,
  globalAveragePooling,
  adaptiveAveragePooling,
  upsampling,
  affine,
  ...plainActivations,
  leakyReluKind,
  eluKind,
  geluKind,
  ...lastAxisActivations,
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
  reshapeKind,
  transposeKind,
  padKind,
  meanKind,
  addKind,
  multiplyKind,
  concatKind,
  opKind,
] as const;

/** The same by name. */
export const builtInKinds: ReadonlyMap<string, LayerKind> = new Map(
  computingKinds.map((kind: LayerKind) => [kind.kind, kind]),
);
