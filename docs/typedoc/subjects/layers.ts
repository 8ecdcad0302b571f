/**
 * Layers hold parameters and compute from one Variable to the next, with the names of the book. Their gradients come
 * from the graph.
 *
 * A layer takes its parameters, or makes them. To make them it takes numbers: `inputs` is the length of each example,
 * `units` the length of each result, and `vocabulary` how many different labels there are.
 *
 * Layers as data are in [layers.md](../layers.md). Import the names of this page from `adjoint`.
 *
 * @module Layers
 */
export * from "../../../packages/nn/src/contents/layers.ts";
