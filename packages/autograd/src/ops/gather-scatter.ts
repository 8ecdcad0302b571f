/**
 * The pairs gather ↔ scatterAdd (one index for each element) and indexSelect ↔ indexAdd (one index for each slice),
 * and oneHot.
 */
import { calledAs, checkOneOf, checkOptions, kernels, type Shape } from "@adjoint/tensor";
import { checkIndices, checkUpdates, gatheredSpec, selectedSpec } from "@adjoint/tensor/internal";
import { asVariable } from "../core/leaf.ts";
import { defineOp, type Op } from "../core/op.ts";
import type { Variable, VariableLike } from "../core/variable.ts";
import { type AxisAttribute, alongAxis, batchAlongAxis } from "./axes.ts";
import { cast, detach } from "./cast-detach.ts";
import { zerosLike } from "./composite/creation.ts";
import { repeat } from "./repeat-sum.ts";
import { reshape } from "./reshape-transpose.ts";

/** Options of the ops along one axis. */
export interface AxisOptions {
  /** The axis, negative from the end. Default 0. */
  readonly axis?: number;
}

/** The operands of a call, checked; its axis counted from the front. */
function operandsOf(op: string, x: VariableLike, indices: VariableLike, options: AxisOptions) {
  const { input, axis } = alongAxis(op, x, options, 0);
  return { input, axis, places: asVariable(op, indices, "indices") };
}

/** Updates in the dtype of what they are added to. */
function updatesOf(op: string, updates: VariableLike, { dtype }: Variable): Variable {
  return calledAs(op, () => cast(asVariable(op, updates, "updates"), dtype));
}

const gatherPrimitive: Op<AxisAttribute> = defineOp<AxisAttribute>({
  name: "gather",
  infer: ([x, indices], { axis }) => gatheredSpec("gather", x, indices, axis),
  forward: ([x, indices], { axis }) => kernels.gather(x, indices, axis),
  backward: [
    ({ grad, inputs: [x, indices], attributes }) => scatterAddPrimitive(zerosLike(x), indices, grad, attributes),
    null,
  ],
  saves: "inputs",
  linear: true,
  batch: batchAlongAxis,
  // y[i, k] = x[i, index[i, k]] ⇒ x̄ = ȳ added up at the indices
  // The gradient of each element taken is added where it was taken from.
  // x […, n, …], index […, k, …] → […, k, …]; adjoint: scatterAdd
});

/**
 * One element for each index along `axis`: y[…, k, …] = x[…, indices[…, k, …], …]. Indices (int32) have the shape of
 * x but for the length along the axis. Linear in x; adjoint: {@link scatterAdd}.
 * @throws IndexError when an index is outside 0 … length − 1
 */
export function gather(x: VariableLike, indices: VariableLike, options: AxisOptions = {}): Variable {
  const { input, places, axis } = operandsOf("gather", x, indices, options);
  return gatherPrimitive(input, places, { axis });
}

const scatterAddPrimitive: Op<AxisAttribute> = defineOp<AxisAttribute>({
  name: "scatterAdd",
  infer: ([x, indices, updates], { axis }) => {
    checkUpdates("scatterAdd", updates, gatheredSpec("scatterAdd", x, indices, axis));
    return x;
  },
  forward: ([x, indices, updates], { axis }) => kernels.scatterAdd(x, indices, updates, axis),
  backward: [
    ({ grad }) => grad,
    null,
    ({ grad, inputs: [, indices], attributes }) => gatherPrimitive(grad, indices, attributes),
  ],
  saves: "inputs",
  linear: true,
  batch: batchAlongAxis,
  // y = x, then y[i, index[i, k]] += u[i, k] ⇒ x̄ = ȳ, ū[i, k] = ȳ[i, index[i, k]]
  // x gets the gradient as it is, the updates what lies at their indices.
  // x […, n, …], index and updates […, k, …] → […, n, …]; adjoint: gather
});

/**
 * x with `updates` added at `indices` along `axis`; updates for the same place add up, bools as in `add`: one that is
 * true makes the sum true. Linear in x and updates; its updates' adjoint: {@link gather}.
 * @throws IndexError when an index is outside 0 … length − 1
 */
export function scatterAdd(
  x: VariableLike,
  indices: VariableLike,
  updates: VariableLike,
  options: AxisOptions = {},
): Variable {
  const { input, places, axis } = operandsOf("scatterAdd", x, indices, options);
  return scatterAddPrimitive(input, places, updatesOf("scatterAdd", updates, input), { axis });
}

/** For a batch of index vectors [B, K]: one index for each element of x taken along `axis`, [B, …, K, …]. */
function repeatedAlong(indices: Variable, x: Shape, axis: number): Variable {
  const [size, count] = indices.shape;
  const ones = x.map((_, i) => (i === 0 ? size : i === axis ? count : 1));
  return repeat(reshape(indices, ones), x.with(axis, count));
}

