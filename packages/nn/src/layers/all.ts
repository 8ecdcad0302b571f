/** The list of the kinds of layers that compute, in the order of the reference. */
import { eluKind, geluKind, lastAxisActivations, leakyReluKind, plainActivations } from "./activations.ts";
import { adaptiveAveragePooling } from "./adaptive-average-pooling.ts";
import { addKind } from "./add.ts";
import { affine } from "./affine.ts";
import { multiHeadAttention } from "./attention.ts";
import { averagePooling } from "./average-pooling.ts";
import { batchNormalization } from "./batch-normalization.ts";
import { concatKind } from "./concat.ts";
import { convolution } from "./convolution.ts";
import { convolution1d } from "./convolution-1d.ts";
import { dropout } from "./dropout.ts";
import { embedding } from "./embedding.ts";
import { flatten } from "./flatten.ts";
import { globalAveragePooling } from "./global-average-pooling.ts";
import { groupNormalization } from "./group-normalization.ts";
import { gru } from "./gru.ts";
import type { LayerKind } from "./kind/layer-kind.ts";
import { layerNormalization } from "./layer-normalization.ts";
import { lstm } from "./lstm.ts";
import { multiplyKind } from "./multiply.ts";
import { opKind } from "./op.ts";
import { padKind } from "./pad.ts";
import { pooling } from "./pooling.ts";
import { averagePooling1d, pooling1d } from "./pooling-1d.ts";
import { positionEmbedding } from "./position-embedding.ts";
import { positionalEncoding } from "./positional-encoding.ts";
import { maxKind, meanKind } from "./reductions.ts";
import { reshapeKind } from "./reshape.ts";
import { rnn } from "./rnn.ts";
import { transposeKind } from "./transpose.ts";
import { transposedConvolution } from "./transposed-convolution.ts";
import { upsampling } from "./upsampling.ts";

/** The built-in kinds that compute. */
export const computingKinds = [
  convolution,
  transposedConvolution,
  pooling,
  averagePooling,
  convolution1d,
  pooling1d,
  averagePooling1d,
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
  rnn,
  lstm,
  gru,
  multiHeadAttention,
  flatten,
  reshapeKind,
  transposeKind,
  padKind,
  meanKind,
  maxKind,
  addKind,
  multiplyKind,
  concatKind,
  opKind,
] as const;

/** The same by name. */
export const builtInKinds: ReadonlyMap<string, LayerKind> = new Map(
  computingKinds.map((kind: LayerKind) => [kind.kind, kind]),
);
