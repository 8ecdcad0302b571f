/** The list of patterns. */
import { convolution, convolutionOfGradients, filterGradients } from "./convolution.ts";
import type { Pattern } from "./pattern.ts";
import { pooledConvolution, pooledFilterGradients } from "./pooled-convolution.ts";
import { maxPooling, maxUnpooling } from "./pooling.ts";

/** The patterns; of those that are found at the same op the first one counts. */
export const patterns: readonly Pattern[] = [
  pooledConvolution,
  pooledFilterGradients,
  maxPooling,
  maxUnpooling,
  convolution,
  convolutionOfGradients,
  filterGradients,
];
