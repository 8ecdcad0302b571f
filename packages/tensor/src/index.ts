/** The contents of @adjoint/tensor: names only. */
export { stamp } from "./brand.ts";
export {
  checkFinite,
  checkInteger,
  checkKind,
  checkNumber,
  checkOneOf,
  checkProbability,
  numbersHint,
} from "./checks.ts";
export { refuseOtherCopy } from "./copies.ts";
export { arange, eye, full, linspace, ones, scalar, tensor, tensorFor, zeros } from "./creation.ts";
export {
  allocate,
  checkDType,
  type DataOf,
  type DType,
  dtypeOf,
  dtypes,
  type IntegerArray,
  isDType,
  isFloat,
  promote,
  promoteNumber,
  type TypedArray,
} from "./dtype.ts";
export {
  AdjointError,
  calledAs,
  DataError,
  DTypeError,
  type ErrorFields,
  GraphError,
  IndexError,
  noOperators,
  ShapeError,
  SpecError,
} from "./errors.ts";
export { beyondBounds, type JsonBounds } from "./json-bounds.ts";
export { type Kernels, kernelsInUse, setKernels } from "./kernels/backend.ts";
export * as kernels from "./kernels/index.ts";
export { checkOptions, isPlain, nearest } from "./options.ts";
export { printable, printableLine, withoutUnprintable } from "./printable.ts";
export { bernoulliAt, normalAt, uniformAt } from "./random/distributions.ts";
export { type GeneratorState, RandomGenerator, rng } from "./random/random-generator.ts";
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
  type Shape,
  sameShape,
  sizeOf,
  unravel,
  type Window,
  type WindowOptions,
  windowOf,
} from "./shape.ts";
export { formatShape, formatSpec, isPromise, kindOf, maxAxes, shown } from "./shown.ts";
export { type Nested, Tensor } from "./tensor.ts";
export type { AxisSlice } from "./views.ts";
