/**
 * Tensors are n-dimensional arrays of one dtype, without gradients, and seeded random numbers fill them.
 *
 * Import the names of this page from `adjoint`, and those that it does not have from `@adjoint/tensor`.
 *
 * @module Tensors
 */
export * from "../../../packages/tensor/src/contents/tensors.ts";
