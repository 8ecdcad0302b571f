// Shapes and dtypes: names only.
export { checkFinite, checkInteger, checkNumber, checkOneOf, checkProbability } from "../checks.ts";
export { allocate, checkDType, dtypeOf, dtypes, isDType, isFloat, promote, promoteNumber } from "../dtype.ts";
export { type Kernels, kernelsInUse, setKernels } from "../kernels/backend.ts";
export { checkOptions, nearest } from "../options.ts";
export { bernoulliAt, normalAt, uniformAt } from "../random/distributions.ts";
export {
  bothOf,
  broadcastShapes,
  checkBroadcastable,
  checkNotEmpty,
  checkShape,
  contiguousStrides,
  convOutputSize,
  inversePermutation,
  matmulShape,
  normalizeAxes,
  normalizeAxis,
  normalizePermutation,
  reducedShape,
  reshapeShape,
  sameShape,
  sizeOf,
  unravel,
  type Window,
  type WindowOptions,
  windowOf,
} from "../shape.ts";
export { formatShape, maxAxes } from "../shown.ts";
