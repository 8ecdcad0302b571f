/** Ops along an order: cumsum (adjoint: the reversed cumsum), argsort, sort and topk (gathers by argsort). */
import { checkInteger, checkOptions, IndexError, kernels } from "@adjoint/tensor";
import { asVariable } from "../core/leaf.ts";
import { defineOp, type Op } from "../core/op.ts";
import type { Variable, VariableLike } from "../core/variable.ts";
import { mul } from "./arithmetic.ts";
import { axisOf, batchAlongAxis } from "./axes.ts";
import { cast } from "./cast-detach.ts";
import { concat } from "./concat-split.ts";
import { type AxisOptions, gather } from "./gather-scatter.ts";
import { narrow } from "./views.ts";

interface CumsumAttributes {
  readonly axis: number;
  readonly reverse: boolean;
}

const cumsumPrimitive: Op<CumsumAttributes> = defineOp<CumsumAttributes>({
  name: "cumsum",
  infer: ([x]) => ({ shape: x.shape, dtype: x.dtype === "bool" ? "int32" : x.dtype }),
  forward: ([x], { axis, reverse }) => kernels.cumsum(x, axis, { reverse }),
  backward: [({ grad, attributes: { axis, reverse } }) => cumsumPrimitive(grad, { axis, reverse: !reverse })],
  saves: "none",
  linear: true,
  batch: batchAlongAxis,
  // yₖ = x₀ + … + xₖ ⇒ x̄ₖ = ȳₖ + … + ȳₙ
  // The gradient is summed from the other end.
  // […] → […]; adjoint: cumsum
});

/** Options of {@link cumsum}. */
export interface CumsumOptions {
  /** The axis, negative from the end. Default 0. */
  readonly axis?: number;
  /** Whether to sum from the end. Default false. */
  readonly reverse?: boolean;
}

/**
 * Running sums along `axis` (default 0): y[k] = x[0] + … + x[k]; with `reverse` from the end. bool gives int32. Linear;
 * adjoint: the reversed cumsum.
 */
export function cumsum(x: VariableLike, options: CumsumOptions = {}): Variable {
  checkOptions("cumsum", options, ["axis", "reverse"]);
  const input = asVariable("cumsum", x);
  const axis = axisOf("cumsum", input, options.axis ?? 0);
  return cumsumPrimitive(input, { axis, reverse: options.reverse ?? false });
}

/**
 * Running products along `axis` (default 0): y[k] = x[0] · … · x[k], in ⌈log₂ n⌉ products of shifted halves, so that
 * the derivative is exact where elements are 0. bool gives int32.
 */
export function cumprod(x: VariableLike, options: AxisOptions = {}): Variable {
  checkOptions("cumprod", options, ["axis"]);
  const given = asVariable("cumprod", x);
  const input = cast(given, given.dtype === "bool" ? "int32" : given.dtype);
  const axis = axisOf("cumprod", input, options.axis ?? 0);
  const length = input.shape[axis];
  let product = input;
  for (let reach = 1; reach < length; reach *= 2) {
    const settled = narrow(product, axis, 0, reach);
    const rest = mul(narrow(product, axis, reach, length - reach), narrow(product, axis, 0, length - reach));
    product = concat([settled, rest], { axis });
  }
  return product;
}

interface SortAttributes {
  readonly axis: number;
  readonly descending: boolean;
}

const argsortPrimitive: Op<SortAttributes> = defineOp<SortAttributes>({
  name: "argsort",
  infer: ([x]) => ({ shape: x.shape, dtype: "int32" }),
  forward: ([x], { axis, descending }) => kernels.argsort(x, axis, { descending }),
  backward: [null],
  saves: "none",
  batch: batchAlongAxis,
  // y = the places of x in order ⇒ no derivative
  // An order has no derivative.
  // […, n, …] → int32 […, n, …]
});

/** Options of the ops that sort. */
export interface SortOptions {
  /** The axis, negative from the end. Default: the last. */
  readonly axis?: number;
  /** Whether the largest comes first. Default false. */
  readonly descending?: boolean;
}

/** The indices that sort x along `axis` (default the last): int32. Equal elements keep their order; NaN comes last. */
export function argsort(x: VariableLike, options: SortOptions = {}): Variable {
  return orderOf("argsort", asVariable("argsort", x), options);
}

function orderOf(op: string, x: Variable, options: SortOptions): Variable {
  checkOptions(op, options, ["axis", "descending"]);
  const axis = axisOf(op, x, options.axis ?? -1);
  return argsortPrimitive(x, { axis, descending: options.descending ?? false });
}

/**
 * x sorted along `axis` (default the last), ascending, or with `descending` the other way; NaN comes last. The gradient
 * returns to where each element came from.
 */
export function sort(x: VariableLike, options: SortOptions = {}): Variable {
  checkOptions("sort", options, ["axis", "descending"]);
  const input = asVariable("sort", x);
  return gather(input, orderOf("sort", input, options), { axis: options.axis ?? -1 });
}

/**
 * The `count` largest elements along `axis` in descending order, and their indices. NaN comes last, as in {@link sort}.
 * @throws IndexError when the axis has fewer
 */
export function topk(
  x: VariableLike,
  count: number,
  options: { readonly axis?: number } = {},
): { values: Variable; indices: Variable } {
  checkOptions("topk", options, ["axis"]);
  const input = asVariable("topk", x);
  const axis = axisOf("topk", input, options.axis ?? -1);
  checkInteger("topk", "count", count, 0, input.shape[axis], IndexError);
  const indices = narrow(argsort(input, { axis, descending: true }), axis, 0, count);
  return { values: gather(input, indices, { axis }), indices };
}

// For the list of ops: what graphs are made of in this family.
export const primitives = { cumsum: cumsumPrimitive, argsort: argsortPrimitive };

// For the list of ops: the methods of this family.
export default { cumsum, cumprod, argsort, sort, topk };
