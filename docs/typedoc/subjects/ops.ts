/**
 * `defineOp` makes an op from data: a shape rule, a kernel, and one rule for each input.
 *
 * The built-in ops have a page of their own, [ops.md](../ops.md), with their formulas and rules. Here are the types of
 * their options. [custom-ops.md](../custom-ops.md) writes three ops from nothing. Import the names of this page from
 * `adjoint`.
 *
 * @module Ops of your own
 */
export {
  type ArgOptions,
  type AxisOptions,
  type AxisRange,
  type BackwardRule,
  type BatchContext,
  type BatchRule,
  type BinaryOp,
  type ClipOptions,
  type CumsumOptions,
  type DiagonalOptions,
  defineOp,
  type ForwardContext,
  type ForwardRule,
  type IndexEntry,
  type MeshgridOptions,
  type NestedIndices,
  type NoAttributes,
  type NormOptions,
  type Op,
  type OpDefinition,
  type PrimitiveName,
  primitives,
  type RandomOptions,
  type ReduceOptions,
  type RuleContext,
  type SliceOptions,
  type SoftmaxOptions,
  type SortOptions,
  type UnaryOp,
  type ValueSpec,
  type VarianceOptions,
} from "adjoint";
