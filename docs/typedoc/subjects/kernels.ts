/**
 * Kernels compute on Tensors and know nothing of gradients. `import { kernels } from "adjoint"` has all of them; ops of
 * your own call them in their forward functions. With `keepDims`, reductions leave their axes with length 1.
 *
 * @module Kernels
 */
export * from "../../../packages/tensor/src/kernels/index.ts";
