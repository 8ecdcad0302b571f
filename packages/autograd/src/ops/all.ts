/**
 * The one list of ops. A family is one file: its functions are public, its `primitives` are what graphs are made of, and
 * its default export says which methods Variables have. Whatever speaks of every op goes over this list.
 */
import type { OpDefinition } from "../core/variable.ts";
import * as activation from "./activation.ts";
import * as arithmetic from "./arithmetic.ts";
import * as castDetach from "./cast-detach.ts";
import * as comparison from "./comparison.ts";
import * as creation from "./composite/creation.ts";
import * as einsum from "./composite/einsum.ts";
import * as functions from "./composite/functions.ts";
import * as indexing from "./composite/indexing.ts";
import * as statistics from "./composite/statistics.ts";
import * as concatSplit from "./concat-split.ts";
import * as cumsumSort from "./cumsum-sort.ts";
import * as diagonal from "./diagonal.ts";
import * as elementary from "./elementary.ts";
import * as gatherScatter from "./gather-scatter.ts";
import * as im2colCol2im from "./im2col-col2im.ts";
import * as logic from "./logic.ts";
import * as matmul from "./matmul.ts";
import * as max from "./max.ts";
import * as normal from "./normal.ts";
import * as random from "./random.ts";
import * as repeatSum from "./repeat-sum.ts";
import * as reshapeTranspose from "./reshape-transpose.ts";
import * as rounding from "./rounding.ts";
import * as slicePad from "./slice-pad.ts";
import * as softmax from "./softmax.ts";
import * as special from "./special.ts";
import * as triangle from "./triangle.ts";
import * as trigonometric from "./trigonometric.ts";

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

/** The built-in primitives by name: what graphs are made of. */
// In a function, which bundlers drop as a whole where nothing reads them.
export const primitives = /* @__PURE__ */ (() =>
  definitions({
    ...arithmetic.primitives,
    ...elementary.primitives,
    ...trigonometric.primitives,
    ...special.primitives,
    ...rounding.primitives,
    ...activation.primitives,
    ...softmax.primitives,
    ...comparison.primitives,
    ...max.primitives,
    ...repeatSum.primitives,
    ...statistics.primitives,
    ...reshapeTranspose.primitives,
    ...slicePad.primitives,
    ...concatSplit.primitives,
    ...gatherScatter.primitives,
    ...im2colCol2im.primitives,
    ...matmul.primitives,
    ...cumsumSort.primitives,
    ...triangle.primitives,
    ...castDetach.primitives,
    ...random.primitives,
    ...normal.primitives,
  }))();

/** The names of the built-in primitives. */
export type PrimitiveName = keyof typeof primitives;

/** The ops that are methods, by the method's name: functions of the Variable and the rest of the arguments. */
export default {
  ...arithmetic.default,
  ...elementary.default,
  ...trigonometric.default,
  ...special.default,
  ...rounding.default,
  ...functions.default,
  ...activation.default,
  ...softmax.default,
  ...comparison.default,
  ...logic.default,
  ...max.default,
  ...repeatSum.default,
  ...statistics.default,
  ...reshapeTranspose.default,
  ...slicePad.default,
  ...concatSplit.default,
  ...indexing.default,
  ...gatherScatter.default,
  ...im2colCol2im.default,
  ...matmul.default,
  ...einsum.default,
  ...diagonal.default,
  ...cumsumSort.default,
  ...triangle.default,
  ...castDetach.default,
  ...creation.default,
};
