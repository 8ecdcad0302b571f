/**
 * Shapes, dtypes, options and random numbers by position: what ops and layers are written with.
 *
 * Import the names of this page from `@adjoint/tensor`; `convOutputSize` and `setKernels` are in `adjoint` too. The
 * parameter `op` is the name of the caller, which errors carry, and `argument` that of its argument.
 *
 * @module Shapes and dtypes
 */
export * from "../../../packages/tensor/src/contents/shapes.ts";
