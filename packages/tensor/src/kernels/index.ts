/** The kernels: functions of Tensors with no notion of gradients. Names only. */
export { broadcastTo, reshape, transpose, unsqueeze } from "../views.ts";
export { cast, contiguous, copy, copyInto } from "./copy.ts";
export { argsort, cumsum, sort } from "./cumsum-sort.ts";
export * from "./elementwise/elementwise.generated.ts";
export { where } from "./elementwise/where.ts";
export { gather, indexAdd, indexSelect, oneHot, scatterAdd } from "./gather-scatter.ts";
export { col2im, im2col } from "./im2col-col2im.ts";
export { matmul } from "./matmul.ts";
export { nonzero } from "./nonzero.ts";
export { allFinite } from "./reduce/all-finite.ts";
export { argmax, argmin } from "./reduce/argmax.ts";
export { norm } from "./reduce/norm.ts";
export { logSoftmax, logsumexp, softmax } from "./reduce/softmax.ts";
export { type Axis, max, min, prod, sum } from "./reduce/sum-prod-max.ts";
export { concat, padSlice, slice, tril, triu } from "./slice-pad.ts";
