/**
 * The contents of @adjoint/nn/internal: what the packages of Adjoint need of the layers beyond the public names. It is not
 * public, and changes without notice.
 */
export { convolve } from "./layers/convolution.ts";
export { convolveTransposed } from "./layers/transposed-convolution.ts";
export { type FullLossSpec, fullLoss, kindOfLoss, losses } from "./losses/all.ts";
export { accuracyOf, evaluate, ofOneOutput } from "./model/evaluate.ts";
export { SPEC as specMetadata } from "./model/save.ts";
export { fitsShape, shapeText } from "./plan/lengths.ts";
export { trainingSchema } from "./read/training-spec.ts";
export { type Column, renderTable, right } from "./table.ts";