const indexSelectPrimitive: Op<AxisAttribute> = defineOp<AxisAttribute>({
  name: "indexSelect",
  infer: ([x, indices], { axis }) => selectedSpec("indexSelect", x, indices, axis),
  forward: ([x, indices], { axis }) => kernels.indexSelect(x, indices, axis),
  backward: [
    ({ grad, inputs: [x, indices], attributes }) => indexAddPrimitive(zerosLike(x), indices, grad, attributes),
    null,
  ],
  saves: "inputs",
  linear: true,
  batch: ({ inputs: [x, indices], isBatched, spread, attributes: { axis }, apply }) => {
    if (!isBatched[1]) return apply([x, indices], { axis: axis + 1 });
    const [all] = spread();
    return gatherPrimitive(all, repeatedAlong(indices, all.shape, axis + 1), { axis: axis + 1 });
  },
  // y[k] = x[index[k]] ⇒ x̄ = slices of ȳ added up at the indices
  // The gradient of each slice taken is added where it was taken from.
  // x […, n, …], index [k] → […, k, …]; adjoint: indexAdd
});

/**
 * Whole slices of `axis`, in the order of `indices` (an int32 vector, repeats allowed). Linear in x.
 * @throws IndexError when an index is outside 0 … length − 1
 */
export function indexSelect(x: VariableLike, indices: VariableLike, options: AxisOptions = {}): Variable {
  const { input, places, axis } = operandsOf("indexSelect", x, indices, options);
  return indexSelectPrimitive(input, places, { axis });
}

const indexAddPrimitive: Op<AxisAttribute> = defineOp<AxisAttribute>({
  name: "indexAdd",
  infer: ([x, indices, updates], { axis }) => {
    checkUpdates("indexAdd", updates, selectedSpec("indexAdd", x, indices, axis));
    return x;
  },
  forward: ([x, indices, updates], { axis }) => kernels.indexAdd(x, indices, updates, axis),
  backward: [
    ({ grad }) => grad,
    null,
    ({ grad, inputs: [, indices], attributes }) => indexSelectPrimitive(grad, indices, attributes),
  ],
  saves: "inputs",
  linear: true,
  batch: ({ inputs: [, indices], isBatched, spread, attributes: { axis }, apply }) => {
    const [x, , updates] = spread();
    if (!isBatched[1]) return apply([x, indices, updates], { axis: axis + 1 });
    return scatterAddPrimitive(x, repeatedAlong(indices, x.shape, axis + 1), updates, { axis: axis + 1 });
  },
  // y = x, then y[index[k]] += u[k] ⇒ x̄ = ȳ, ū[k] = ȳ[index[k]]
  // x gets the gradient as it is, the updates the slices at their indices.
  // x […, n, …], index [k], updates […, k, …] → […, n, …]; adjoint: indexSelect
});

/**
 * x with slices of `updates` added at `indices` (an int32 vector) along `axis`; repeats add up, bools as in `add`.
 * @throws IndexError when an index is outside 0 … length − 1
 */
export function indexAdd(
  x: VariableLike,
  indices: VariableLike,
  updates: VariableLike,
  options: AxisOptions = {},
): Variable {
  const { input, places, axis } = operandsOf("indexAdd", x, indices, options);
  return indexAddPrimitive(input, places, updatesOf("indexAdd", updates, input), { axis });
}

interface OneHotAttributes {
  readonly depth: number;
  readonly dtype: "float32" | "float64";
}

const oneHotPrimitive: Op<OneHotAttributes> = defineOp<OneHotAttributes>({
  name: "oneHot",
  infer: ([indices], { depth, dtype }) => {
    checkIndices("oneHot", indices);
    return { shape: [...indices.shape, depth], dtype };
  },
  forward: ([indices], { depth, dtype }) => kernels.oneHot(indices, depth, dtype),
  backward: [null],
  saves: "none",
  batch: ({ spread, apply }) => apply(spread()),
  // y[i, k] = 1 where k = index[i], else 0 ⇒ no derivative
  // A label has no derivative.
  // int32 […] → […, depth]
});

/**
 * Rows of zeros with a 1 at each index: [...] → [..., depth].
 *
 * @param indices  integers of any dtype
 * @param depth    number of classes. Default: one more than the largest index
 * @throws IndexError when an index is not an integer from 0 to depth − 1
 */
export function oneHot(
  indices: VariableLike,
  depth?: number,
  options: { readonly dtype?: "float32" | "float64" } = {},
): Variable {
  checkOptions("oneHot", options, ["dtype"]);
  const labels = asVariable("oneHot", indices, "indices");
  const classes = depth ?? (labels.size === 0 ? 0 : Number(kernels.max(labels.value).item()) + 1);
  const { dtype = "float32" } = options;
  checkOneOf("oneHot", "dtype", dtype, ["float32", "float64"]);
  // The kernel checks that labels are whole and in range; only then may they be stored as int32.
  if (labels.dtype !== "int32") calledAs("oneHot", () => kernels.oneHot(labels.value, classes, dtype));
  return oneHotPrimitive(cast(detach(labels), "int32"), { depth: classes, dtype });
}

export const primitives = {
  gather: gatherPrimitive,
  scatterAdd: scatterAddPrimitive,
  indexSelect: indexSelectPrimitive,
  indexAdd: indexAddPrimitive,
  oneHot: oneHotPrimitive,
};

export default { gather, scatterAdd, indexSelect, indexAdd, oneHot };
