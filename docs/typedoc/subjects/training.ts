/**
 * The Trainer trains any network of the right structure. Import it from `adjoint`.
 *
 * The functions that train a spec as the command line does, with a display and files, are in `adjoint/training` and
 * need Node.js.
 *
 * @module Training
 */
export * from "adjoint/training";
export * from "../../../packages/optim/src/training.ts";
