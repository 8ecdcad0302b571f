/**
 * Data sets, their files (IDX, safetensors), shuffling, splitting and batches.
 *
 * Import the names of this page from `adjoint`. The `oneHot` here is that of `@adjoint/data`, on Tensors; the `oneHot`
 * of `adjoint` is the op.
 *
 * @module Data
 */
export * from "@adjoint/data";
export { beyondBounds, type JsonBounds } from "@adjoint/tensor";
