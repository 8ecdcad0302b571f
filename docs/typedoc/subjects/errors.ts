/**
 * Every error that Adjoint throws on purpose is an `AdjointError`: fields for programs, and a sentence for people.
 * Import the names of this page from `adjoint`, and `ErrorFields` and the helpers of packages from `@adjoint/tensor`.
 *
 * @module Errors
 */

export { type Mistake, ModelSpecError } from "adjoint";
export * from "../../../packages/tensor/src/contents/errors.ts";
