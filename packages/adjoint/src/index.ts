/** The contents of adjoint: all packages under one name, and the tensor functions that stand beside them. */
export * from "@adjoint/autograd";
// Where two packages use a name, this says whose it is here: the op on Variables, and the samples of the data sets.
export { oneHot } from "@adjoint/autograd";
export * from "@adjoint/compiler";
// It takes what the op of that name takes, too.
export { trace } from "@adjoint/compiler";
export type { Samples } from "@adjoint/data";
export * from "@adjoint/data";
export * from "@adjoint/exchange";
export * from "@adjoint/explorer";
export * from "@adjoint/gradcheck";
export * from "@adjoint/nn";
export * from "@adjoint/optim";
export type { DType, Shape } from "@adjoint/tensor";
export {
  AdjointError,
  arange,
  convOutputSize,
  DataError,
  DTypeError,
  eye,
  full,
  GraphError,
  IndexError,
  kernels,
  linspace,
  ones,
  RandomGenerator,
  rng,
  ShapeError,
  SpecError,
  scalar,
  setKernels,
  Tensor,
  tensor,
  zeros,
} from "@adjoint/tensor";
