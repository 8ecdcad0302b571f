/** Reductions over axes, places of extremes, running sums and sorting. */
import {
  argmax,
  argmin,
  concat,
  constant,
  logsumexp,
  max,
  mean,
  min,
  prod,
  type ReduceOptions,
  sub,
  sum,
  type Variable,
} from "@adjoint/autograd";
import { isFloat } from "@adjoint/tensor";
import type { NodeCall } from "../nodes/call.ts";
import type { Lowering, Lowerings } from "./lowering.ts";

interface Reduction {
  readonly of: (x: Variable, options: ReduceOptions) => Variable;
  /** From which version on axes are an input. */
  readonly since?: number;
  /** Its value of nothing, where `of` refuses that. */
  readonly ofNothing?: number;
}

const reduction =
  ({ of, since = 18, ofNothing }: Reduction): Lowering =>
  (node) => {
    const x = node.x();
    const keepDims = node.int("keepdims", 1) !== 0;
    const given = node.version >= since ? node.numbersOr(1, "axes") : node.ints("axes");
    const noop = node.int("noop_with_empty_axes", 0) !== 0;
    const isEmpty = given === undefined || given.length === 0;
    // With nothing to reduce the element alone is: |x| of ReduceL1, say.
    const axes = isEmpty ? (noop ? [] : x.shape.map((_, i) => i)) : node.axes(given, x.ndim);
    if (ofNothing !== undefined && axes.some((axis) => x.shape[axis] === 0)) {
      const shape = x.shape.map((n, i) => (axes.includes(i) ? 1 : n)).filter((_, i) => keepDims || !axes.includes(i));
      const held = isFloat(x.dtype) ? ofNothing : Number(ofNothing > 0);
      return constant(x.dtype === "int32" ? wholeOf(ofNothing) : held, { dtype: x.dtype }).repeat(shape);
    }
    return of(x, { axis: axes, keepDims }).cast(x.dtype);
  };

/** The integer that is nearest to an infinity. */
const wholeOf = (value: number): number => Math.min(Math.max(value, -(2 ** 31)), 2 ** 31 - 1);

/** Extremes of truth values, and of nothing to reduce. */
const extreme =
  (fn: typeof max): Reduction["of"] =>
  (x, options) => {
    if ((options.axis as readonly number[]).length === 0) return x.identity();
    return x.dtype === "bool" ? fn(x.cast("int32"), options) : fn(x, options);
  };

/** The place of an extreme: the first, or the last. */
const place =
  (fn: typeof argmax): Lowering =>
  (node) => {
    const x = node.x();
    const axis = node.axis(node.int("axis", 0), x.ndim);
    const keepDims = node.int("keepdims", 1) !== 0;
    if (node.int("select_last_index", 0) === 0) return fn(x, { axis, keepDims });
    return sub(x.shape[axis] - 1, fn(x.flip({ axis }), { axis, keepDims }));
  };

/** Running sums or products; exclusive ones leave each element itself out. */
const running =
  (fn: (x: Variable, axis: number) => Variable, ofNothing: number): Lowering =>
  (node) => {
    const x = node.x();
    const axis = node.axis(node.number(1), x.ndim);
    const reverse = node.int("reverse", 0) !== 0;
    const input = reverse ? x.flip({ axis }) : x;
    let y = fn(input, axis);
    if (node.int("exclusive", 0) !== 0 && x.shape[axis] > 0) {
      const first = constant(ofNothing, { dtype: y.dtype }).repeat(x.shape.with(axis, 1));
      const stop = x.shape.map((n, i) => (i === axis ? n - 1 : n));
      y = concat([first, y.slice({ stop })], { axis });
    }
    return (reverse ? y.flip({ axis }) : y).cast(x.dtype);
  };

function topk(node: NodeCall): readonly Variable[] {
  const x = node.x();
  const count = node.version < 10 ? node.int("k", 1) : node.number(1);
  const axis = node.axis(node.int("axis", -1), x.ndim);
  const descending = node.int("largest", 1) !== 0;
  // Where any order will do this one does.
  node.int("sorted", 1);
  if (!(count >= 0 && count <= x.shape[axis])) {
    throw node.refuse(`takes ${count} elements of an axis of length ${x.shape[axis]}`);
  }
  const stop = x.shape.map((n, i) => (i === axis ? count : n));
  const indices = x.argsort({ axis, descending }).slice({ stop });
  return [x.gather(indices, { axis }), indices];
}

const l1: Reduction["of"] = (x, options) => x.abs().sum(options);
const l2: Reduction["of"] = (x, options) =>
  (options.axis as readonly number[]).length === 0 ? x.abs() : (isFloat(x.dtype) ? x : x.cast("float64")).norm(options);

export const reductions: Lowerings = {
  ReduceSum: reduction({ of: sum, since: 13 }),
  ReduceMean: reduction({ of: mean }),
  ReduceMax: reduction({ of: extreme(max), ofNothing: Number.NEGATIVE_INFINITY }),
  ReduceMin: reduction({ of: extreme(min), ofNothing: Number.POSITIVE_INFINITY }),
  ReduceProd: reduction({ of: prod }),
  ReduceL1: reduction({ of: l1 }),
  ReduceL2: reduction({ of: l2 }),
  ReduceSumSquare: reduction({ of: (x, options) => x.square().sum(options) }),
  ReduceLogSum: reduction({ of: (x, options) => x.sum(options).log() }),
  ReduceLogSumExp: reduction({ of: logsumexp, ofNothing: Number.NEGATIVE_INFINITY }),
  ArgMax: place(argmax),
  ArgMin: place(argmin),
  CumSum: running((x, axis) => x.cumsum({ axis }), 0),
  CumProd: running((x, axis) => x.cumprod({ axis }), 1),
  TopK: topk,
};
