/**
 * Shapes, dtypes, options and random numbers by position: what ops and layers are written with.
 *
 * Import the names of this page from `@adjoint/tensor`; `convOutputSize` and `setKernels` are in `adjoint` too. The
 * parameter `op` is the name of the caller, which errors carry, and `argument` that of its argument.
 *
 * @module Shapes and dtypes
 */
export {
  allocate,
  bernoulliAt,
  bothOf,
  broadcastShapes,
  checkBroadcastable,
  checkDType,
  checkFinite,
  checkInteger,
  checkNotEmpty,
  checkNumber,
  checkOneOf,
  checkOptions,
  checkProbability,
  checkShape,
  contiguousStrides,
  convOutputSize,
  dtypeOf,
  dtypes,
  formatShape,
  inversePermutation,
  isDType,
  isFloat,
  type Kernels,
  kernelsInUse,
  matmulShape,
  maxAxes,
  nearest,
  normalAt,
  normalizeAxes,
  normalizeAxis,
  normalizePermutation,
  promote,
  promoteNumber,
  reducedShape,
  reshapeShape,
  sameShape,
  setKernels,
  sizeOf,
  uniformAt,
  unravel,
  type Window,
  type WindowOptions,
  windowOf,
} from "@adjoint/tensor";
