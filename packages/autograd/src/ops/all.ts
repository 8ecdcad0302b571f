/**
 * The one list of ops. A family is one file: its functions are public, and its default export says which primitives
 * graphs are made of and which methods Variables have. Whatever speaks of every op goes over this list.
 */
import type { OpDefinition } from "../core/variable.ts";
import activation from "./activation.ts";
import arithmetic from "./arithmetic.ts";
import castDetach from "./cast-detach.ts";
import comparison from "./comparison.ts";
import creation from "./composite/creation.ts";
import einsum from "./composite/einsum.ts";
import functions from "./composite/functions.ts";
import indexing from "./composite/indexing.ts";
import statistics from "./composite/statistics.ts";
import concatSplit from "./concat-split.ts";
import cumsumSort from "./cumsum-sort.ts";
import diagonal from "./diagonal.ts";
import elementary from "./elementary.ts";
import gatherScatter from "./gather-scatter.ts";
import im2colCol2im from "./im2col-col2im.ts";
import logic from "./logic.ts";
import matmul from "./matmul.ts";
import max from "./max.ts";
import normal from "./normal.ts";
import random from "./random.ts";
import repeatSum from "./repeat-sum.ts";
import reshapeTranspose from "./reshape-transpose.ts";
import rounding from "./rounding.ts";
import slicePad from "./slice-pad.ts";
import softmax from "./softmax.ts";
import special from "./special.ts";
import triangle from "./triangle.ts";
import trigonometric from "./trigonometric.ts";

export * from "./activation.ts";
export * from "./arithmetic.ts";
export * from "./cast-detach.ts";
export * from "./comparison.ts";
export * from "./composite/creation.ts";
export * from "./composite/einsum.ts";
export * from "./composite/functions.ts";
export * from "./composite/indexing.ts";
export * from "./composite/statistics.ts";
export * from "./concat-split.ts";
export * from "./cumsum-sort.ts";
export * from "./diagonal.ts";
export * from "./elementary.ts";
export * from "./gather-scatter.ts";
export * from "./im2col-col2im.ts";
export * from "./logic.ts";
export * from "./matmul.ts";
export * from "./max.ts";
export * from "./random.ts";
export * from "./repeat-sum.ts";
export * from "./reshape-transpose.ts";
export * from "./rounding.ts";
export * from "./slice-pad.ts";
export * from "./softmax.ts";
export * from "./special.ts";
export * from "./triangle.ts";
export * from "./trigonometric.ts";

/** Definitions by name. */
function definitions<Name extends string>(ops: { readonly [N in Name]: { readonly definition: unknown } }) {
  const entries = Object.entries<{ readonly definition: unknown }>(ops);
  return Object.fromEntries(entries.map(([name, op]) => [name, op.definition])) as {
    readonly [N in Name]: OpDefinition<never>;
  };
}

/** The built-in primitives by name: what graphs are made of. In a function, which bundlers drop whole where nothing uses them. */
export const primitives = /* @__PURE__ */ (() =>
  definitions({
    ...arithmetic.primitives,
    ...elementary.primitives,
    ...trigonometric.primitives,
    ...special.primitives,
    ...rounding.primitives,
    ...functions.primitives,
    ...activation.primitives,
    ...softmax.primitives,
    ...comparison.primitives,
    ...logic.primitives,
    ...max.primitives,
    ...repeatSum.primitives,
    ...statistics.primitives,
    ...reshapeTranspose.primitives,
    ...slicePad.primitives,
    ...concatSplit.primitives,
    ...indexing.primitives,
    ...gatherScatter.primitives,
    ...im2colCol2im.primitives,
    ...matmul.primitives,
    ...einsum.primitives,
    ...diagonal.primitives,
    ...cumsumSort.primitives,
    ...triangle.primitives,
    ...castDetach.primitives,
    ...creation.primitives,
    ...random.primitives,
    ...normal.primitives,
  }))();

/** The names of the built-in primitives. */
export type PrimitiveName = keyof typeof primitives;

/** The ops that are methods, by the method's name: functions of the Variable and the rest of the arguments. */
export default {
  ...arithmetic.methods,
  ...elementary.methods,
  ...trigonometric.methods,
  ...special.methods,
  ...rounding.methods,
  ...functions.methods,
  ...activation.methods,
  ...softmax.methods,
  ...comparison.methods,
  ...logic.methods,
  ...max.methods,
  ...repeatSum.methods,
  ...statistics.methods,
  ...reshapeTranspose.methods,
  ...slicePad.methods,
  ...concatSplit.methods,
  ...indexing.methods,
  ...gatherScatter.methods,
  ...im2colCol2im.methods,
  ...matmul.methods,
  ...einsum.methods,
  ...diagonal.methods,
  ...cumsumSort.methods,
  ...triangle.methods,
  ...castDetach.methods,
  ...creation.methods,
};
