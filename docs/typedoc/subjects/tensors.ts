/**
 * Tensors are n-dimensional arrays of one dtype, without gradients, and seeded random numbers fill them.
 *
 * Import the names of this page from `adjoint`, and those that it does not have from `@adjoint/tensor`.
 *
 * @module Tensors
 */

export {
  type AxisSlice,
  type DataOf,
  type GeneratorState,
  type IntegerArray,
  type Nested,
  type TypedArray,
  tensorFor,
} from "@adjoint/tensor";
export {
  arange,
  type DType,
  eye,
  full,
  linspace,
  ones,
  RandomGenerator,
  rng,
  type Shape,
  scalar,
  Tensor,
  tensor,
  zeros,
} from "adjoint";
