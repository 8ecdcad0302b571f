/** The list of patterns. */
import { convolution, convolutionOfGradients, filterGradients } from "./convolution.ts";
import type { Pattern } from "./pattern.ts";
import { maxPooling, maxUnpooling } from "./pooling.ts";

/** The patterns. */
export const patterns: readonly Pattern[] = [
  maxPooling,
  maxUnpooling,
  convolution,
  convolutionOfGradients,
  filterGradients,
];
