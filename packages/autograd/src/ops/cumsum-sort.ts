/** Ops along an order: cumsum (adjoint: the reversed cumsum), argsort, sort and topk (gathers by argsort). */
import { checkInteger, IndexError, kernels } from "@adjoint/tensor";
import { defineOp, type Op } from "../core/op.ts";
import type { Variable, VariableLike } from "../core/variable.ts";
import { mul } from "./arithmetic.ts";
import { alongAxis, batchAlongAxis } from "./axes.ts";
import { countedSpec } from "./broadcast.ts";
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
  infer: ([x]) => countedSpec(x),
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
  const { input, axis } = alongAxis("cumsum", x, options, 0, ["axis", "reverse"]);
  return cumsumPrimitive(input, { axis, reverse: options.reverse ?? false });
}

/**
 * Running products along `axis` (default 0): y[k] = x[0] · … · x[k], in ⌈log₂ n⌉ products of shifted halves, so that
 * the derivative is exact where elements are 0. bool gives int32.
 */
export function cumprod(x: VariableLike, options: AxisOptions = {}): Variable {
  const { input, axis } = alongAxis("cumprod", x, options, 0);
  const length = input.shape[axis];
  let product = cast(input, countedSpec(input).dtype);
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
  return ordered("argsort", x, options).order;
}

function ordered(op: string, x: VariableLike, options: SortOptions) {
  const { input, axis } = alongAxis(op, x, options, -1, ["axis", "descending"]);
  return { input, axis, order: argsortPrimitive(input, { axis, descending: options.descending ?? false }) };
}

/**
 * x sorted along `axis` (default the last), ascending, or with `descending` the other way; NaN comes last. The gradient
 * returns to where each element came from.
 */
export function sort(x: VariableLike, options: SortOptions = {}): Variable {
  const { input, axis, order } = ordered("sort", x, options);
  return gather(input, order, { axis });
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
  const { input, axis } = alongAxis("topk", x, options, -1);
  checkInteger("topk", "count", count, 0, input.shape[axis], IndexError);
  const indices = narrow(argsort(input, { axis, descending: true }), axis, 0, count);
  return { values: gather(input, indices, { axis }), indices };
}

export const primitives = { cumsum: cumsumPrimitive, argsort: argsortPrimitive };
export default { cumsum, cumprod, argsort, sort, topk };
