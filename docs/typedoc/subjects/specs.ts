/**
 * The types of specs, which an editor completes and checks, and the functions that make layers as data.
 *
 * [layers.md](../layers.md) has every kind with its options, ranges and defaults. Import the names of this page from
 * `adjoint`.
 *
 * @module Types of specs
 */
export * from "../../../packages/nn/src/contents/specs.ts";
