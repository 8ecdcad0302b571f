/**
 * Optimizers change parameters by their gradients, one rule each. Import the names of this page from `adjoint`.
 *
 * @module Optimizers
 */
export * from "../../../packages/optim/src/optimizers.ts";
