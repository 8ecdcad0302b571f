/**
 * Losses compare what a network says with what it should say, and give one number. Here too are the book's functions
 * of chapters 3 and 4. Import the names of this page from `adjoint`.
 *
 * @module Losses and functions
 */
export * from "../../../packages/nn/src/contents/losses.ts";
