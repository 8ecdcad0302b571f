/** The list of patterns, those that stand for more ops first. */
import { convolution, filterGradients, transposedConvolution } from "./convolution.ts";
import { gelu, reluGate, selu } from "./gates.ts";
import { batchNormalization, layerNormalization } from "./normalization.ts";
import type { Pattern } from "./pattern.ts";
import { averagePooling, maxPooling, maxUnpooling, pooledReluGate } from "./pooling.ts";
import { gemm, mean } from "./products.ts";

export const patterns: readonly Pattern[] = [
  batchNormalization,
  layerNormalization,
  convolution,
  filterGradients,
  transposedConvolution,
  maxPooling,
  maxUnpooling,
  averagePooling,
  mean,
  gemm,
  gelu,
  selu,
  pooledReluGate,
  reluGate,
];
