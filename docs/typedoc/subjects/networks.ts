/**
 * The networks of the book, with `params`, `predict`, `loss`, `accuracy`, `gradient` and `numericalGradient`. Import
 * the names of this page from `adjoint`.
 *
 * @module Networks of the book
 */
export * from "../../../packages/nn/src/contents/networks.ts";
